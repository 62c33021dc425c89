/** Four cards with crystals of their own, an hour of pulses, in virtual time. `TACTUS_PICTURE=FILE` draws it. */
import assert from "node:assert/strict"
import { quantile } from "../../support/figures"
import { seededRandom } from "../../support/virtual-network"
import { SAMPLE_RATE, SimulatedCard } from "./simulated-card"
import { drawSkew, type Minute } from "./skew-picture"

const SECOND = 1e6
const SAMPLE = SECOND / SAMPLE_RATE
const WIDTH = 15_000
/** 120 BPM at 2 pulses a beat, a Volca's. */
const PERIOD = SECOND / 4
const FIRST = 15 * SECOND

/** Runs the cards together, pulses on their left, handed over 600 ms ahead; returns what each played. */
function perform(cards: readonly SimulatedCard[], first: number, end: number, eachSecond: (now: number) => void): void {
  const count = Math.floor((end - first) / PERIOD)
  let handed = 0
  for (let now = 0; now < end + SECOND; now += 5000) {
    for (; handed < count && first + handed * PERIOD < now + 600_000; handed++)
      for (const card of cards) card.player.add(0, { time: first + handed * PERIOD, widthMicros: WIDTH, level: 1 })
    for (const card of cards) card.run(now)
    if (now % SECOND === 0) eachSecond(now)
  }
  for (const card of cards) assert.equal(card.played[0].length, count, `a pulse of ${count} was lost or doubled at ${card.ppm} ppm`)
}

describe("four cards in step", () => {
  it("stay within a sample for an hour, each pulse whole, whatever their crystals", function () {
    const random = seededRandom(7)
    const cards = [0, 60, -80, 150].map((ppm) => new SimulatedCard(ppm, random, 0.05, 250_000))
    const rates: number[][] = []
    perform(cards, FIRST, 3600 * SECOND, () => rates.push(cards.map(({ player, ppm }) => player.clock.rate * 1e6 - ppm)))
    const skews: number[] = []
    const spreads: number[] = []
    const away: number[] = []
    /** The worst skew once the lines rest on half a minute. */
    let later = 0
    for (let pulse = 0; pulse < cards[0].played[0].length; pulse++) {
      const starts = cards.map(({ played }) => played[0][pulse].start)
      starts.forEach((one, index) => starts.slice(index + 1).forEach((other) => skews.push(Math.abs(one - other) / SAMPLE)))
      spreads.push((Math.max(...starts) - Math.min(...starts)) / SAMPLE)
      if (pulse * PERIOD > 15 * SECOND) later = Math.max(later, spreads[pulse])
      for (const start of starts) away.push(Math.abs(start - FIRST - pulse * PERIOD))
    }
    const figure = (values: number[], fraction: number) => quantile(values, fraction).toFixed(2)
    console.log(
      `      an hour: skew of two cards p50/p99/worst ${[0.5, 0.99, 1].map((f) => figure(skews, f)).join(" / ")} samples (from 30 s on ${later.toFixed(2)}), ` +
        `of all four ${[0.5, 0.99, 1].map((f) => figure(spreads, f)).join(" / ")}; from the true time ${figure(away, 0.99)} us p99; ` +
        `ppm ${cards.map(({ player }) => (player.clock.rate * 1e6).toFixed(2)).join(", ")}`,
    )
    const picture = process.env.TACTUS_PICTURE
    if (picture !== undefined) drawSkew(picture, minutes(spreads, rates), [0, 60, -80, 150])
    for (const { played, player, ppm } of cards) {
      assert.ok(played[0].every(({ frames }) => frames === 720))
      assert.equal(player.tracks[0].late, 0)
      assert.ok(Math.abs(player.clock.rate * 1e6 - ppm) < 1, `${player.clock.rate * 1e6} ppm for ${ppm}`)
    }
    assert.ok(quantile(skews, 0.99) <= 1)
    assert.ok(quantile(skews, 1) <= 3 && later <= 2)
  })
})

/** The spreads of each minute, and the rates at its end. */
function minutes(spreads: readonly number[], rates: readonly number[][]): Minute[] {
  const each = (60 * SECOND) / PERIOD
  return Array.from({ length: Math.floor(spreads.length / each) }, (_, index) => {
    const slice = spreads.slice(index * each, (index + 1) * each)
    const at = FIRST / SECOND + (index + 1) * 60
    return { at, middle: quantile(slice, 0.5), worst: quantile(slice, 1), errors: rates[at] }
  })
}

import assert from "node:assert"
import { CardClock } from "../../../host-sim/cards/card-clock"
import { seededRandom } from "../../support/virtual-network"

/** A card 90 ppm fast, asking every 28 ms; a driver that looks each millisecond, and sometimes a machine that is busy, make the readings late. */
function run(clock: CardClock, seconds: number, from = 0, offset = 0, random = seededRandom(3)): void {
  for (let local = from * 1e6; local < (from + seconds) * 1e6; local += 28_437) {
    const late = random() * 1000 + (random() < 0.05 ? random() * 20_000 : 0)
    clock.read(local, local * 1.00009 + 5_000_000 + offset - late)
  }
}

/** What the card is behind the line on average: the same for all cards of a kind, so nothing to anybody. */
const USUAL_MICROS = 300

describe("a card's clock", () => {
  it("is known to some hundredths of a millisecond after a quarter of a minute, and better from then on", () => {
    const errors = (seconds: number) =>
      Array.from({ length: 20 }, (_, seed) => {
        const clock = new CardClock()
        run(clock, seconds, 0, 0, seededRandom(seed + 1))
        const local = (seconds + 0.3) * 1e6
        assert.ok(Math.abs(clock.localAt(clock.cardAt(local)) - local) < 0.01)
        assert.strictEqual(clock.interruptions, 0)
        assert.ok(Math.abs(clock.rate - 9e-5) < 1e-4 / seconds)
        return clock.cardAt(local) - (local * 1.00009 + 5_000_000)
      })
    const spread = (values: number[]) => Math.max(...values) - Math.min(...values)
    const [early, late] = [errors(15), errors(60)]
    console.log(`      twenty cards after 15 s within ${spread(early).toFixed(0)} us of each other, after 60 s ${spread(late).toFixed(0)}`)
    assert.ok(spread(early) < 300 && spread(late) < 150)
    assert.ok([...early, ...late].every((error) => error < 0 && error > -2 * USUAL_MICROS))
  })

  it("is there after a quarter of a second, by what is known of its crystal", () => {
    const clock = new CardClock(9e-5)
    run(clock, 0.3)
    assert.ok(clock.isSet)
    assert.ok(Math.abs(clock.cardAt(1e6) - (1e6 * 1.00009 + 5_000_000)) < 2 * USUAL_MICROS)
  })

  it("is not moved by a stray reading, and starts anew after an interruption", () => {
    const clock = new CardClock()
    run(clock, 30)
    const before = clock.cardAt(30e6)
    for (let count = 0; count < 10; count++) clock.read(30e6, 20e6 + count)
    clock.read(30e6 + 300_000, 60e6)
    run(clock, 1, 30.3)
    assert.ok(Math.abs(clock.cardAt(30e6) - before) < 100)
    assert.strictEqual(clock.interruptions, 0)
    run(clock, 20, 31, -300_000)
    assert.strictEqual(clock.interruptions, 1)
    assert.ok(Math.abs(clock.cardAt(51e6) - (51e6 * 1.00009 + 4_700_000)) < 2 * USUAL_MICROS)
  })

  it("notices a slip of three milliseconds within four seconds, and no machine that is busy for one", () => {
    const clock = new CardClock()
    run(clock, 30)
    for (let local = 30e6; local < 31e6; local += 200_000) clock.read(local, local * 1.00009 + 5_000_000 - 20_000)
    run(clock, 10, 31)
    assert.strictEqual(clock.interruptions, 0)
    const random = seededRandom(4)
    for (let local = 41e6; local < 45e6; local += 2000) clock.read(local, local * 1.00009 + 4_997_000 - random() * 1000)
    assert.strictEqual(clock.interruptions, 1)
    assert.ok(Math.abs(clock.cardAt(45e6) - (45e6 * 1.00009 + 4_997_000)) < 300)
  })

  it("goes with a crystal that wanders", () => {
    const clock = new CardClock()
    const random = seededRandom(5)
    let card = 0
    for (let local = 0; local < 1200e6; local += 5000) {
      card += 5000 * (1 + 2e-6 * Math.sin(local / 200e6))
      clock.read(local + 5000, card - random() * 2000)
    }
    assert.ok(Math.abs(clock.cardAt(1200e6) - card) < 100, `${clock.cardAt(1200e6) - card} us`)
    assert.strictEqual(clock.interruptions, 0)
  })

  it("goes with a crystal that warms up, and is not shaken by a machine whose wake-ups take longer for a while", () => {
    const random = seededRandom(6)
    const clock = new CardClock()
    let [local, card] = [0, 0]
    /** Returns how far the line is from the card afterwards. */
    const ask = (rate: number, late: number): number => {
      local += 28_437
      card += 28_437 * (1 + rate)
      clock.read(local, card - random() * 300 - late)
      return clock.cardAt(local) - card
    }
    let worst = 0
    while (local < 30e6) ask(1e-5, 0)
    while (local < 900e6) worst = Math.max(worst, Math.abs(ask(1e-5 * Math.exp(-local / 180e6), 0)))
    assert.ok(worst < 150, `${worst} us while it warms up`)
    const before = ask(0, 0)
    let moved = 0
    while (local < 960e6) moved = Math.max(moved, Math.abs(ask(0, (Math.floor(local / 10e6) % 2) * 80) - before))
    assert.ok(moved < 40, `${moved} us by the machine's moods`)
  })
})

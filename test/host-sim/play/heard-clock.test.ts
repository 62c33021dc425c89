/** Readings as a sound card's library makes them: late by our own round, frames counted in quanta, now and then a stumble. */
import assert from "node:assert"
import { HeardClock } from "../../../host-sim/play/heard-clock"
import { seededRandom } from "../../support/virtual-network"

const SECOND = 1_000_000
const GULP = 106_667
const QUANTUM = 2667

interface Stage {
  ppm: number
  /** Reads the clock from now on for so long, and is told of each moment. */
  run(seconds: number, look?: (local: number) => void): void
  /** Where the card really is, us heard. */
  heardAt(local: number): number
  clock: HeardClock
  local: number
  /** Microseconds lost so far. */
  lost: number
  late: number
}

function stage(ppm: number, seed = 1): Stage {
  const random = seededRandom(seed)
  const clock = new HeardClock()
  const it: Stage = {
    ppm,
    clock,
    local: 5 * SECOND,
    lost: 0,
    late: 100,
    heardAt: (local) => (local - 4 * SECOND) * (1 + ppm / 1e6) - it.lost,
    run(seconds, look = () => undefined) {
      for (const end = it.local + seconds * SECOND; it.local < end; it.local += GULP * (1 + random() / 50)) {
        const late = random() < 0.02 ? 40_000 * random() : it.late * random()
        clock.read(it.local + late, it.heardAt(it.local) + QUANTUM * (random() - 0.5))
        look(it.local)
      }
    },
  }
  return it
}

/** How far the clock is from the truth for what is to be handed over half a second ahead, us. */
function error({ clock, heardAt }: Stage, local: number): number {
  return clock.localAt(heardAt(local + SECOND / 2)) - (local + SECOND / 2)
}

describe("when a frame of a sound card is heard", () => {
  for (const ppm of [0, 100, -100])
    it(`is known within 0.5 ms after twenty seconds and 0.1 ms after two minutes, at ${ppm} ppm`, () => {
      const early: number[] = []
      const late: number[] = []
      for (let seed = 1; seed <= 10; seed++) {
        const card = stage(ppm, seed)
        card.run(20)
        early.push(error(card, card.local))
        card.run(100)
        card.run(60, (local) => late.push(error(card, local)))
        assert.strictEqual(card.clock.interruptions, 0)
        assert.ok(Math.abs(card.clock.rate - ppm / 1e6) < 5e-6)
      }
      const worst = (errors: number[]): number => Math.max(...errors.map(Math.abs))
      console.log(`      after 20 s worst ${worst(early).toFixed(0)} us, from two minutes on worst ${worst(late).toFixed(0)} us`)
      assert.ok(worst(early) < 500 && worst(late) < 150)
    })

  it("is found again when time has been lost, and not before it has", () => {
    const card = stage(60)
    card.run(30)
    card.lost = 38_000
    card.run(8)
    assert.strictEqual(card.clock.interruptions, 1)
    assert.ok(Math.abs(error(card, card.local)) < 1500)
    card.run(60)
    assert.ok(Math.abs(error(card, card.local)) < 300)
  })

  it("does not move for readings that cannot be, nor for a machine that was busy for a second", () => {
    const card = stage(-40)
    card.run(30)
    const before = card.clock.localAt(60 * SECOND)
    for (let count = 0; count < 5; count++) card.clock.read(card.local, card.heardAt(card.local) + 90_000)
    card.late = 50_000
    card.run(1)
    card.late = 100
    card.run(5)
    assert.strictEqual(card.clock.interruptions, 0)
    assert.ok(Math.abs(card.clock.localAt(60 * SECOND) - before) < 400)
  })
})

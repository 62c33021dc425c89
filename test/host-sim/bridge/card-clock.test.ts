import assert from "node:assert"
import { CardClock } from "../../../host-sim/bridge/card-clock"
import { seededRandom } from "../../support/virtual-network"

/** A card 90 ppm fast whose readings are late by up to 8 ms: it was further already when it was asked. */
function run(clock: CardClock, seconds: number, from = 0, offset = 0, random = seededRandom(3)): void {
  for (let local = from * 1e6; local < (from + seconds) * 1e6; local += 20_000)
    clock.read(local, local * 1.00009 + 5_000_000 + offset - random() * 8000)
}

describe("a card's clock", () => {
  it("is known to a fifth of a millisecond after a minute of readings that are late by milliseconds", () => {
    const clock = new CardClock()
    run(clock, 60)
    for (const local of [50e6, 60e6, 60.5e6]) {
      const error = clock.cardAt(local) - (local * 1.00009 + 5_000_000)
      assert.ok(Math.abs(error) < 200, `${error} us`)
      assert.ok(Math.abs(clock.localAt(clock.cardAt(local)) - local) < 0.01)
    }
    assert.ok(Math.abs(clock.rate - 9e-5) < 2e-5)
  })

  it("is not moved by a stray reading, and starts anew after an interruption", () => {
    const clock = new CardClock()
    run(clock, 30)
    const before = clock.cardAt(30e6)
    for (let count = 0; count < 10; count++) clock.read(30e6, 20e6 + count)
    clock.read(30e6 + 300_000, 60e6)
    run(clock, 1, 30.3)
    assert.ok(Math.abs(clock.cardAt(30e6) - before) < 200)
    assert.strictEqual(clock.interruptions, 0)
    run(clock, 20, 31, -300_000)
    assert.strictEqual(clock.interruptions, 1)
    assert.ok(Math.abs(clock.cardAt(51e6) - (51e6 * 1.00009 + 4_700_000)) < 500)
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
})

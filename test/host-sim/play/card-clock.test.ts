import assert from "node:assert"
import { CardClock } from "../../../host-sim/play/card-clock"
import { seededRandom } from "../../support/virtual-network"

/** A card 90 ppm fast whose readings are early or late by up to 4 ms. */
function run(clock: CardClock, seconds: number, from = 0, offset = 0, random = seededRandom(3)): void {
  for (let local = from * 1e6; local < (from + seconds) * 1e6; local += 20_000)
    clock.read(local, local * 1.00009 + 5_000_000 + offset + (random() - 0.5) * 8000)
}

describe("a card's clock", () => {
  it("is known to a tenth of a millisecond after half a minute of readings that are off by milliseconds", () => {
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
    for (let count = 0; count < 10; count++) clock.read(30e6, 20e6)
    assert.strictEqual(clock.cardAt(30e6), before)
    run(clock, 20, 31, -300_000)
    assert.strictEqual(clock.interruptions, 1)
    assert.ok(Math.abs(clock.cardAt(51e6) - (51e6 * 1.00009 + 4_700_000)) < 500)
  })
})

import assert from "node:assert"
import { readSystemClock } from "../../../host-sim/net/local-clock"

describe("a reading of the system's clock", () => {
  it("holds the moment of the tick between its two ends wherever the thread is held up", () => {
    for (let heldUpAt = 0; heldUpAt < 60; heldUpAt++) {
      let time = 1_790_000_000_000_988
      let looks = 0
      const look = (): number => {
        time += looks++ === heldUpAt ? 700 : 0.4
        return time
      }
      const { before, shared, after } = readSystemClock(look, () => Math.floor(look() / 1000))
      assert.ok(before <= shared && shared <= after, `held up at look ${heldUpAt}: ${shared - before} us after the first end`)
    }
  })
})

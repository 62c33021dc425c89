/** The contract of a back end, on virtual time; and the main loop of a board: however irregular, it says what the simulator says. */
import assert from "node:assert/strict"
import { simulate } from "../../host-sim/simulator"
import { pump } from "../../src/backend"
import { Module } from "../../src/module"
import { backendContract } from "./backend"
import { RUNS } from "./runs"
import { VirtualBackend } from "./virtual-backend"

backendContract("virtual time", () => new VirtualBackend(64))

describe("contract: the main loop of a board says what the simulator says", () => {
  for (const run of RUNS) {
    const events = run.inputs.filter((input) => input.event !== undefined)
    if (events.length < run.inputs.length) continue
    it(run.name, () => {
      const module = new Module(run.settings)
      const backend = new VirtualBackend(1000)
      let next = 0
      // From one round of the loop to the next 0.1 to 7 ms go by, as when a collection comes between.
      for (let now = 0, round = 1; now < run.until; round = (round * 48271) % 2147483647) {
        now = Math.min(run.until, now + 100 + (round % 6900))
        for (; next < events.length && events[next].time <= now; next++) backend.arrive(events[next].time, events[next].event)
        backend.passTo(now)
        pump(backend, module)
      }
      const lines = backend.delivered().map(({ time, event }) => `${Math.round(time)} ${event}`)
      const expected = [...simulate(run.inputs, run.settings, run.until).outputs].map(({ time, word }) => `${time} ${word}`)
      assert.equal(backend.refused(), 0)
      assert.ok(expected.length > 100)
      assert.deepEqual(lines.sort(), expected.sort())
    })
  }
})

/** The numbers shown are true: BPM are quarter notes, steps are the Volca's, and the pulses say the same. */
import assert from "node:assert/strict"
import { stateOf } from "../../src/state"
import { Collector } from "./collector"

describe("the numbers shown", () => {
  for (const tempo of [60, 120, 173.5]) {
    it(`at ${tempo} BPM: two pulses a quarter note, each on an odd step of sixteen`, () => {
      const collector = new Collector({ source: "internal", tempo })
      const quarter = 60e6 / tempo
      for (let pulse = 0; pulse < 40; pulse++) {
        const time = 10000 + pulse * (quarter / 2)
        collector.runTo(time + 10)
        const state = stateOf(collector.module, time + 10)
        assert.ok(Math.abs(collector.rises[0][pulse] - time) < 0.01)
        assert.ok(Math.abs((state.tempo as number) - tempo) < 1e-6)
        assert.equal(state.step, ((2 * pulse) % 16) + 1)
        assert.equal(state.steps, 16)
      }
    })
  }

  it("follow a change of tempo and of the part's length, at the boundary and not before", () => {
    const collector = new Collector({ source: "internal" })
    for (const key of "9]]") collector.key(1e6, key)
    collector.runTo(1.9e6)
    const before = stateOf(collector.module, 1.9e6)
    assert.deepEqual([before.tempo, before.tempoTarget, before.steps, before.stepsNext], [120, 140, 16, 18])
    const eighteenth = 2010000 + (17.5 * 60e6) / 140 / 4
    collector.runTo(eighteenth)
    const after = stateOf(collector.module, eighteenth)
    assert.ok(Math.abs((after.tempo as number) - 140) < 1e-9)
    assert.deepEqual([after.tempoTarget, after.steps, after.step], [null, 18, 18])
  })
})

/** Channels on a CV clock that is answered, not predicted: they leave with the pulse, on a boundary too, however early it comes. */
import assert from "node:assert/strict"
import { Rack, steady } from "../support/rack"

describe("the sync channels with cv.policy follow", () => {
  it("leave with the pulse itself where the clock becomes faster or slower just before a boundary", () => {
    for (const tempo of [80, 119, 121, 150, 200]) {
      const pulses = steady(1e6, 120, 4, 32)
      pulses.push(...steady(pulses[31] + 15e6 / tempo, tempo, 4, 64))
      const rack = new Rack().pulses("cv", pulses).keys(pulses[20], "b").keys(pulses[40], "b")
      const outcome = rack.run({ cv: { ppqn: 4, policy: "follow" } }, pulses[90])
      // Every second pulse; the first one is late by the gap after Start.
      const wanted = pulses.slice(0, 90).filter((_, i) => i % 2 === 0)
      assert.deepEqual(outcome.rises("sync1").slice(1), wanted.slice(1).map(Math.round), `${tempo} BPM`)
      const silent = wanted.filter((_, i) => i < 16 || i >= 24)
      assert.deepEqual(outcome.rises("sync2").slice(1), silent.slice(1).map(Math.round), `${tempo} BPM`)
    }
  })
})

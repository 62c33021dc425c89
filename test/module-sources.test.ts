/** The internal clock, tap tempo, and who rules when there are several clocks. */
import assert from "node:assert/strict"
import { Rack, intervals, steady } from "./support/rack"

describe("the internal clock", () => {
  for (const tempo of [20, 97, 120, 123.45, 174, 999.99]) {
    it(`at ${tempo} BPM stands on the grid for ten minutes, to the microsecond`, () => {
      const clocks = new Rack().run({ source: "internal", tempo }, 600e6).clocks()
      for (let i = 0; i < clocks.length; i++) {
        const error = clocks[i] - clocks[0] - (i * 2.5e6) / tempo
        assert.ok(Math.abs(error) <= 1, `clock ${i} is ${error} µs off`)
      }
      assert.ok(Math.abs(clocks.length - ((600e6 - clocks[0]) * tempo) / 2.5e6) <= 1)
    })
  }

  it("takes a new tempo in phase: no clock lost, added or closer than the faster tempo allows", () => {
    const outcome = new Rack().set(3e6, { tempo: 60 }).set(6e6, { tempo: 240 }).run({ source: "internal" }, 9e6)
    const steps = intervals(outcome.clocks())
    assert.ok(steps.every((step) => step >= 10416 && step <= 41667))
  })

  it("gives way to CV while it plays: the pulses become beats of the same song", () => {
    for (const ppqn of [1, 4]) {
      const pulses = steady(4.1e6, 120, ppqn, 10 * ppqn)
      const rack = new Rack().set(3.3e6, { source: "cv" }).pulses("cv", pulses)
      const outcome = rack.run({ source: "internal", cv: { ppqn }, clock: { ppqn } }, 8e6)
      const rises = outcome.rises("clock").filter((time) => time > 6e6)
      assert.ok(rises.length > ppqn)
      for (const time of rises) assert.ok(Math.abs((time - 4.1e6) % (500000 / ppqn)) <= 1, `clock output at ${time}`)
    }
  })

  it("is tapped: tempo and phase", () => {
    const rack = new Rack()
    for (const time of steady(5.123e6, 100, 1, 5)) rack.press("button-tap", time)
    const outcome = rack.run({ source: "internal" }, 20e6)
    const clocks = outcome.clocks().filter((time) => time > 9e6)
    assert.ok(intervals(clocks).every((step) => step === 25000))
    const starts = outcome.rises("clock").filter((time) => time > 9e6)
    assert.ok(
      starts.some((time) => Math.abs((time - 5.123e6) % 600000) <= 1),
      "a beat stands on the taps",
    )
  })
})

describe("auto", () => {
  it("takes CV where there is one, falls back to the internal clock without a gap, and returns without a clock too many", () => {
    const pulses = [...steady(2.3e6, 110, 1, 10), ...steady(12.3456e6, 110, 1, 12)]
    const outcome = new Rack().pulses("cv", pulses).run({ source: "auto" }, 18e6)
    const clocks = outcome.clocks()
    const period = 60e6 / 110
    assert.ok(clocks.some((time) => Math.abs(time - pulses[8]) <= 1))
    const alone = intervals(clocks.filter((time) => time > pulses[9] && time < 12.3e6))
    assert.ok(
      alone.every((step) => Math.abs(step - period / 24) <= 1),
      "goes on at the tempo it had",
    )
    assert.ok(clocks.some((time) => Math.abs(time - pulses[20]) <= 1))
    assert.equal(outcome.transport().length, 1, "one Start, and nothing else")
    // On the returned clock each pulse is a beat of the same song: a whole number of beats since beat 1.
    const beat = clocks.findIndex((time) => Math.abs(time - pulses[20]) <= 1)
    assert.equal(beat % 24, 0)
  })

  it("prefers USB to DIN", () => {
    const rack = new Rack()
    const usb = steady(1e6, 120, 24, 200)
    const din = steady(1.003e6, 90, 24, 200)
    const all = [...usb.map((time) => ({ time, port: "midi-usb" as const })), ...din.map((time) => ({ time, port: "midi-din" as const }))]
    all.sort((a, b) => a.time - b.time).forEach(({ time, port }) => rack.midi(port, time, 0xf8))
    const clocks = rack.run({ source: "auto" }, 9e6).clocks()
    assert.ok(clocks.includes(Math.round(usb[100])))
    const afterUsb = intervals(clocks.filter((time) => time > 5.4e6 && time < 6.4e6))
    assert.ok(
      afterUsb.every((step) => Math.abs(step - 60e6 / 90 / 24) <= 1),
      "then DIN takes over",
    )
  })
})

describe("latency", () => {
  it("moves an output by up to 50 ms either way, and the others stay", () => {
    const pulses = steady(0, 120, 1, 20)
    const settings = { latencyMicros: { "midi-din": -50000, clock: 50000 } }
    const outcome = new Rack().pulses("cv", pulses).run(settings, 9e6)
    assert.ok(outcome.clocks("midi-din").includes(4e6 - 50000))
    assert.ok(outcome.clocks("midi-usb").includes(4e6))
    assert.ok(outcome.rises("clock").includes(4e6 + 50000))
    assert.equal(outcome.clocks("midi-din")[0] - outcome.timesOf("midi-din", 0xfa)[0], 2000)
  })

  it("does not part the outputs at a stop: all have sent the same clocks", () => {
    for (const din of [30000, -30000]) {
      for (let offset = 0; offset < 24; offset++) {
        const outcome = new Rack()
          .press("button-play", 3e6 + offset * 1000)
          .run({ source: "internal", latencyMicros: { "midi-din": din, clock: -20000 } }, 5e6)
        assert.equal(outcome.clocks("midi-din").length, outcome.clocks("midi-usb").length)
        for (const port of ["midi-din", "midi-usb"] as const) {
          const stops = outcome.timesOf(port, 0xfc)
          assert.equal(stops.length, 1)
          assert.ok(
            outcome.clocks(port).every((time) => time <= stops[0]),
            `${port}: Stop at ${stops[0]}`,
          )
        }
      }
    }
  })

  it("is refused where the clock is not predicted, with that reason", () => {
    assert.throws(
      () => new Rack().run({ cv: { policy: "follow" }, latencyMicros: { "midi-din": -1 } }, 1e6),
      /latencyMicros\.midi-din is -1.*not predicted/,
    )
  })
})

describe("the rack clock", () => {
  it("swings: the second of two pulses stands at 66.7 % of the pair", () => {
    const rises = new Rack().run({ source: "internal", clock: { swing: 66, ppqn: 4 } }, 6e6).rises("clock")
    rises.forEach((time, i) => {
      const pair = rises[0] + Math.floor(i / 2) * 250000
      assert.ok(Math.abs(time - pair - (i % 2) * 165000) <= 1)
    })
  })

  it("resets before the first clock, and run is high while it plays", () => {
    const outcome = new Rack().press("button-play", 3e6).run({ source: "internal" }, 5e6)
    const first = outcome.rises("clock")[0]
    const reset = outcome.levels("reset")
    assert.ok(reset[0].level === 1 && reset[1].level === 0 && reset[1].time < first)
    const run = outcome.levels("run")
    assert.ok(run[0].level === 1 && run[0].time < first)
    assert.ok(run[1].level === 0 && Math.abs(run[1].time - 3.013e6) < 100)
  })

  it("keeps the pulse to half a period at most", () => {
    const levels = new Rack().run({ source: "internal", tempo: 300, clock: { ppqn: 48, widthMicros: 100000 } }, 2e6).levels("clock")
    for (let i = 0; i + 1 < levels.length; i += 2) assert.ok(Math.abs(levels[i + 1].time - levels[i].time - 2083) <= 2)
  })
})

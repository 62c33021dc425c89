/** Invariants of the module, whatever comes in: counts, order, spacing, and that it does not matter how often one asks. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { LEAD_MICROS, feed } from "../src/backend"
import { OUT_MIDI_DIN, byteOf, levelEvent, portOf } from "../src/event"
import { Module } from "../src/module"
import { Rack, intervals } from "./support/rack"

/** A clock whose tempo wanders and steps, as intervals in µs. */
const wildClock = fc.record({
  ppqn: fc.constantFrom(1, 2, 4, 8, 12, 24, 48),
  policy: fc.constantFrom("predict", "follow"),
  steps: fc.array(fc.record({ bpm: fc.integer({ min: 30, max: 400 }), pulses: fc.integer({ min: 1, max: 60 }) }), {
    minLength: 1,
    maxLength: 6,
  }),
})

function timesOf(clock: { ppqn: number; steps: { bpm: number; pulses: number }[] }): number[] {
  const times: number[] = []
  let time = 500000
  for (const step of clock.steps) {
    for (let i = 0; i < step.pulses; i++) {
      times.push(time)
      time += 60e6 / step.bpm / clock.ppqn
    }
  }
  return times
}

describe("the module, whatever comes in", () => {
  it("sends ticks in order, at least 1 ms apart, and no two bytes at once on the wire", () => {
    fc.assert(
      fc.property(wildClock, (clock) => {
        const times = timesOf(clock)
        const outcome = new Rack()
          .pulses("cv", times, 400)
          .run({ cv: { ppqn: clock.ppqn, policy: clock.policy, glitchMicros: 50 } }, times[times.length - 1] + 1e6)
        for (const port of ["midi-din", "midi-usb"] as const) {
          for (const step of intervals(outcome.clocks(port))) assert.ok(step >= 1000)
        }
        for (const step of intervals(outcome.messages("midi-din").map((message) => message.time))) assert.ok(step >= 320)
        const levels = outcome.levels("clock")
        levels.forEach((event, i) => assert.equal(event.level, (i + 1) % 2))
      }),
      { numRuns: 150 },
    )
  })

  it("gives the same events however often it is asked to render", () => {
    fc.assert(
      fc.property(wildClock, fc.array(fc.integer({ min: 1, max: 30000 }), { minLength: 5, maxLength: 40 }), (clock, cadence) => {
        const times = timesOf(clock)
        const run = (steps: number[]) => {
          const module = new Module({ cv: { ppqn: clock.ppqn, policy: clock.policy } })
          const events: string[][] = Array.from({ length: 12 }, () => [])
          const out = {
            schedule(time: number, event: number) {
              events[portOf(event)].push(`${time}:${portOf(event) <= OUT_MIDI_DIN + 1 ? byteOf(event, 0) : event & 1}`)
              return true
            },
          }
          let now = 0
          let turn = 0
          for (const time of times) {
            for (let next = now + steps[turn % steps.length]; next < time; next += steps[++turn % steps.length]) {
              module.render(next + LEAD_MICROS, out)
              now = next
            }
            feed(module, out, time, levelEvent(0, 1))
            feed(module, out, time + 300, levelEvent(0, 0))
            now = time + 300
          }
          module.render(now + 3e6, out)
          return events
        }
        assert.deepEqual(run(cadence), run([1e9]))
      }),
      { numRuns: 60 },
    )
  })

  it("begins a running song anew when told to play from afar: Start, and the clocks go on", () => {
    const outcome = new Rack()
      .level("remote", 100_000, 1)
      .level("remote", 2_000_000, 1)
      .run({ source: "internal", transport: { start: "button" } }, 4_000_000)
    for (const port of ["midi-din", "midi-usb"] as const) {
      const starts = outcome.timesOf(port, 0xfa)
      assert.equal(starts.length, 2)
      assert.ok(starts[1] >= 2_000_000 && starts[1] < 2_050_000)
      assert.ok(intervals(outcome.clocks(port)).every((step) => Math.abs(step - 20833) <= 1))
    }
  })
})

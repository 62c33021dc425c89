/**
 * When the module wants its next turn (`nextTurn`): one that is called only then, and when something comes in, sends what one that
 * is asked every millisecond sends, and commits all of it in time.
 */
import { strict as assert } from "node:assert"
import { LEAD_MICROS } from "../src/backend"
import { byteEvent, IN_BUTTON_CHANNEL, IN_CV, IN_MIDI_DIN, IN_RESET, levelEvent } from "../src/event"
import { Module } from "../src/module"

type Timed = { time: number; event: number }

const END = 6e6
/** How often a board looks whether it is time. What leaves at once may be so much late. */
const BEAT_MICROS = 1000

function pulses(period: number, from = 300000): Timed[] {
  const edges: Timed[] = []
  for (let time = from; time < 4e6; time += period) {
    edges.push({ time, event: levelEvent(IN_CV, 1) }, { time: time + 4000, event: levelEvent(IN_CV, 0) })
  }
  return edges
}

const RUNS: readonly { name: string; settings: object; inputs: Timed[] }[] = [
  { name: "one pulse a beat", settings: {}, inputs: pulses(500000) },
  { name: "24 pulses a beat", settings: { cv: { ppqn: 24 }, sync: [{ ppqn: 24 }] }, inputs: pulses(20833) },
  { name: "answered pulses", settings: { cv: { ppqn: 4, policy: "follow" } }, inputs: pulses(125000) },
  { name: "the internal clock", settings: { source: "internal", tempo: 300, arp: { mode: 2 } }, inputs: [] },
  {
    name: "buttons, a reset and notes among pulses",
    settings: { latencyMicros: { clock: -3000 } },
    inputs: [
      ...pulses(500000),
      ...[1.31e6, 1.4e6].map((time, at) => ({ time, event: levelEvent(IN_BUTTON_CHANNEL, 1 - at) })),
      { time: 2.1e6, event: levelEvent(IN_RESET, 1) },
      { time: 2.12e6, event: levelEvent(IN_RESET, 0) },
      ...Array.from({ length: 90 }, (_, at) => ({ time: 1.7e6 + at * 320, event: byteEvent(IN_MIDI_DIN, [0x90, 60, at][at % 3]) })),
    ].sort((a, b) => a.time - b.time),
  },
]

/** Plays `inputs`; `next` says when the module is asked again. Returns what it sent, and how far ahead at the least. */
function play(settings: object, inputs: readonly Timed[], next: (module: Module, now: number) => number) {
  const module = new Module(settings)
  const sent: Timed[] = []
  let now = 0
  let turns = 0
  let least = Infinity
  const sink = {
    schedule(time: number, event: number): boolean {
      sent.push({ time, event })
      if (time - now < least) least = time - now
      return true
    },
  }
  let at = 0
  while (now < END) {
    const input = inputs[at]?.time ?? Infinity
    now = Math.min(input, Math.max(next(module, now), now + BEAT_MICROS), END)
    if (input === now) {
      module.render(now + LEAD_MICROS, sink)
      module.input(now, inputs[at++].event)
    }
    turns++
    module.render(now + LEAD_MICROS, sink)
  }
  return { sent: sent.sort((a, b) => a.time - b.time || a.event - b.event), least, turns }
}

describe("the module's turns", () => {
  for (const { name, settings, inputs } of RUNS) {
    it(`${name}: the same events, in time, in fewer turns`, () => {
      const often = play(settings, inputs, (_, now) => now + BEAT_MICROS)
      const seldom = play(settings, inputs, (module) => module.nextTurn())
      assert.ok(often.sent.length > 100, `only ${often.sent.length} events`)
      assert.deepEqual(seldom.sent, often.sent)
      assert.ok(seldom.least >= Math.min(BEAT_MICROS, often.least - BEAT_MICROS), `an event was committed ${seldom.least} us ahead`)
      assert.ok(seldom.turns < often.turns / 3, `${seldom.turns} turns of ${often.turns}`)
    })
  }

  it("a module with nothing to do wants none", () => {
    const module = new Module()
    assert.equal(module.nextTurn(), -Infinity, "before its first it knows nothing")
    module.render(LEAD_MICROS, { schedule: () => true })
    assert.equal(module.nextTurn(), Infinity)
  })
})

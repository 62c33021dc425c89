import assert from "node:assert/strict"
import { LEAD_MICROS } from "../src/backend"
import { byteEvent, IN_CV, IN_KEYS, levelEvent } from "../src/event"
import { Module } from "../src/module"
import { stateOf } from "../src/state"

const nowhere = { schedule: () => true }

/** A module played to `until` with inputs of time and word. */
function played(settings: object, until: number, ...inputs: readonly (readonly [number, number])[]): Module {
  const module = new Module(settings)
  for (const [time, word] of inputs) {
    module.render(time + LEAD_MICROS, nowhere)
    module.input(time, word)
  }
  module.render(until + LEAD_MICROS, nowhere)
  return module
}

const key = (character: string) => byteEvent(IN_KEYS, character.charCodeAt(0))

describe("the state record", () => {
  it("counts beats and steps of the internal clock", () => {
    const module = played({ source: "internal" }, 4e6)
    const beginning = module.line.timeOf(module.transport.songBase)
    const state = stateOf(module, beginning + 4.6 * 500000)
    assert.equal(state.transport, "running")
    assert.equal(state.lock, "free")
    assert.ok(Math.abs(state.beat - 4.6) < 1e-6)
    assert.equal(state.step, 3, "beat 4.6 is sixteenth 18.4: the third step of the second part")
    assert.equal(stateOf(module, beginning + 3.99 * 500000).step, 16)
  })

  it("says what waits for the part's end, and what it became", () => {
    const pressed = played({ source: "internal" }, 1e6, [500000, key("a")], [600000, key("j")], [700000, key("9")])
    const before = stateOf(pressed, 1e6)
    assert.deepEqual(
      before.channels.map(({ state, pending }) => `${state} ${pending}`),
      ["running stop", "running pause", "running nothing", "running nothing"],
    )
    assert.equal(before.tempoTarget, 140)
    pressed.render(2.1e6 + LEAD_MICROS, nowhere)
    const after = stateOf(pressed, 2.1e6)
    assert.deepEqual(
      after.channels.map(({ state }) => state),
      ["stopped", "paused", "running", "running"],
    )
    assert.equal(after.tempoTarget, null)
    assert.ok(Math.abs((after.tempo ?? 0) - 140) < 1e-9)
  })

  it("knows no tempo before a pulse, learns, locks, and notices when pulses fail to come", () => {
    const pulse = (time: number) => [time, levelEvent(IN_CV, 1)] as const
    const fall = (time: number) => [time, levelEvent(IN_CV, 0)] as const
    const silent = stateOf(played({ source: "cv" }, 1e6), 1e6)
    assert.deepEqual([silent.lock, silent.tempo, silent.phaseMicros], ["silent", null, null])
    assert.equal(stateOf(played({ source: "cv" }, 1.1e6, pulse(1e6), fall(1.005e6)), 1.1e6).lock, "learning")
    const inputs = Array.from({ length: 12 }, (_, i) => [pulse(1e6 + i * 500000), fall(1e6 + i * 500000 + 5000)]).flat()
    const locked = played({ source: "cv", lost: { afterPeriods: 8 } }, 6.6e6, ...inputs)
    const state = stateOf(locked, 6.6e6)
    assert.deepEqual([state.lock, state.source, Math.round(state.tempo ?? 0)], ["locked", "cv", 120])
    assert.ok(Math.abs(state.phaseMicros ?? Infinity) < 1)
    assert.equal(stateOf(locked, 7.4e6).lock, "held")
  })
})

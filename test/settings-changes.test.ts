/** Whoever changes a setting counts it (`settings.changes`): a board stores what has changed, and looks at nothing else. */
import { strict as assert } from "node:assert"
import { feed, LEAD_MICROS } from "../src/backend"
import { byteEvent, IN_BUTTON_TAP, IN_KEYS, IN_MIDI_CONFIG, IN_MIDI_USB, IN_POT_TEMPO, IN_POT_WAIT, levelEvent } from "../src/event"
import { Module } from "../src/module"

const sink = { schedule: () => true }

class Changing {
  readonly module = new Module({ source: "internal", transport: { start: "button" } })
  time = 1e6

  put(...events: number[]): void {
    for (const event of events) feed(this.module, sink, (this.time += 1000), event)
  }

  bytes(port: number, bytes: readonly number[]): void {
    this.put(...bytes.map((byte) => byteEvent(port, byte)))
  }

  rest(micros: number): void {
    this.module.render((this.time += micros) + LEAD_MICROS, sink)
  }
}

function key(letter: string): (on: Changing) => void {
  return (on) => on.put(byteEvent(IN_KEYS, letter.charCodeAt(0)))
}

function pot(port: number): (on: Changing) => void {
  return (on) => on.put(levelEvent(port, 0) + 100, levelEvent(port, 0) + 900)
}

const WAYS: { [name: string]: (on: Changing) => void } = {
  "the settings themselves": (on) => {
    on.rest(LEAD_MICROS)
    assert.deepEqual(on.module.change(on.time, { sync: [{ name: "Bass" }] }), [])
  },
  "a write over SysEx": (on) => {
    const text = [...'{"merge":{"dinToDin":false}}'].map((letter) => letter.charCodeAt(0))
    on.bytes(IN_MIDI_CONFIG, [0xf0, 0x7d, 0x74, 0x63, 0x05, ...text, 0xf7])
  },
  "the arpeggiator's mode": (on) => on.bytes(IN_MIDI_USB, [0xf0, 0x42, 0x30, 0x7f, 0x00, 0x01, 0xf7]),
  "the arpeggiator's pattern": (on) => on.bytes(IN_MIDI_USB, [0xf0, 0x42, 0x30, 0x7f, 0x01, 0x03, 0xf7]),
  "a pattern's steps": (on) => on.bytes(IN_MIDI_USB, [0xf0, 0x42, 0x30, 0x7f, 0x12, 0x05, 0x0a, 0x07, 0xf7]),
  "the tempo's pot": pot(IN_POT_TEMPO),
  "the wait's pot": pot(IN_POT_WAIT),
  "a key for the tempo": key("9"),
  "a key for the wait": key("6"),
  "a key for the part": key("]"),
  tapping: (on) => {
    for (let tap = 0; tap < 4; tap++) {
      on.put(levelEvent(IN_BUTTON_TAP, 1))
      on.rest(100000)
      on.put(levelEvent(IN_BUTTON_TAP, 0))
      on.rest(298000)
    }
  },
}

describe("the count of changed settings", () => {
  for (const [name, change] of Object.entries(WAYS)) {
    it(`hears of ${name}`, () => {
      const on = new Changing()
      const { settings } = on.module
      const [text, count] = [JSON.stringify(settings), settings.changes]
      change(on)
      on.rest(200000)
      assert.notEqual(JSON.stringify(settings), text, "nothing was changed")
      assert.ok(settings.changes > count)
    })
  }

  it("is no setting, and stands still while nothing is changed", () => {
    const on = new Changing()
    const { settings } = on.module
    const count = settings.changes
    assert.ok(!JSON.stringify(settings).includes("changes"))
    on.rest(LEAD_MICROS)
    assert.equal(on.module.change(on.time, { tempo: 1 }).length, 1)
    on.put(byteEvent(IN_KEYS, "a".charCodeAt(0)))
    on.rest(1e6)
    assert.equal(settings.changes, count)
  })
})

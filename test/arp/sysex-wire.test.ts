/**
 * The arpeggiator's SysEx through the whole module, on both ports: what is too long, cut short or foreign changes nothing, and
 * what was set is in the settings' record, so that it persists with it.
 */
import assert from "node:assert/strict"
import { LEAD_MICROS, feed } from "../../src/backend"
import { IN_MIDI_DIN, IN_MIDI_USB, OUT_MIDI_DIN, OUT_MIDI_USB, byteEvent, byteOf, lengthOf, portOf } from "../../src/event"
import { Module } from "../../src/module"
import { changeSettings, standardSettings } from "../../src/settings"

const HEAD = [0xf0, 0x42, 0x30, 0x7f]

/** A module with nothing on its outputs but answers. */
class Wire {
  readonly module = new Module({ source: "internal", transport: { start: "button" } })
  readonly bytes: number[] = []
  private time = 1e6

  constructor(
    private readonly input: number,
    private readonly output: number,
  ) {}

  schedule(_time: number, event: number): boolean {
    if (portOf(event) === this.output) for (let i = 0; i < lengthOf(event); i++) this.bytes.push(byteOf(event, i))
    return true
  }

  /** Sends, and returns what comes back at the same port. */
  send(...bytes: number[]): number[] {
    for (const byte of bytes) feed(this.module, this, (this.time += 320), byteEvent(this.input, byte))
    this.time += 50000
    this.module.render(this.time + LEAD_MICROS, this)
    return this.bytes.splice(0)
  }
}

for (const [name, input, output] of [
  ["DIN", IN_MIDI_DIN, OUT_MIDI_DIN],
  ["USB", IN_MIDI_USB, OUT_MIDI_USB],
] as const) {
  describe(`the arpeggiator's SysEx over ${name}`, () => {
    it("changes nothing when it is cut short, too long or out of range", () => {
      const wire = new Wire(input, output)
      const before = JSON.stringify(wire.module.settings)
      const refused = () => wire.module.arpSysex.refused
      const broken = () => wire.module.din.parser.broken + wire.module.usb.parser.broken
      const tooLong = () => wire.module.din.parser.tooLong + wire.module.usb.parser.tooLong
      assert.deepEqual(wire.send(...HEAD, 0x00, 0xf7), [])
      assert.deepEqual(wire.send(...HEAD, 0x01, 0x13, 0xf7), [])
      assert.equal(refused(), 2)
      wire.send(...HEAD, 0x00, 0x01, 0x90, 60, 100)
      assert.equal(broken(), 1, "cut off by a note")
      wire.send(...HEAD, 0x00, 0x01, ...HEAD, 0x03, 0xf7)
      assert.equal(broken(), 2, "cut off by the next message")
      wire.send(...HEAD, 0x10, ...new Array<number>(2000).fill(1), 0xf7)
      assert.equal(refused() + tooLong(), 3)
      assert.equal(JSON.stringify(wire.module.settings), before)
    })

    it("is understood with real-time bytes inside", () => {
      const wire = new Wire(input, output)
      assert.deepEqual(wire.send(0xf0, 0xf8, 0x42, 0x30, 0xfe, 0x7f, 0x00, 0xf8, 0x02, 0xf8, 0xf7), [...HEAD, 0x7f, 0x00, 0xf7])
      assert.equal(wire.module.settings.arp.mode, 2)
    })

    it("sets 19 patterns, a mode and a selection that another module takes over with the settings' record", () => {
      const wire = new Wire(input, output)
      for (let pattern = 0; pattern < 19; pattern++) {
        const head = pattern < 16 ? [...HEAD, 0x10 + pattern] : [...HEAD, 0x20, pattern]
        wire.send(...head, pattern & 15, 15 - (pattern & 15), 1 + (pattern % 8), 0xf7)
      }
      wire.send(...HEAD, 0x00, 1, 0xf7)
      wire.send(...HEAD, 0x01, 0x12, 0xf7)
      const restored = new Wire(input, output)
      const stored = JSON.parse(JSON.stringify(wire.module.settings)) as unknown
      assert.deepEqual(changeSettings(standardSettings(), stored), [], "a record is a change that is taken")
      assert.deepEqual(restored.module.change(0.5e6, stored), [])
      for (let pattern = 0; pattern < 19; pattern++) {
        assert.deepEqual(restored.send(...HEAD, 0x02, pattern, 0xf7), wire.send(...HEAD, 0x02, pattern, 0xf7))
      }
      assert.deepEqual(restored.send(...HEAD, 0x03, 0xf7), [...HEAD, 0x03, 1, 0x12, 24, 0xf7])
    })
  })
}

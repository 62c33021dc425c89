import assert from "node:assert/strict"
import { HeldMidi } from "../../../host-sim/midi/held-midi"
import { byteEvent, OUT_MIDI_CONFIG, OUT_MIDI_USB } from "../../../src/event"

const clock = (byte: number) => byteEvent(OUT_MIDI_USB, byte)

describe("MIDI that waits for the cards", () => {
  it("leaves so much later, in order", () => {
    const sent: number[] = []
    const held = new HeldMidi((word) => sent.push(word & 0xff))
    held.take(1000, clock(1), 600_000)
    held.take(21_000, clock(2), 600_000)
    assert.equal(held.firstTime, 601_000)
    held.advance(601_001)
    assert.deepEqual(sent, [1])
    held.advance(621_001)
    assert.deepEqual(sent, [1, 2])
    assert.equal(held.firstTime, Infinity)
  })

  it("overtakes nothing when the wait is over, and then waits no more", () => {
    const sent: number[] = []
    const held = new HeldMidi((word) => sent.push(word & 0xff))
    held.take(1000, clock(1), 600_000)
    held.take(2000, clock(2), 0)
    held.advance(601_001)
    assert.deepEqual(sent, [1, 2])
    held.take(602_000, clock(3), 0)
    assert.deepEqual(sent, [1, 2, 3])
  })

  it("ends with what waits, but for the clocks", () => {
    const sent: number[] = []
    const held = new HeldMidi((word) => sent.push(word & 0xff))
    held.take(1000, clock(0xf8), 600_000)
    held.take(2000, clock(0x80), 600_000)
    held.close()
    assert.deepEqual(sent, [0x80])
  })

  it("does not keep an answer about the configuration waiting", () => {
    const sent: number[] = []
    const held = new HeldMidi((word) => sent.push(word & 0xff))
    held.take(1000, clock(1), 600_000)
    held.take(2000, byteEvent(OUT_MIDI_CONFIG, 0xf7), 600_000)
    assert.deepEqual(sent, [0xf7])
  })
})

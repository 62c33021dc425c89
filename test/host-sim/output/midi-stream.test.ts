import assert from "node:assert/strict"
import { MidiStream } from "../../../host-sim/output/midi-stream"
import { byteEvent, bytesEvent, OUT_MIDI_DIN } from "../../../src/event"

type Line = [time: number, bytes: number[]]

function read(byteMicros: number, words: [time: number, ...bytes: number[]][]): { runs: Line[]; messages: Line[] } {
  const runs: Line[] = []
  const messages: Line[] = []
  const stream = new MidiStream(byteMicros, {
    run: (_slot, time, bytes) => runs.push([time, bytes]),
    message: (time, bytes) => messages.push([time, bytes]),
  })
  for (const [time, ...bytes] of words) {
    const word =
      bytes.length === 1 ? byteEvent(OUT_MIDI_DIN, bytes[0]) : bytesEvent(OUT_MIDI_DIN, bytes.length, bytes[0], bytes[1], bytes[2] ?? 0)
    stream.add(time, word)
  }
  stream.end()
  return { runs, messages }
}

describe("MIDI stream", () => {
  it("makes one run of bytes that stand back to back", () => {
    const { runs } = read(320, [
      [1000, 0x90],
      [1320, 60],
      [1640, 100],
    ])
    assert.deepEqual(runs, [[1000, [0x90, 60, 100]]])
  })

  it("makes two runs, and one message, of a note that a clock splits", () => {
    const { runs, messages } = read(320, [
      [1000, 0x90, 60],
      [1640, 0xf8],
      [1960, 100],
    ])
    assert.deepEqual(runs, [
      [1000, [0x90, 60]],
      [1640, [0xf8]],
      [1960, [100]],
    ])
    assert.deepEqual(messages, [
      [1640, [0xf8]],
      [1000, [0x90, 60, 100]],
    ])
  })

  it("makes two runs where the wire paused within a message", () => {
    const { runs, messages } = read(320, [
      [1000, 0xb0, 7],
      [5000, 100],
    ])
    assert.deepEqual(runs, [
      [1000, [0xb0, 7]],
      [5000, [100]],
    ])
    assert.deepEqual(messages, [[1000, [0xb0, 7, 100]]])
  })

  it("begins a run with each message, though nothing stands between", () => {
    const { runs } = read(320, [
      [0, 0x90, 60, 100],
      [960, 0x80, 60, 0],
      [1920, 0xc0, 5],
    ])
    assert.deepEqual(runs, [
      [0, [0x90, 60, 100]],
      [960, [0x80, 60, 0]],
      [1920, [0xc0, 5]],
    ])
  })

  it("writes running status out in messages but not in runs", () => {
    const { runs, messages } = read(320, [
      [0, 0x90, 60, 100],
      [960, 64, 100],
    ])
    assert.deepEqual(runs, [
      [0, [0x90, 60, 100]],
      [960, [64, 100]],
    ])
    assert.deepEqual(messages, [
      [0, [0x90, 60, 100]],
      [960, [0x90, 64, 100]],
    ])
  })

  it("makes one run of a SysEx of many words", () => {
    const words: [number, ...number[]][] = [
      [0, 0xf0, 0x7d, 1],
      [960, 2, 3, 4],
      [1920, 5, 0xf7],
    ]
    const { runs, messages } = read(320, words)
    assert.deepEqual(runs, [[0, [0xf0, 0x7d, 1, 2, 3, 4, 5, 0xf7]]])
    assert.deepEqual(messages, runs)
    const usb = read(
      0,
      words.map(([, ...bytes]) => [7, ...bytes]),
    )
    assert.deepEqual(usb.runs, [[7, [0xf0, 0x7d, 1, 2, 3, 4, 5, 0xf7]]])
  })
})

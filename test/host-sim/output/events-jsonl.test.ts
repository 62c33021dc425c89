import assert from "node:assert/strict"
import fc from "fast-check"
import { writeEvents } from "../../../host-sim/output/events-jsonl"
import { Recording } from "../../../host-sim/recording"
import {
  bytesEvent,
  byteOf,
  lengthOf,
  levelEvent,
  OUT_CLOCK,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUTPUT_PORTS,
  portOf,
  valueOf,
} from "../../../src/event"

interface Line {
  t: number
  port: string
  level?: number
  bytes?: number[]
}

function linesOf(recording: Recording): Line[] {
  let text = ""
  writeEvents({ recording }, (chunk) => (text += chunk))
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
}

/** Every byte and level with its own time, by port: what must survive the writing. */
type Atom = [time: number, value: number]

function atomsOfRecording(recording: Recording): Record<string, Atom[]> {
  const atoms: Record<string, Atom[]> = {}
  for (const { time, word } of recording.outputs) {
    const name = OUTPUT_PORTS[portOf(word)]
    const list = (atoms[name] ??= [])
    if (lengthOf(word) === 0) list.push([time, valueOf(word)])
    for (let i = 0; i < lengthOf(word); i++) list.push([time + (name === "midi-din" ? 320 * i : 0), byteOf(word, i)])
  }
  return atoms
}

function atomsOfLines(lines: Line[]): Record<string, Atom[]> {
  const atoms: Record<string, Atom[]> = {}
  for (const { t, port, level, bytes } of lines) {
    const list = (atoms[port] ??= [])
    if (level !== undefined) list.push([t, level])
    bytes?.forEach((byte, i) => list.push([t + (port === "midi-din" ? 320 * i : 0), byte]))
  }
  return atoms
}

const data = fc.integer({ min: 0, max: 127 })

/** Messages cut into words at any place, a clock between any two words. */
const midiWords = fc
  .record({
    message: fc.oneof(
      fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), data, data),
      fc.tuple(fc.integer({ min: 0xc0, max: 0xdf }), data),
      fc.constant([0xf8]),
      fc.constant([0xf6]),
      fc.array(data, { maxLength: 20 }).map((bytes) => [0xf0, ...bytes, 0xf7]),
    ),
    wordLength: fc.integer({ min: 1, max: 3 }),
    clocks: fc.boolean(),
  })
  .map(({ message, wordLength, clocks }) => {
    const words: number[][] = []
    for (let i = 0; i < message.length; i += wordLength) words.push(message.slice(i, i + wordLength), ...(clocks ? [[0xf8]] : []))
    return words
  })

/** Any MIDI messages one after another on a wire that has room for them, among levels. */
const recordings = fc
  .array(
    fc.record({
      port: fc.constantFrom(OUT_MIDI_DIN, OUT_MIDI_USB, OUT_CLOCK),
      pause: fc.constantFrom(0, 0, 0, 1, 320, 5000),
      words: midiWords,
    }),
    { maxLength: 100 },
  )
  .map((events) => {
    const recording = new Recording("any", {})
    const free = [0, 0, 0, 0]
    for (const { port, pause, words } of events)
      for (const bytes of words) {
        const time = free[port] + pause
        free[port] = time + (port === OUT_MIDI_DIN ? 320 * bytes.length : 0)
        if (port === OUT_CLOCK) recording.addOutput(time, levelEvent(port, bytes[0] & 1))
        else recording.addOutput(time, bytesEvent(port, bytes.length, bytes[0], bytes[1] ?? 0, bytes[2] ?? 0))
      }
    return recording
  })

describe("events.jsonl", () => {
  it("read back, is what was recorded, byte for byte and microsecond for microsecond", () => {
    fc.assert(fc.property(recordings, (recording) => assert.deepEqual(atomsOfLines(linesOf(recording)), atomsOfRecording(recording))))
  })

  it("is sorted by time", () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        const times = linesOf(recording).map(({ t }) => t)
        assert.deepEqual(
          times,
          [...times].sort((a, b) => a - b),
        )
      }),
    )
  })

  it("gives every real-time byte a line of its own", () => {
    fc.assert(
      fc.property(recordings, (recording) => {
        for (const { bytes } of linesOf(recording)) if (bytes?.some((byte) => byte >= 0xf8)) assert.equal(bytes.length, 1)
      }),
    )
  })

  it("puts a long message where its first byte was, before what came meanwhile", () => {
    const recording = new Recording("any", {})
    recording.addOutput(1000, bytesEvent(OUT_MIDI_DIN, 3, 0xf0, 0x7d, 1))
    recording.addOutput(1500, levelEvent(OUT_CLOCK, 1))
    recording.addOutput(1960, bytesEvent(OUT_MIDI_DIN, 2, 2, 0xf7, 0))
    assert.deepEqual(linesOf(recording), [
      { t: 1000, port: "midi-din", bytes: [0xf0, 0x7d, 1, 2, 0xf7] },
      { t: 1500, port: "clock", level: 1 },
    ])
  })
})

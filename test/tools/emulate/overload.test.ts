import assert from "node:assert/strict"
import { describe, it } from "mocha"
import { byteEvent, bytesEvent, IN_MIDI_DIN, IN_MIDI_USB, OUT_CLOCK, OUT_MIDI_DIN, OUT_RUN, levelEvent } from "../../../src/event"
import { compareRuns } from "../../../tools/emulate/compare"
import { isOverload, judgeOverload, sentSysex, sysexOf } from "../../../tools/emulate/overload"
import { underWay, WORST_CASE_BEGINS } from "../../../tools/emulate/worst-case"

const SENT = [
  ["f0 01 f7", "f0 02 f7", "f0 03 f7", "f0 04 f7"],
  ["f0 11 f7", "f0 12 f7", "f0 13 f7", "f0 14 f7"],
]

describe("more SysEx than the wire takes", () => {
  it("is told by message, real time left out, what is cut short as far as it went", () => {
    const bytes = [0xf0, 1, 0xf8, 2, 0xf7, 0x90, 60, 100, 0xf0, 3, 0x90, 60, 100, 0xf0, 4]
    assert.deepEqual(sysexOf(bytes.map((byte) => byteEvent(OUT_MIDI_DIN, byte))), ["f0 01 02 f7", "f0 03", "f0 04"])
  })

  it("is what both inputs sent", () => {
    const events = [byteEvent(IN_MIDI_DIN, 0xf0), bytesEvent(IN_MIDI_USB, 3, 0xf0, 0x11, 0xf7), byteEvent(IN_MIDI_DIN, 0xf7)]
    assert.deepEqual(sentSysex(events.map((event) => ({ event }))), [["f0 f7"], ["f0 11 f7"]])
  })

  it("is where the simulator had to drop, and not where it had room", () => {
    assert.equal(isOverload(["f0 01 f7", "f0 11 f7", "f0 02 f7"], SENT), true)
    assert.equal(isOverload(SENT.flat(), SENT), false)
  })

  it("may drop others than the simulator does, whole, and keeps the order of each input", () => {
    const simulator = ["f0 01 f7", "f0 11 f7", "f0 02 f7", "f0 12 f7"]
    const judge = (...seen: string[]) => judgeOverload(seen, simulator, SENT)
    assert.deepEqual(judge("f0 11 f7", "f0 01 f7", "f0 12 f7", "f0 04 f7"), [])
    assert.deepEqual(judge("f0 11 f7", "f0 02 f7", "f0 01 f7", "f0 12 f7"), ['"f0 01 f7" is out of order'])
    assert.deepEqual(judge("f0 01", "f0 11 f7", "f0 02 f7", "f0 12 f7"), ['"f0 01" came in nowhere'])
    assert.deepEqual(judge("f0 01 f7"), ["1 messages, the simulator has 4"])
  })

  it("is judged so in its row, and no other row is", () => {
    const word = (byte: number) => byteEvent(OUT_MIDI_DIN, byte)
    const stream = (messages: readonly string[]) =>
      messages
        .flatMap((message) => message.split(" ").map((byte) => parseInt(byte, 16)))
        .map((byte, at) => ({ time: at * 320, word: word(byte) }))
    const rows = (seen: readonly string[], clock: number) =>
      compareRuns(
        [...stream(seen), { time: 9000, word: word(clock) }],
        [...stream([SENT[0][0], SENT[0][1], SENT[1][1]]), { time: 9000, word: word(0xf8) }],
        2,
        SENT,
      )
    assert.deepEqual(
      rows([SENT[1][0], SENT[0][1], SENT[1][2]], 0xf8).map(({ port, problems }) => [port, problems.length]),
      [
        ["midi-din", 0],
        ["midi-din sysex", 0],
      ],
    )
    assert.equal(rows([SENT[1][0], SENT[0][1], SENT[1][2]], 0xfa)[0].problems.length, 1)
    assert.equal(rows([SENT[1][0], SENT[0][1], "f0 66 f7", SENT[1][3]], 0xf8)[1].problems.length, 1)
  })
})

describe("the worst case", () => {
  it("is compared where all is under way in both, the simulator's song moved to the chip's", () => {
    const at = (port: number, level: number, ...times: number[]) => times.map((time) => ({ time, word: levelEvent(port, level) }))
    const begins = WORST_CASE_BEGINS
    const sysex = { time: 5, word: bytesEvent(OUT_MIDI_DIN, 2, 0xf0, 0xf7, 0) }
    const song = (start: number, rises: number[], falls: number[]) => [
      ...at(OUT_RUN, 1, start),
      ...at(OUT_CLOCK, 1, ...rises),
      ...at(OUT_CLOCK, 0, ...falls),
      sysex,
    ]
    const { seen, decided } = underWay(
      song(234213.2, [begins - 8000, begins + 333.25, begins + 8666.25], [begins + 4500.25]),
      song(267546, [begins - 7667 + 33000, begins + 666 + 33000], [begins + 4833 + 33000, begins + 13166 + 33000]),
    )
    assert.deepEqual(
      seen.map(({ time }) => time - begins),
      [333.25, 4500.25, 5 - begins],
    )
    assert.deepEqual(
      decided.map(({ time }) => time - begins),
      [333, 4500, 5 - begins],
    )
  })
})

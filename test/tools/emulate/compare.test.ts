import assert from "node:assert/strict"
import { describe, it } from "mocha"
import { byteEvent, bytesEvent, levelEvent, OUT_CLOCK, OUT_MIDI_DIN, OUT_MIDI_USB } from "../../../src/event"
import { compareRuns } from "../../../tools/emulate/compare"

const CLOCK = byteEvent(OUT_MIDI_DIN, 0xf8)

describe("the chip against the simulator", () => {
  it("agrees within the tolerance and tells how far", () => {
    const [din] = compareRuns([{ time: 1001.5, word: CLOCK }], [{ time: 1000, word: CLOCK }], 2)
    const errors = { least: 1.5, median: 1.5, p999: 1.5, most: 1.5 }
    assert.deepEqual(din, {
      port: "midi-din",
      events: 1,
      answers: 0,
      latestAnswer: 0,
      ...errors,
      problems: [],
      matched: [{ time: 1000, error: 1.5 }],
    })
  })

  it("tells the percentile that one of a thousand lies above", () => {
    const expected = Array.from({ length: 2000 }, (_, n) => ({ time: 1000 * n, word: CLOCK }))
    const late = (n: number) => (n === 7 ? 1.9 : n === 8 ? 1.8 : n === 9 ? 1.7 : 0.5)
    const [{ p999, most }] = compareRuns(
      expected.map(({ time, word }, n) => ({ time: time + late(n), word })),
      expected,
      2,
    )
    assert.deepEqual([p999.toFixed(2), most.toFixed(2)], ["1.70", "1.90"])
  })

  it("tells an event that is late, one that is another, and one that is missing", () => {
    const expected = [{ time: 1000, word: CLOCK }]
    assert.match(compareRuns([{ time: 1003, word: CLOCK }], expected, 2)[0].problems[0], /3\.0 us from the simulator's 1000/)
    assert.match(compareRuns([{ time: 1000, word: byteEvent(OUT_MIDI_DIN, 0xfa) }], expected, 2)[0].problems[0], /0x10000fa.*0x10000f8/)
    assert.match(compareRuns([], expected, 2)[0].problems[0], /0 events, the simulator has 1/)
  })

  it("sees what the simulator does not have at all", () => {
    assert.match(compareRuns([{ time: 5, word: levelEvent(OUT_CLOCK, 1) }], [], 2)[0].problems[0], /1 events, the simulator has 0/)
  })

  it("takes a DIN message byte by byte, 320 us each", () => {
    const bytes = [0x90, 60, 100].map((byte, index) => ({ time: 1000 + 320 * index, word: byteEvent(OUT_MIDI_DIN, byte) }))
    assert.deepEqual(compareRuns(bytes, [{ time: 1000, word: bytesEvent(OUT_MIDI_DIN, 3, 0x90, 60, 100) }], 2)[0].problems, [])
  })

  it("lets what answers an input at once be late by what a turn of TypeScript lacks, and no more", () => {
    const run = (late: number, lead: number) => compareRuns([{ time: 1000 + late, word: CLOCK }], [{ time: 1000, word: CLOCK, lead }], 2)[0]
    assert.deepEqual(run(3900, 2000).problems, [])
    assert.deepEqual([run(3900, 2000).answers, run(3900, 2000).latestAnswer], [1, 3900])
    assert.equal(run(4100, 2000).problems.length, 1, "later than a turn")
    assert.equal(run(-3, 2000).problems.length, 1, "early is not late")
    assert.equal(run(3, 8000).problems.length, 1, "decided in good time")
  })

  it("grants USB the time an interrupt and the controller take", () => {
    const problems = (word: number, late: number) =>
      compareRuns([{ time: 1000 + late, word }], [{ time: 1000, word }], 2)[0].problems.length
    const clock = byteEvent(OUT_MIDI_USB, 0xf8)
    const note = bytesEvent(OUT_MIDI_USB, 3, 0x90, 60, 100)
    assert.deepEqual([problems(clock, 99), problems(clock, 101)], [0, 1])
    assert.deepEqual([problems(note, 200), problems(note, 300)], [0, 1])
  })

  it("holds SysEx on USB apart: in its own order, and what answers another's may take a tenth of a second", () => {
    const clock = byteEvent(OUT_MIDI_USB, 0xf8)
    const reply = [bytesEvent(OUT_MIDI_USB, 3, 0xf0, 0x42, 0x30), bytesEvent(OUT_MIDI_USB, 2, 0x7f, 0xf7, 0)]
    const expected = [
      { time: 1000, word: reply[0], lead: 2000 },
      { time: 1001, word: reply[1], lead: 2000 },
      { time: 3000, word: clock, lead: 8000 },
    ]
    const run = (late: number, words: readonly number[]) =>
      compareRuns([{ time: 3010, word: clock }, ...words.map((word, at) => ({ time: 1000 + late + at, word }))], expected, 2)
    const problems = (late: number, words: readonly number[]) => run(late, words).map((row) => [row.port, row.problems.length > 0])
    assert.deepEqual(problems(7000, reply), [
      ["midi-usb", false],
      ["midi-usb sysex", false],
    ])
    assert.deepEqual(problems(101000, reply), [
      ["midi-usb", false],
      ["midi-usb sysex", true],
    ])
    assert.deepEqual(problems(7000, reply.slice().reverse()), [
      ["midi-usb", false],
      ["midi-usb sysex", true],
    ])
    assert.deepEqual(problems(7000, reply.slice(1)), [
      ["midi-usb", false],
      ["midi-usb sysex", true],
    ])
  })
})

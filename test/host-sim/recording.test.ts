import assert from "node:assert/strict"
import fc from "fast-check"
import { EventColumn, Recording } from "../../host-sim/recording"
import { byteEvent, levelEvent, OUT_CLOCK, OUT_MIDI_DIN } from "../../src/event"

describe("recording", () => {
  it("keeps every event, in time order, ties in order of arrival", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 0x7fffffff })), { maxLength: 3000 }),
        (events) => {
          const column = new EventColumn()
          for (const [time, word] of events) column.add(time, word)
          const expected = events.map(([time, word]) => ({ time, word })).sort((a, b) => a.time - b.time)
          assert.deepEqual([...column], expected)
        },
      ),
      { numRuns: 30 },
    )
  })

  it("rounds times to whole microseconds", () => {
    const column = new EventColumn()
    column.add(20833.333333, 1)
    column.add(41666.666666, 1)
    assert.deepEqual([...column.times], [20833, 41667])
  })

  it("can be read, added to and read again", () => {
    const column = new EventColumn()
    column.add(10, 1)
    column.add(5, 2)
    assert.deepEqual([...column.words], [2, 1])
    column.add(7, 3)
    assert.deepEqual([...column.words], [2, 3, 1])
  })

  it("gives the events of one port", () => {
    const recording = new Recording("a run", {})
    recording.addOutput(1, byteEvent(OUT_MIDI_DIN, 0xf8))
    recording.addOutput(2, levelEvent(OUT_CLOCK, 1))
    recording.addOutput(3, byteEvent(OUT_MIDI_DIN, 0xfc))
    const { times, words } = recording.outputs.ofPort(OUT_MIDI_DIN)
    assert.deepEqual([...times], [1, 3])
    assert.deepEqual([...words], [byteEvent(OUT_MIDI_DIN, 0xf8), byteEvent(OUT_MIDI_DIN, 0xfc)])
  })
})

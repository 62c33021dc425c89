/**
 * Ten hours of play, counted. A part is 16 steps whatever the tempo, so the pulses of every channel follow from arithmetic alone:
 * none lost, none added, and the last one as exactly in its place as the first.
 */
import assert from "node:assert/strict"
import { LEAD_MICROS, feed } from "../../src/backend"
import { IN_MIDI_USB, OUT_SYNC, byteEvent, portOf, valueOf, type EventWord } from "../../src/event"
import { Module } from "../../src/module"

const HOURS = 10 * 3600e6
const PPQN = [2, 1, 4, 48]

/** Counts, and remembers the latest: ten hours at 48 pulses a beat would be millions of times to keep. */
class Counter {
  readonly counts = [0, 0, 0, 0]
  /** The greatest distance of any rise from where it belongs. */
  farthest = 0

  constructor(private readonly placeOf: (channel: number, pulse: number) => number) {}

  schedule(time: number, event: EventWord): boolean {
    const channel = portOf(event) - OUT_SYNC
    if (channel < 0 || channel > 3 || valueOf(event) !== 1) return true
    const distance = Math.abs(time - this.placeOf(channel, this.counts[channel]++))
    if (distance > this.farthest) this.farthest = distance
    return true
  }
}

describe("ten hours of play", () => {
  for (const tempo of [127.93, 173.21]) {
    it(`of the internal clock at ${tempo} BPM lose and add no pulse, and do not drift`, () => {
      const module = new Module({ source: "internal", tempo, sync: PPQN.map((ppqn) => ({ ppqn })) })
      const counter = new Counter((channel, pulse) => 10000 + (pulse * 60e6) / tempo / PPQN[channel])
      for (let time = 0; time < HOURS; time += 1e6) module.render(time + LEAD_MICROS, counter)
      module.render(HOURS, counter)
      PPQN.forEach((ppqn, channel) => {
        assert.equal(counter.counts[channel], Math.ceil(((HOURS - 10000) * tempo * ppqn) / 60e6), `channel ${channel + 1}`)
      })
      assert.ok(counter.farthest < 0.01, `${counter.farthest} us off`)
    })
  }

  it("of a MIDI clock with 1 ms of jitter lose and add no pulse", () => {
    const module = new Module({ source: "midi-usb" })
    const tick = 2.5e6 / 128
    // The first few clocks teach the tempo; past them every pulse stands within the jitter.
    const counter = new Counter((_, pulse) => 1e6 + pulse * tick * 12)
    feed(module, counter, 0.99e6, byteEvent(IN_MIDI_USB, 0xfa))
    const clocks = Math.floor((HOURS - 1e6) / tick)
    let random = 1
    for (let i = 0; i <= clocks; i++) {
      random = (random * 48271) % 0x7fffffff
      feed(module, counter, 1e6 + i * tick + (random / 0x7fffffff) * 1000, byteEvent(IN_MIDI_USB, 0xf8))
    }
    const wanted = Math.floor(clocks / 12) + 1
    // The clock runs at most a sixteenth ahead of the last pulse it heard.
    for (const count of counter.counts) assert.ok(count === wanted || count === wanted + 1, `${count} pulses for ${wanted}`)
    assert.ok(new Set(counter.counts).size === 1)
    assert.ok(counter.farthest < 9500, `${counter.farthest} us off`)
  })
})

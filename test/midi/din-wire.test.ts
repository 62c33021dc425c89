/** The DIN wire as such: what is laid between the clocks never meets one, however many of them stand close together. */
import { strict as assert } from "node:assert"
import { byteOf } from "../../src/event"
import { DinWire } from "../../src/midi/din-wire"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { MIDI_CLOCK } from "../../src/transport"

class Bench {
  readonly wire = new DinWire()
  readonly sent: { time: Micros; byte: number }[] = []
  readonly sink = {
    schedule: (time: Micros, event: number) => {
      this.sent.push({ time, byte: byteOf(event, 0) })
      return true
    },
  }

  clocks(count: number, from: Micros, apart: Micros): void {
    for (let i = 0; i < count; i++) this.wire.sendRealTime(from + i * apart, MIDI_CLOCK, this.sink)
  }

  /** When the waiting bytes left; no two bytes may be on the wire at once. */
  get others(): Micros[] {
    const times = this.sent.map(({ time }) => time).sort((one, other) => one - other)
    times.forEach((time, i) => assert.ok(i === 0 || time - times[i - 1] >= DIN_BYTE_MICROS, `bytes at ${times[i - 1]} and ${time}`))
    return this.sent.filter(({ byte }) => byte !== MIDI_CLOCK).map(({ time }) => time)
  }
}

describe("the DIN wire", () => {
  it("lays a byte before, between or behind the clocks, never upon one", () => {
    for (const [ready, leaves] of [
      [0, 0],
      [700, 1320],
      [1320, 1320],
      [2000, 2320],
      [9_999, 9_999],
    ]) {
      const bench = new Bench()
      bench.clocks(3, 1000, 1000)
      bench.wire.push(ready, 0x40)
      bench.wire.place(1e6, bench.sink)
      assert.deepEqual(bench.others, [leaves])
    }
  })

  it("remembers as many clocks as are caught up with at once: a byte finds the gap before them or the end of them", () => {
    for (const [ready, leaves] of [
      [400, 400],
      [800, 1000 + 200 * DIN_BYTE_MICROS],
      [30_000, 1000 + 200 * DIN_BYTE_MICROS],
    ]) {
      const bench = new Bench()
      bench.clocks(1, 0, 0)
      bench.clocks(200, 1000, 0)
      bench.wire.push(ready, 0x40)
      bench.wire.place(1e6, bench.sink)
      assert.deepEqual(bench.others, [leaves])
    }
  })

  it("lays nothing upon a clock that stands where the guarded window ends", () => {
    const bench = new Bench()
    bench.clocks(4, 1000, 5000)
    Object.assign(bench.wire, { guardFrom: 2000, guardUntil: 6100 })
    bench.wire.push(1900, 0x40)
    bench.wire.place(1e6, bench.sink)
    assert.deepEqual(bench.others, [6320])
  })
})

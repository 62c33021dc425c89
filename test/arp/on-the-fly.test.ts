/**
 * The arpeggiator's clock while things change under it: songs that go on or are moved, modes and patterns changed in play, clocks
 * that get lost, and every source it can have.
 */
import assert from "node:assert/strict"
import { type Outcome, Rack, intervals, steady } from "../support/rack"

const TICK = 500000 / 24
/** Fully right: 6 clocks a pulse. */
const FAST = 1023
const SYSEX = [0xf0, 0x42, 0x30, 0x7f]

/** Clocks for song positions `from`..`to`, the first at `time`. Returns when the one after them would come. */
function clocks(rack: Rack, time: number, from: number, to: number): number {
  for (let position = from; position <= to; position++) rack.midi("midi-usb", time + (position - from) * TICK, 0xf8)
  return time + (to - from + 1) * TICK
}

/** The song positions at which pulses stood, for a stretch that begins with `position` at `time`. */
function positions(outcome: Outcome, time: number, position: number, until = Infinity): number[] {
  return outcome
    .rises("arp")
    .filter((rise) => rise > time - 9000 && rise < until)
    .map((rise) => Math.round((rise - time) / TICK + position))
}

describe("the arpeggiator's clock, on the fly", () => {
  it("keeps the pattern's position over Stop and Continue, and takes it from Song Position; Start begins anew", () => {
    const rack = new Rack().pot("pot-arp", 0, FAST).midi("midi-usb", 0.99e6, 0xfa)
    const stopped = clocks(rack, 1e6, 0, 99)
    rack.midi("midi-usb", stopped - 18000, 0xfc)
    const continued = stopped + 1e6
    rack.midi("midi-usb", continued - 5000, 0xfb)
    const again = clocks(rack, continued, 100, 199)
    rack.midi("midi-usb", again - 18000, 0xfc).midi("midi-usb", again, 0xf2, 3, 0)
    const located = again + 1e6
    rack.midi("midi-usb", located - 5000, 0xfb)
    const third = clocks(rack, located, 18, 99)
    rack.midi("midi-usb", third - 18000, 0xfc)
    const restarted = third + 1e6
    rack.midi("midi-usb", restarted - 5000, 0xfa)
    const end = clocks(rack, restarted, 0, 99)
    // Pattern 3 is 1 1 0 1 0 1 0 0.
    const outcome = rack.run({ source: "midi-usb", arp: { mode: 1, pattern: 3 } }, end)
    const isPlayed = (position: number) => position % 6 === 0 && "11010100"[(position / 6) % 8] === "1"
    const song = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(isPlayed)
    assert.deepEqual(positions(outcome, 1e6, 0, stopped), song(0, 99))
    assert.deepEqual(positions(outcome, continued, 100, again), song(100, 199))
    assert.deepEqual(positions(outcome, located, 18, third), song(18, 99))
    assert.deepEqual(positions(outcome, restarted, 0, end - TICK / 2), song(0, 99))
  })

  it("changes the pattern with the next pulse, at the place in it where the song is", () => {
    for (let at = 40; at < 52; at++) {
      const change = 1e6 + (at + 0.1) * TICK
      const rack = new Rack().pot("pot-arp", 0, FAST).midi("midi-usb", 0.99e6, 0xfa)
      clocks(rack, 1e6, 0, 200)
      rack.midi("midi-usb", change, ...SYSEX, 0x01, 0x0e, 0xf7)
      // From 11000000 to 10100100.
      const outcome = rack.run({ source: "midi-usb", arp: { mode: 1, pattern: 1 } }, 1e6 + 200 * TICK)
      const wanted: number[] = []
      for (let position = 0; position < 200; position += 6) {
        const pattern = 1e6 + position * TICK < change + 8000 ? "11000000" : "10100100"
        if (pattern[(position / 6) % 8] === "1") wanted.push(position)
      }
      assert.deepEqual(positions(outcome, 1e6, 0), wanted, `changed after clock ${at}`)
    }
  })

  it("changes the mode in play: to mode 1 while the song stands still it falls silent, back to 0 or 2 it goes on", () => {
    const rack = new Rack().pot("pot-arp", 0, FAST)
    for (let i = 0; i < 500; i++) rack.midi("midi-usb", 1e6 + i * TICK, 0xf8)
    const modes = [1, 2, 1, 0]
    modes.forEach((mode, i) => rack.midi("midi-usb", 3e6 + i * 2e6, ...SYSEX, 0x00, mode, 0xf7))
    const outcome = rack.run({ source: "midi-usb", transport: { start: "button" } }, 11.05e6)
    const rises = outcome.rises("arp")
    const count = (from: number, to: number) => rises.filter((rise) => rise >= from + 8000 && rise < to + 8000).length
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((part) => count(1e6 + part * 2e6, 3e6 + part * 2e6)),
      [16, 0, 16, 0, 16],
    )
    // All on the grid of sixteenths, whoever was silent in between.
    const grid = rises.slice(2).map((rise) => Math.abs(((rise - rises[2]) / (6 * TICK)) % 1))
    assert.ok(grid.every((off) => off < 1e-3 || off > 0.999))
  })

  it("releases the instrument's own clock when the clock is lost, in every mode, and takes it again when it returns", () => {
    for (const mode of [0, 1, 2]) {
      const rack = new Rack().pot("pot-arp", 0, FAST).midi("midi-usb", 0.99e6, 0xfa)
      const lost = clocks(rack, 1e6, 0, 199)
      clocks(rack, lost + 3e6, 200, 300)
      const outcome = rack.run({ source: "midi-usb", arp: { mode } }, lost + 3e6 + 100 * TICK)
      const disable = outcome.levels("arp-disable")
      assert.deepEqual(
        disable.map((event) => event.level),
        [1, 0, 1],
        `mode ${mode}`,
      )
      const silent = lost - TICK + 4 * TICK
      assert.ok(disable[1].time >= silent && disable[1].time < silent + 10000)
      assert.ok(Math.abs(disable[2].time - lost - 3e6) < 10000)
      const rises = outcome.rises("arp")
      assert.equal(rises.filter((rise) => rise > silent + 8000 && rise < lost + 3e6).length, 0)
      assert.ok(rises.filter((rise) => rise > lost + 3e6).length >= 15, "goes on")
    }
  })

  it("clocks from a CV, predicted or followed, and from the internal clock", () => {
    const pulses = steady(1e6, 120, 4, 160)
    const predicted = new Rack()
      .pot("pot-arp", 0, FAST)
      .pulses("cv", pulses)
      .run({ cv: { ppqn: 4 } }, pulses[159])
    const followed = new Rack()
      .pot("pot-arp", 0, FAST)
      .pulses("cv", pulses)
      .run({ cv: { ppqn: 4, policy: "follow" } }, pulses[159])
    const internal = new Rack().pot("pot-arp", 0, FAST).run({ source: "internal" }, 20e6)
    for (const outcome of [predicted, followed, internal]) {
      const rises = outcome.rises("arp")
      assert.ok(rises.length >= 158)
      assert.ok(
        intervals(rises)
          .slice(2)
          .every((interval) => Math.abs(interval - 125000) <= 1),
      )
    }
    followed.rises("arp").forEach((rise) => assert.ok(pulses.some((pulse) => rise >= pulse && rise - pulse <= 8000)))
  })
})

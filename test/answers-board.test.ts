/**
 * A board whose turns take long, as those of an RP2040 do: pulses come in the midst of them and fire whatever is armed at that moment, and
 * the turn that follows has to make the best of it. Whatever falls where: one clock for each pulse, and for each twelfth one pulse of a sync out.
 */
import { strict as assert } from "node:assert"
import { ANSWERED } from "../src/answers"
import { LEAD_MICROS, feed } from "../src/backend"
import { byteOf, IN_CV, levelEvent, OUT_MIDI_DIN, OUT_MIDI_USB, OUT_SYNC, portOf, valueOf, type EventWord } from "../src/event"
import { Module } from "../src/module"
import { MIDI_CLOCK } from "../src/transport"
import { steady } from "./support/rack"

interface Edge {
  time: number
  level: number
}

class Board {
  readonly module = new Module({ cv: { ppqn: 24, policy: "follow" } })
  readonly sent: { time: number; word: EventWord }[] = []
  private armed: EventWord[] = []
  private readonly captured: Edge[] = []

  constructor() {
    this.module.answers.armBy((_, words, count) => {
      if (this.captured.some(({ level }) => level > 0)) return false
      this.armed = words.slice(0, count)
      return true
    })
  }

  schedule(time: number, word: EventWord): boolean {
    return this.sent.push({ time, word }) > 0
  }

  /** The interrupt. */
  capture(time: number, level: number): void {
    const isAnswered = level === 1 && this.armed.length > 0
    if (isAnswered) {
      for (const word of this.armed) this.schedule(time, word)
      this.armed = []
    }
    this.captured.push({ time, level: isAnswered ? 1 + ANSWERED : level })
  }

  /** All of a turn but arming, which comes at its end. */
  turn(now: number): void {
    for (let edge = this.captured.shift(); edge; edge = this.captured.shift())
      feed(this.module, this, edge.time, levelEvent(IN_CV, edge.level))
    this.module.render(now + LEAD_MICROS, this)
  }

  arm(): void {
    this.module.answers.keepArmed()
  }
}

function play(bpm: number, seed: number, longest: number) {
  const random = () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff
  const pulses = steady(1e6, bpm, 24, 240).map(Math.round)
  const edges: Edge[] = pulses.flatMap((time) => [
    { time, level: 1 },
    { time: time + 2000, level: 0 },
  ])
  const board = new Board()
  let next = 0
  const captureUntil = (time: number) => {
    for (; next < edges.length && edges[next].time <= time; next++) board.capture(edges[next].time, edges[next].level)
  }
  for (let now = 990_000; now < pulses[239] + 60_000;) {
    captureUntil(now)
    board.turn(now)
    const end = now + 500 + random() * random() * longest
    captureUntil(end)
    board.arm()
    now = end + random() * 1000
  }
  return { pulses, sent: board.sent.sort((one, other) => one.time - other.time) }
}

describe("answers on a board whose turns take long", () => {
  for (const [bpm, longest] of [
    [120, 10_000],
    [240, 10_000],
    [240, 25_000],
    [300, 20_000],
    [400, 15_000],
  ])
    it(`send one of each, ${bpm} BPM, turns of up to ${longest / 1000} ms`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const { pulses, sent } = play(bpm, seed * 7919, longest)
        const on = (port: number) => sent.filter(({ word }) => portOf(word) === port)
        for (const port of [OUT_MIDI_DIN, OUT_MIDI_USB]) {
          const clocks = on(port).filter(({ word }) => byteOf(word, 0) === MIDI_CLOCK)
          assert.equal(clocks.length, pulses.length, `seed ${seed}, port ${port}`)
        }
        for (const port of [OUT_SYNC, OUT_SYNC + 3]) {
          const levels = on(port).map(({ word }) => valueOf(word))
          assert.deepEqual(
            levels,
            Array.from({ length: pulses.length / 6 }, (_, i) => 1 - (i & 1)),
            `seed ${seed}, port ${port}`,
          )
        }
      }
    })
})

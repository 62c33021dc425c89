/** Cards under an external clock, in virtual time: a live core follows a rack's clock, and the cards' pulses are decided ahead of it. */
import assert from "node:assert/strict"
import { CardPulses } from "../../../host-sim/bridge/card-pulses"
import { InputList, type NestedSettings, type TimedEvent } from "../../../host-sim/input/timed-input"
import { Engine } from "../../../host-sim/live/engine"
import { ClockMap } from "../../../src/clock-map/clock-map"
import { byteEvent, IN_CV, IN_KEYS, IN_MIDI_USB, levelEvent, lengthOf, OUT_SYNC, portOf, valueOf } from "../../../src/event"
import type { SharedTimeline } from "../../../src/net/shared-timeline"
import { Station } from "../../../src/net/station"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT } from "../../../src/time"

const AHEAD = 600_000
/** The core reports so often, and it is a busy machine: now and then much later. */
const REPORT = 25_000
/** Of the leader, beside this machine's. */
const CLOCK = 77_000
/** 16 steps, two pulses a beat. */
const PULSES_A_PART = 8

interface Pulse {
  readonly time: number
  /** How long before its time the cards have it. */
  readonly lead: number
}

class Rig {
  /** Of the first module's jack and of the cards, channel 1. */
  readonly live: number[] = []
  readonly cards: Pulse[] = []
  private readonly engine: Engine
  private readonly pulses: CardPulses
  private now = 0

  constructor(settings: NestedSettings) {
    this.engine = new Engine(settings, (time, word) => void (isPulse(word) && this.live.push(time)))
    const held = structuredClone(this.engine.module.settings) as unknown as NestedSettings
    this.pulses = new CardPulses(
      held,
      AHEAD,
      ({ port, time }) => void (port === OUT_SYNC && this.cards.push({ time, lead: time - this.now })),
    )
  }

  /** Follows a leader whose clock is 77 ms ahead of this machine's; returns the timeline that is heard. */
  follow(): SharedTimeline {
    const map = new ClockMap()
    for (let at = 0; at < 20; at++) map.exchange(at - 20, at - 20 + CLOCK, at - 20 + CLOCK, at - 20)
    const options = { name: "follower", role: "follow" as const, priority: 0, onLoss: "hold" as const, osc: {} }
    const station = this.engine.connect((hand) => new Station(hand, map, options, { toPeers: () => undefined, beat: () => undefined }))
    return station.player.timeline
  }

  run(until: number, inputs: readonly TimedEvent[]): void {
    const waiting = [...inputs].sort((one, other) => one.time - other.time)
    let reported = this.now
    while (this.now < until) {
      this.now += 1000
      while (waiting.length > 0 && waiting[0].time < this.now + 1000) this.engine.accept(waiting.shift() as TimedEvent)
      this.engine.advance(this.now)
      if (this.now - reported < REPORT) continue
      reported = this.now
      this.pulses.follow(this.engine.report())
    }
  }

  jackBy(until: number): number {
    return this.live.filter((time) => time < until).length
  }

  cardsBy(until: number): number {
    return this.cards.filter(({ time }) => time < until).length
  }

  change(set: NestedSettings): void {
    assert.deepEqual(this.engine.change(this.now, set), [])
    this.pulses.change(structuredClone(this.engine.module.settings) as unknown as NestedSettings)
  }
}

const isPulse = (word: number) => portOf(word) === OUT_SYNC && lengthOf(word) === 0 && valueOf(word) === 1

/** Pulses of a clock from `from` on, each with its jitter. */
function cv(from: number, period: number, count: number, jitter = 0): TimedEvent[] {
  let seed = 1
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5
  return Array.from({ length: count }, (_, i) => Math.round(from + i * period + chance() * 2 * jitter)).flatMap((time) => [
    { time, event: levelEvent(IN_CV, 1) },
    { time: time + 5000, event: levelEvent(IN_CV, 0) },
  ])
}

const midi = (time: number, ...bytes: number[]) => {
  const list = new InputList()
  list.bytes(time, IN_MIDI_USB, bytes)
  return list.sorted() as TimedEvent[]
}

const midiClock = (tick: number) => Array.from({ length: 24 * 60 }, (_, i) => midi(1e6 + i * tick, 0xf8)).flat()

/** How far each is from the nearest point of a grid, at worst. */
const worstOff = (pulses: readonly Pulse[], from: number, step: number) =>
  pulses.reduce((worst, { time }) => Math.max(worst, Math.abs(((((time - from) % step) + step * 1.5) % step) - step / 2)), 0)

describe("the cards under an external clock", () => {
  it("play on the clock's own pulses, all of them, and have them more than half a second before", () => {
    const rig = new Rig({ source: "cv", cv: { ppqn: 4 } })
    rig.run(30e6, cv(1e6, 125_000, 400))
    const settled = rig.cards.filter(({ time }) => time > 2e6 && time < 30e6)
    assert.ok(worstOff(settled, 1e6, 250_000) < 50, `${worstOff(settled, 1e6, 250_000)} us off`)
    assert.ok(settled.every(({ lead }) => lead > 500_000))
    assert.equal(rig.cardsBy(29.9e6), rig.jackBy(29.9e6))
  })

  it("stay on a clock that is shaken by 1 ms, and follow it to another tempo", () => {
    const rig = new Rig({ source: "cv", cv: { ppqn: 24 } })
    const [slow, fast] = [60e6 / 120 / 24, 60e6 / 125 / 24]
    const turn = 1e6 + 24 * 40 * slow
    rig.run(40e6, [...cv(1e6, slow, 24 * 40, 1000), ...cv(turn, fast, 24 * 60, 1000)])
    const [before, after] = [rig.cards.filter(({ time }) => time > 3e6 && time < turn), rig.cards.filter(({ time }) => time > turn + 2e6)]
    assert.ok(worstOff(before, 1e6, 12 * slow) < 1000, `${worstOff(before, 1e6, 12 * slow)} us off`)
    assert.ok(worstOff(after, turn, 12 * fast) < 1000, `${worstOff(after, turn, 12 * fast)} us off`)
    assert.equal(rig.cardsBy(39.1e6), rig.jackBy(39.1e6))
  })

  it("MIDI Start is late by what nobody could foresee, then on the step; Stop and Continue lose no pulse and double none", () => {
    const rig = new Rig({ source: "midi-usb", transport: { start: "button" } })
    const tick = 60e6 / 120 / 24
    const [start, stop, goOn] = [96.5, 342.5, 534.5].map((ticks) => 1e6 + ticks * tick)
    rig.run(30e6, [...midiClock(tick), ...midi(start, 0xfa), ...midi(stop, 0xfc), ...midi(goOn, 0xfb)])
    const at = (from: number, until: number) => rig.cards.filter(({ time }) => time >= from && time < until)
    assert.ok(worstOff(at(start + AHEAD, stop), 1e6 + 97 * tick, 12 * tick) < 50)
    assert.ok(worstOff(at(goOn + AHEAD, 29e6), 1e6 + 97 * tick, 12 * tick) < 50)
    assert.equal(rig.jackBy(stop - 1), rig.cardsBy(stop - 1), "the missed ones followed")
    assert.equal(rig.jackBy(goOn + 1e6), rig.cardsBy(goOn + 1e6), "what had been played was left out")
    assert.equal(rig.jackBy(29e6), rig.cardsBy(29e6))
  })

  it("stand on a leader's song: its start, its tempo and its stop, which are told ahead, and nothing waits for the cards", () => {
    const rig = new Rig({ source: "internal", transport: { start: "button" } })
    const timeline = rig.follow()
    const [slow, fast] = [120, 125].map((tempo) => TICK_MICROS_AT_1_BPM / tempo)
    const change = (number: number, at: number, tick: number, periodMicros: number, isRunning = true) =>
      timeline.hear({ leader: "desk", term: 1, number, at: at + CLOCK, tick, periodMicros, isRunning })
    rig.run(2e6, [])
    change(1, 2.8e6, 0, slow)
    rig.run(12e6, [])
    const turn = 2.8e6 + 40 * TICKS_PER_BEAT * slow
    change(2, turn, 40 * TICKS_PER_BEAT, fast)
    rig.run(turn + 5e6, [])
    const end = turn + 5.76e6 + 10_000
    change(3, end, 0, fast, false)
    rig.run(end + 3e6, [])
    const [before, after] = [rig.cards.filter(({ time }) => time < turn - 1000), rig.cards.filter(({ time }) => time > turn - 1000)]
    assert.ok(Math.abs(before[0].time - 2.8e6) < 50, `begins at ${before[0].time}`)
    assert.ok(worstOff(before, 2.8e6, 12 * slow * (TICKS_PER_BEAT / 24)) < 50)
    assert.ok(
      worstOff(after, turn, 12 * fast * (TICKS_PER_BEAT / 24)) < 50,
      `${worstOff(after, turn, 12 * fast * (TICKS_PER_BEAT / 24))} us`,
    )
    assert.ok(rig.cards.every(({ lead }) => lead > 500_000))
    assert.ok(Math.max(...rig.cards.map(({ time }) => time)) < end)
    assert.equal(rig.cardsBy(end + 3e6), rig.jackBy(end + 3e6))
  })

  it("are on the step again after a song was begun anew while it ran", () => {
    const rig = new Rig({ source: "midi-usb" })
    const tick = 60e6 / 120 / 24
    rig.run(30e6, [...midiClock(tick), ...midi(1e6 + 96.5 * tick, 0xfa)])
    for (const time of [12.1e6, 20.1e6, 29.1e6]) assert.equal((rig.jackBy(time) - rig.cardsBy(time)) % PULSES_A_PART, 0)
    const settled = rig.cards.filter(({ time }) => time > 12e6 && time < 29e6)
    assert.ok(worstOff(settled, 1e6 + 97 * tick, 12 * tick) < 50)
  })

  it("a Start and a Stop beside the clock, at another input, are told to the cards once", () => {
    const rig = new Rig({ source: "cv", cv: { ppqn: 4 }, transport: { start: "button" } })
    rig.run(30e6, [...cv(1e6, 125_000, 400), ...midi(5.05e6, 0xfa), ...midi(13.06e6, 0xfc), ...midi(18.07e6, 0xfa)])
    assert.ok(rig.live.length > 20)
    assert.equal(rig.cardsBy(5e6), 0)
    for (const time of [12.9e6, 24.1e6, 29.1e6]) assert.equal((rig.jackBy(time) - rig.cardsBy(time)) % PULSES_A_PART, 0, `${time}`)
    assert.ok(
      worstOff(
        rig.cards.filter(({ time }) => time > 6e6 && time < 13e6),
        1e6,
        125_000,
      ) < 50,
    )
  })

  it("hear keys, and start with the same part as the jack", () => {
    const rig = new Rig({ source: "cv", cv: { ppqn: 4 }, sync: [{ autoStart: false }] })
    rig.run(20e6, [...cv(1e6, 125_000, 300), { time: 4.1e6, event: byteEvent(IN_KEYS, 97) }])
    assert.ok(rig.live.length > 10)
    assert.ok(Math.abs(rig.cards[0].time - rig.live[0]) < 1000, `${rig.cards[0].time} for ${rig.live[0]}`)
  })

  it("that heard a key too late for the part start with the next one, on the same step", () => {
    const rig = new Rig({ source: "cv", cv: { ppqn: 4 }, sync: [{ autoStart: false }] })
    rig.run(20e6, [...cv(1e6, 125_000, 300), { time: 4.7e6, event: byteEvent(IN_KEYS, 97) }])
    assert.ok(Math.abs(rig.cards[0].time - rig.live[0] - 2e6) < 1000, `${rig.cards[0].time} for ${rig.live[0]}`)
    assert.equal((rig.jackBy(18.9e6) - rig.cardsBy(18.9e6)) % PULSES_A_PART, 0)
  })

  it("go over from the internal clock to an external one and are on the step", () => {
    const rig = new Rig({ source: "internal", tempo: 120 })
    rig.run(10.01e6, [])
    assert.ok(
      rig.cards.every(({ time }, i) => Math.abs(time - rig.live[i] - AHEAD) < 1),
      "the internal clock's are late for all alike",
    )
    rig.change({ source: "cv", cv: { ppqn: 4 } })
    rig.run(25e6, cv(10.1e6, 125_000, 200))
    for (const time of [16e6, 20e6, 24e6]) assert.equal((rig.jackBy(time) - rig.cardsBy(time)) % PULSES_A_PART, 0)
  })
})

/**
 * The core in real time, without the time: whoever owns a clock tells it `advance(now)`. Inputs wait until their stamps have
 * passed; before each the module is rendered to its stamp plus the lead, exactly as the simulator does it, so a recorded session
 * replays event for event. Outputs wait for their own times and are delivered then.
 *
 * What is late is told apart: an event is `late` if the core handed it over more than 1 ms after its time, so that no back end
 * could have been punctual; how long after its time an event was picked up here is a wake-up, and goes into a histogram.
 */
import { LEAD_MICROS } from "../../src/backend"
import { countersOf } from "../../src/counters"
import { type EventWord, IN_MIDI_DIN, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import { Module } from "../../src/module"
import { ModuleHand } from "../../src/net/module-hand"
import type { Station } from "../../src/net/station"
import type { EventSink } from "../../src/processor"
import { SOURCE_INTERNAL } from "../../src/source/clock-sources"
import type { ModuleState } from "../../src/state"
import { stateOf } from "../../src/state"
import { DIN_BYTE_MICROS, type Micros, type Ticks } from "../../src/time"
import type { NestedSettings, TimedEvent, TimedInput } from "../input/timed-input"
import { OrderedQueue } from "../ordered-queue"
import { emptyHistogram, type Histogram, histogramAdd } from "./histogram"

const LATE_MICROS = 1000
/** The module is asked this often even if nothing is due: a settled button or a lost clock has to be noticed within the lead. */
const PUMP_MICROS = 2000

/** A song of the network that has just ended rules for so long: its last pulses are still on their way. */
const LED_MICROS = 200_000

/** From `time` on the song runs, tick `tick` standing there and each lasting `periodMicros`, or stands. */
export interface ComingChange {
  readonly time: Micros
  readonly tick: Ticks
  readonly periodMicros: Micros
  readonly isRunning: boolean
}

/** What happened since the last report; times in whole µs since the start. */
export interface Update {
  readonly time: Micros
  readonly state: ModuleState
  /** What is heard may wait: no clock from outside rules, neither at a jack nor a song of the network. */
  readonly isInternal: boolean
  /** The next change of the network's song, on this clock. */
  readonly coming: ComingChange | undefined
  /** Inputs, accepted changes of settings and lines from the network, in order. */
  readonly inputs: TimedInput[]
  /** time, word, time, word, ... in order of delivery. */
  readonly outputs: number[]
  /** The level of each output port now, by its number; null for one that has not spoken yet. */
  readonly levels: readonly (number | null)[]
  /** time, phase error, ... of the ruling clock's pulses. */
  readonly phases: number[]
  /** Events handed over more than 1 ms after their time, since the start. */
  readonly late: number
  readonly worstLateMicros: Micros
  readonly wakeUps: Histogram
  readonly counters: Record<string, number>
}

/** Takes events when they are due; `lateness` is how long after their time that is, µs. */
export type Deliver = (time: Micros, word: EventWord, lateness: Micros) => void

export class Engine implements EventSink {
  readonly module: Module
  /** Rendered and delivered to here. */
  now: Micros = 0
  private readonly queue = new OrderedQueue()
  private readonly waiting: TimedEvent[] = []
  private readonly wakeUps = emptyHistogram()
  private readonly levels: (number | null)[] = OUTPUT_PORTS.map(() => null)
  private readonly hand: ModuleHand
  private station: Station | undefined
  /** When a song of the network ran last. */
  private led: Micros = -Infinity
  private inputs: TimedInput[] = []
  private outputs: number[] = []
  private phases: number[] = []
  private late = 0
  private worstLate: Micros = 0
  private lastPulse: Micros = -1e12
  private clockNow: Micros = 0
  private lastDinByte: Micros = 0

  /** Throws RangeError where a setting is refused. `deliver` hears each event as it falls due. */
  constructor(
    settings: NestedSettings,
    private readonly deliver?: Deliver,
  ) {
    this.module = new Module(settings)
    this.hand = new ModuleHand(this.module, this)
    this.hand.onInput = (input) => this.inputs.push(input)
  }

  /** From now on the network plays the module as well, through what `make` gives. Whole or not, its times are this engine's. */
  connect(make: (hand: ModuleHand) => Station): Station {
    return (this.station = make(this.hand))
  }

  /** Events from the module; true always, the queue grows. */
  schedule(time: Micros, word: EventWord): boolean {
    const late = this.clockNow - time
    if (late > LATE_MICROS) {
      this.late++
      if (late > this.worstLate) this.worstLate = Math.round(late)
    }
    this.queue.push(time, word)
    return true
  }

  /** An input at its stamp; one that comes too late for it is heard as early as still possible, and DIN bytes no closer than the
   *  wire has them. Stamps are whole µs. */
  accept(input: TimedEvent): void {
    let time = input.time > this.now ? input.time : this.now
    if (portOf(input.event) === IN_MIDI_DIN) time = this.lastDinByte = Math.max(time, this.lastDinByte + DIN_BYTE_MICROS)
    const stamped = time === input.time ? input : { ...input, time }
    let slot = this.waiting.length
    while (slot > 0 && this.waiting[slot - 1].time > time) slot--
    this.waiting.splice(slot, 0, stamped)
  }

  /** Changes settings at `time` or as soon as possible after it. Returns what is wrong; empty if taken. */
  change(time: Micros, set: NestedSettings): string[] {
    const stamp = time > this.now ? time : this.now
    this.hearUntil(stamp)
    this.now = stamp
    const { tempo, ...rest } = set
    if (typeof tempo === "number" && this.station?.takesTempo(stamp, tempo)) return this.hand.set(stamp, rest)
    return this.hand.set(stamp, set)
  }

  /** Everything before `now` happens. `now` is the clock's reading in whole µs. */
  advance(now: Micros): void {
    this.clockNow = now
    this.hearUntil(now)
    if (this.station?.player.timeline.current?.isRunning) this.led = now
    this.module.render(now + LEAD_MICROS, this)
    this.notePhase()
    this.queue.deliver(now, (time, word) => {
      histogramAdd(this.wakeUps, now - time)
      this.outputs.push(Math.round(time), word)
      if (lengthOf(word) === 0) this.levels[portOf(word)] = valueOf(word)
      this.deliver?.(time, word, now - time)
    })
    if (now > this.now) this.now = now
    this.station?.speak(now)
  }

  /** No clock from outside rules now, neither at a jack nor a song of the network. */
  get isInternal(): boolean {
    return this.module.sources.active === SOURCE_INTERNAL && this.now > this.led + LED_MICROS
  }

  /** When `advance` is wanted next. */
  nextWake(): Micros {
    const pump = this.now + PUMP_MICROS
    const due = this.queue.firstTime + 1
    const input = this.waiting.length > 0 ? this.waiting[0].time + 1 : Infinity
    return Math.min(pump, due, input)
  }

  /** What happened since the last call. */
  report(): Update {
    const { inputs, outputs, phases } = this
    this.inputs = []
    this.outputs = []
    this.phases = []
    return {
      time: this.now,
      state: stateOf(this.module, this.now),
      isInternal: this.isInternal,
      coming: this.coming(),
      inputs,
      outputs,
      levels: this.levels,
      phases,
      late: this.late,
      worstLateMicros: this.worstLate,
      wakeUps: this.wakeUps,
      counters: countersOf(this.module),
    }
  }

  private coming(): ComingChange | undefined {
    const { station } = this
    const next = station?.player.timeline.pending.at(0)
    return station && next && { ...next, time: station.map.localAt(next.at) }
  }

  private hearUntil(now: Micros): void {
    const { waiting } = this
    let heard = 0
    for (; heard < waiting.length && waiting[heard].time < now; heard++) {
      const { time, event } = waiting[heard]
      this.station?.pump(time)
      if (this.station?.takes(time, event)) continue
      this.hand.event(time, event)
      this.notePhase()
    }
    if (heard > 0) waiting.splice(0, heard)
    this.station?.pump(now)
  }

  private notePhase(): void {
    const { sources } = this.module
    const ruler = sources.ruler()
    if (ruler === null || !ruler.hasPulse() || ruler.lastPulse === this.lastPulse) return
    this.lastPulse = ruler.lastPulse
    if (sources.isPhaseKnown) this.phases.push(ruler.lastPulse, sources.phaseMicros)
  }
}

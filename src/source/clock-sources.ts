/**
 * Which clock rules, and what the timeline learns from it. Three pulse sources and an internal clock; with `auto` the first that
 * is there rules (cv, USB, DIN, internal), and a change of rulers moves the phase but never the count: the ticks go on in order.
 *
 * Predict: the line is the follower's fit, so a tick stands on its pulse before the pulse comes. The clock may run ahead of the
 * last pulse as far as the next one, or half a beat where pulses are finer: there a missing pulse is bridged, here a late one is
 * waited for. Follow: the line starts at the last pulse and ends before the next.
 */
import { LEAD_MICROS } from "../backend"
import type { DinWire } from "../midi/din-wire"
import type { Micros, Ticks } from "../time"
import { FASTEST_BPM, SLOWEST_BPM, TICKS_PER_BEAT, TICK_MICROS_AT_1_BPM } from "../time"
import type { Timeline } from "../timeline"
import { UNKNOWN_PERIOD } from "../timeline"
import type { Transport } from "../transport"
import { PulseSource } from "./pulse-source"

export const SOURCE_CV = 0
export const SOURCE_USB = 1
export const SOURCE_DIN = 2
export const SOURCE_INTERNAL = 3
export const SOURCE_AUTO = 4

/** Pulses later than the commit lead by less than this are not late yet: what they say could not have been heard earlier. */
const GRACE_MICROS = 2000
/** How far the clock runs on over pulses that may be missing: half a beat. */
const BRIDGE_TICKS = TICKS_PER_BEAT / 2
/** With answered pulses, waiting bytes keep off the wire from this long before to this long after the expected pulse. */
const GUARD_BEFORE_MICROS = 400
const GUARD_AFTER_MICROS = 5000
/** Ticks of a limit stand just behind the last tick allowed. */
const AFTER = 0.1

export class ClockSources {
  readonly pulseSources: PulseSource[] = [new PulseSource(), new PulseSource(), new PulseSource()]
  /** The setting: one of the SOURCE_ numbers. */
  selected = SOURCE_CV
  /** Who rules now: SOURCE_CV..SOURCE_INTERNAL. */
  active = SOURCE_CV
  isFollowing = false
  isFlywheel = false
  isAuto = false
  /** How far the last pulse came after (positive) or before its prediction; meaningful where `isPhaseKnown`. */
  phaseMicros: Micros = 0
  isPhaseKnown = false

  constructor(
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {}

  /** Takes up another source. `tempo` in BPM is the internal clock's; `nextTick` the first tick not sent yet, and `firstTime`
   *  when it can stand at the earliest if nothing has run yet. */
  select(selected: number, tempo: number, nextTick: Ticks, firstTime: Micros): void {
    this.selected = selected
    if (selected < SOURCE_INTERNAL) {
      const source = this.pulseSources[selected]
      this.active = selected
      if (source.isPresent()) this.alignToLine(source)
      else {
        const step = source.ticksPerPulse
        const song = this.transport.songBase
        source.forget()
        // Its first pulse is the next one of the song that it can be.
        source.base = song + Math.ceil((nextTick - song) / step - 1e-9) * step
        this.line.limit = nextTick
      }
      return
    }
    this.active = SOURCE_INTERNAL
    if (!this.line.isKnown()) this.line.anchor(firstTime, nextTick, TICK_MICROS_AT_1_BPM / tempo)
    else if (selected === SOURCE_INTERNAL) this.setTempo(tempo)
    this.line.limit = Infinity
  }

  /** The internal clock's tempo from the floor on, in phase. BPM. */
  setTempo(tempo: number): void {
    this.setTempoAt(this.line.tickAt(this.line.floor), tempo)
  }

  /** The internal clock's tempo from `tick` on. BPM. */
  setTempoAt(tick: Ticks, tempo: number): void {
    if (this.active === SOURCE_INTERNAL) this.line.anchor(this.line.timeOf(tick), tick, TICK_MICROS_AT_1_BPM / tempo)
  }

  /** The nearest tempo the internal clock can have: 20.00..999.99 BPM in steps of 0.01. */
  clampTempo(tempo: number): number {
    if (tempo < SLOWEST_BPM) return SLOWEST_BPM
    return tempo > FASTEST_BPM ? FASTEST_BPM : Math.round(tempo * 100) / 100
  }

  /** The internal clock is tapped: a beat stands at `time`, and lasts `beatMicros`. Returns the tempo, BPM. */
  tapped(time: Micros, beatMicros: Micros): number {
    const line = this.line
    const song = this.transport.songBase
    const tempo = this.clampTempo(60e6 / beatMicros)
    const nearest = song + Math.round((line.tickAt(time) - song) / TICKS_PER_BEAT) * TICKS_PER_BEAT
    line.anchor(time, nearest, TICK_MICROS_AT_1_BPM / tempo)
    return tempo
  }

  /** With answered pulses, keeps the wire free of other bytes around the next one. */
  guard(wire: DinWire): void {
    const cv = this.pulseSources[SOURCE_CV]
    if (!this.answersPulses() || !cv.isPresent()) wire.guardFrom = Infinity
    else {
      const expected = cv.lastPulse + cv.period()
      wire.guardFrom = expected - GUARD_BEFORE_MICROS
      wire.guardUntil = expected + GUARD_AFTER_MICROS
    }
  }

  mayBeCv(selected: number): boolean {
    return selected === SOURCE_CV || selected === SOURCE_AUTO
  }

  ruler(): PulseSource | null {
    return this.active === SOURCE_INTERNAL ? null : this.pulseSources[this.active]
  }

  /** A ruler that answers pulses instead of predicting them. */
  answersPulses(): boolean {
    return this.isFollowing && this.active === SOURCE_CV
  }

  /** The clock runs on by itself when pulses fail to come. */
  runsOn(): boolean {
    return this.isFlywheel || this.isAuto
  }

  /** May source `index` speak for the transport? */
  rules(index: number): boolean {
    return index === this.active || (this.isAuto && index < this.active)
  }

  /** A pulse of source `index`. True where the timeline changed. */
  pulse(index: number, time: Micros): boolean {
    const source = this.pulseSources[index]
    const isFirst = !source.hasPulse()
    if (source.pulse(time) === 0) {
      // The pulse is not counted, but may have taught the follower which of two was the right one.
      if (index === this.active && !this.answersPulses()) this.learn(source, source.lastPulse)
      return index === this.active
    }
    if (index === this.active) {
      if (isFirst && this.runsOn() && this.line.isKnown() && this.line.limit === Infinity) this.alignToLine(source)
    } else {
      if (!this.isAuto || index > this.active || source.follower.count < 2 || !source.isPresent()) return false
      this.active = index
      this.alignToLine(source)
    }
    this.learn(source, time)
    return true
  }

  /** A source's deadline has come: it is lost. True where it ruled. */
  lose(index: number, nextTick: Ticks): boolean {
    const source = this.pulseSources[index]
    if (index !== this.active) {
      source.forget()
      return false
    }
    const line = this.line
    if (this.isAuto) {
      source.forget()
      this.active = this.bestPresent()
      if (this.active !== SOURCE_INTERNAL) this.alignToLine(this.pulseSources[this.active])
    } else if (this.isFlywheel && source.isPresent()) source.restart()
    else {
      source.forget()
      source.base = nextTick
      line.limit = nextTick
      return true
    }
    if (line.limit !== Infinity) {
      // Pulses were answered until now: the clock goes on from where it waited.
      line.anchor(line.floor, nextTick, line.period)
      line.limit = Infinity
    }
    return true
  }

  /** MIDI Start or Continue: the next clock of source `index` is tick `tick`; it rules from now on. */
  restart(index: number, tick: Ticks): void {
    const source = this.pulseSources[index]
    this.active = index
    source.restart()
    source.base = tick
    this.line.limit = tick
  }

  private bestPresent(): number {
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (this.pulseSources[i].isPresent()) return i
    return SOURCE_INTERNAL
  }

  /** Numbers a source's pulses so that its last one stands on the nearest pulse of the song. */
  private alignToLine(source: PulseSource): void {
    const step = source.ticksPerPulse
    const song = this.transport.songBase
    const nearest = song + Math.round((this.line.tickAt(source.lastPulse) - song) / step) * step
    source.standOn(nearest)
  }

  private learn(source: PulseSource, time: Micros): void {
    const line = this.line
    const step = source.ticksPerPulse
    const tick = source.tick()
    const period = source.period()
    const follower = source.follower
    const isKnown = line.period < UNKNOWN_PERIOD && follower.count > 1
    this.isPhaseKnown = isKnown
    if (isKnown) this.phaseMicros = time - (line.anchorTime + (tick - line.anchorTick) * line.period)
    if (this.isFollowing && this.active === SOURCE_CV) {
      line.anchor(time, tick, period > 0 ? period / step : UNKNOWN_PERIOD)
      line.limit = tick + step - AFTER
      return
    }
    if (period === 0) {
      line.anchor(time, tick, UNKNOWN_PERIOD)
      line.limit = tick + AFTER
      return
    }
    // The follower's line has the last counted pulse's place at its end.
    line.anchorTime = follower.locked ? follower.line.time : time
    line.anchorTick = tick
    line.period = period / step
    if (this.isFlywheel || this.isAuto) {
      line.limit = Infinity
      return
    }
    const byCount = tick + (step > BRIDGE_TICKS ? step : BRIDGE_TICKS) + AFTER
    const lead = line.floor - line.now
    const byTime = tick + step + ((lead > LEAD_MICROS ? lead : LEAD_MICROS) + GRACE_MICROS) / line.period
    line.limit = byCount > byTime ? byCount : byTime
  }

  /** For once events are committed as far as `until`: how far the clock can go, which may be less where it waits for a pulse. */
  reach(until: Micros): Micros {
    const line = this.line
    if (line.limit === Infinity || !line.isKnown()) return until
    const ruler = this.ruler()
    if (ruler?.isPresent()) {
      // Pulses later than this horizon are not late yet.
      const byTime = ruler.tick() + ruler.ticksPerPulse + (until - line.now + GRACE_MICROS) / line.period
      if (byTime > line.limit) line.limit = byTime
    }
    const end = line.timeOf(line.limit)
    return end < until ? end : until
  }
}

/** The SOURCE_ number of the setting `source`. */
export function sourceNumber(name: string): number {
  if (name === "cv") return SOURCE_CV
  if (name === "midi-usb") return SOURCE_USB
  if (name === "midi-din") return SOURCE_DIN
  return name === "internal" ? SOURCE_INTERNAL : SOURCE_AUTO
}

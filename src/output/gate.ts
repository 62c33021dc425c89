/**
 * A train of pulses locked to the song: the rack's clock out, the four sync outs, the arpeggiator's clock. Pulse n stands on song
 * tick `n * ticksPerPulse`; with swing every second one comes later within its pair; a pattern says which are played.
 *
 * A pulse of up to 5 ms is committed whole, rise and fall: one turn serves both, and a next rise that then comes early waits for the
 * fall. A wider one's fall is not committed with its rise, nor any that may have to make way for an answered pulse: if the next rise
 * comes early, the pulse is cut to half the distance. So pulses never merge. Pulses sent by hand (`step`) leave at once, and keep their
 * distance from each other and from the train.
 *
 * XS looks for a property along the list of an object's own, in the order of their declaration, and for a method past all of them:
 * what each pulse asks for stands first, is asked for once, and calls are few.
 */
import type { EventWord } from "../event"
import { levelEvent } from "../event"
import type { EventSink } from "../processor"
import type { Micros, Ticks } from "../time"
import { TICKS_PER_BEAT } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import type { Output } from "./output"
import { START_GAP_MICROS } from "./output"

/** Shortest pulse and shortest gap when pulses have to catch up. */
const SHORTEST_MICROS = 500
/** Less than any two pulses are apart, in ticks, and more than rounding can do. */
const JUST = 1e-6
/** A pulse no wider than this, the standard width, is committed whole. */
const WHOLE_MICROS = 5000
/** Of the distance between two pulses. Swing brings the second of two nearer: by a half at the most. */
const WELL_BEFORE = 0.4
/** Infinity is a property of the global object, and looked for there each time; a constant of the module is at hand. */
const NEVER = Infinity
/** Of a pulse: rounding in a division must not skip one. */
const ALMOST = 1e-9

export class GateOutput implements Output {
  due: Micros = Infinity
  /** Every pulse is played, and there is nothing to send but them. */
  private isPlain = true
  private isHigh = false
  /** Short pulses are committed with their falls. */
  isWhole = true
  /** Number of the next pulse, counted from the song's beginning; Infinity while silent. */
  private next = Infinity
  private nextTick: Ticks = 0
  ticksPerPulse: Ticks = 6
  widthMicros: Micros = 5000
  /** The level of a pulse: 1, or 0 for an output that rests high. */
  active = 1
  /** The port's word for level 0. */
  private readonly low: EventWord
  /** The next rise keeps its distance from the last rise and fall. */
  private earliest: Micros = -1e12
  private lastRise: Micros = -1e12
  /** The last tick on which a pulse stood or might have stood. */
  lastTick: Ticks = -1
  /** Where in the song the last pulse stood, in ticks. */
  private lastPosition: Ticks = -1
  /** The train ends before this tick. */
  until: Ticks = Infinity
  /** 50..75 %: where in a pair of pulses the second one stands. */
  swing = 50
  /** -50000..50000. */
  latencyMicros: Micros = 0
  /** Of a pulse that is high. */
  private fall: Micros = Infinity
  private steps = 0
  private isStep = false
  /** Every pulse of the pattern is played. */
  private isEvery = true
  /** The resting level is not on the pin yet; this is what was on it. */
  private isPolarityDue = false
  private level = 0
  /** Goes on while the transport is stopped. */
  whileStopped = false
  /** Bit n: is pulse n of the pattern played? */
  private pattern = 1
  /** Pulses in the pattern, 1..8. */
  private patternLength = 1

  constructor(
    port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {
    this.low = levelEvent(port, 0)
  }

  /** Bit n: is pulse n of the pattern played? `length` pulses, 1..8. */
  setPattern(pattern: number, length: number): void {
    this.pattern = pattern
    this.patternLength = length
    this.isEvery = (pattern & 1) === 1 && length <= 1
    this.isPlain = false
    this.retime()
  }

  /** Ticks from pulse to pulse. In the midst of a train the next pulse is the first of the new kind that is not committed yet. */
  setDivision(ticks: Ticks): void {
    if (ticks === this.ticksPerPulse) return
    this.ticksPerPulse = ticks
    if (this.next === Infinity) return
    const line = this.line
    this.runFrom(line.isKnown() ? line.tickAt(line.floor - this.latencyMicros) - JUST : this.lastTick)
  }

  /** The level of a pulse changes; the pin follows at once. */
  setPolarity(active: number): void {
    if (active === this.active) return
    if (!this.isPolarityDue) this.level = this.isHigh ? this.active : active
    this.active = active
    this.isPolarityDue = true
    this.isPlain = false
  }

  start(): void {
    if (this.next !== Infinity && this.transport.stopsFirst) {
      // Pulses before the start tick belong to the old song and still go out: they are sent by number of the new one.
      this.next = this.numberFrom(this.nextTick < this.transport.startTick ? this.nextTick : this.transport.startTick)
      this.retime()
    } else this.runFrom(this.startTick())
  }

  stop(): void {
    if (!this.whileStopped) this.next = Infinity
    this.retime()
  }

  /** Pulses go on from the first one at or after `tick`; Infinity silences them. */
  runFrom(tick: Ticks): void {
    this.next = tick === Infinity ? Infinity : this.numberFrom(tick > this.lastTick ? tick : this.lastTick + JUST)
    this.retime()
  }

  /** Where this output begins when the transport starts: what went out ahead of a Stop is not sent again after Continue. */
  startTick(): Ticks {
    const transport = this.transport
    const ahead = this.lastPosition - transport.position
    return ahead >= 0 && ahead < transport.skips ? transport.startTick + ahead + JUST : transport.startTick
  }

  /** Pulses a train has from one tick to before another in a song that begins on tick `base`. */
  pulsesBetween(from: Ticks, to: Ticks, base: Ticks): number {
    return Math.ceil((to - base) / this.ticksPerPulse - ALMOST) - Math.ceil((from - base) / this.ticksPerPulse - ALMOST)
  }

  isSilent(): boolean {
    return this.next === Infinity
  }

  /** `count` pulses by hand, as soon as they fit. */
  step(count: number): void {
    this.steps += count
    this.isPlain = false
    this.retime()
  }

  /** Would a pulse of the train on `tick` come before the pulses by hand are over, two widths after the last one's rise? */
  isSteppingAt(tick: Ticks): boolean {
    return this.steps > 0 || this.lastRise + 2 * this.widthMicros > this.line.timeOf(tick) + this.latencyMicros
  }

  retime(): void {
    const line = this.line
    const floor = line.floor
    if (this.isPolarityDue) {
      const first = this.isHigh ? this.lastRise + SHORTEST_MICROS : this.earliest
      this.due = floor > first ? floor : first
      return
    }
    let rise = NEVER
    const next = this.next
    if (next !== NEVER) rise = this.isEvery ? this.riseOf(next, line, floor) : this.riseOfPattern()
    if (this.steps !== 0 || this.isStep) rise = this.riseByHand(rise)
    if (!this.isHigh) {
      this.due = rise
      return
    }
    let fall = this.fall
    if (rise < fall + SHORTEST_MICROS) this.fall = fall = (this.lastRise + rise) / 2
    this.due = fall < floor ? floor : fall
  }

  emit(out: EventSink, horizon: Micros): void {
    const time = this.due
    const line = this.line
    const next = this.next
    if (!this.isPlain) {
      this.emitSpecial(time, out)
      return
    }
    if (this.isHigh) {
      this.isHigh = false
      if (time + SHORTEST_MICROS > this.earliest) this.earliest = time + SHORTEST_MICROS
      out.schedule(time, this.low + 1 - this.active)
      this.due = next === NEVER ? NEVER : this.riseOf(next, line, line.floor)
      return
    }
    const ticksPerPulse = this.ticksPerPulse
    const period = line.period
    const distance = period * ticksPerPulse
    let fall = this.widthMicros
    if (fall > distance / 2) fall = distance > 2 * SHORTEST_MICROS ? distance / 2 : SHORTEST_MICROS
    fall += time
    this.lastTick = this.nextTick
    this.lastPosition = next * ticksPerPulse
    this.next = next + 1
    this.lastRise = time
    const low = this.low
    const active = this.active
    out.schedule(time, low + active)
    // A pulse that falls well before the next one is not in its way, unless the line changes, which re-times both.
    const isClear = fall < time + distance * WELL_BEFORE
    if (fall >= horizon && (!this.isWhole || fall > time + WHOLE_MICROS)) {
      this.stayHigh(time, fall, isClear)
      return
    }
    let rise = NEVER
    if (this.swing === 50) {
      // As `riseOf`, without the call.
      const transport = this.transport
      const after = transport.songBase + (next + 1) * ticksPerPulse
      this.nextTick = after
      if (after < line.limit && after < this.until) {
        rise = line.anchorTime + (after - line.anchorTick) * period + this.latencyMicros
        const first = transport.startFloor + START_GAP_MICROS
        if (rise < first && after >= transport.startTick) rise = first
        const floor = line.floor
        if (rise < floor) rise = floor
      }
    } else {
      this.earliest = time
      rise = this.riseOf(next + 1, line, line.floor)
    }
    const earliest = fall + SHORTEST_MICROS
    if (rise < earliest) {
      if (!isClear) {
        this.stayHigh(time, fall, false)
        return
      }
      rise = earliest
    }
    out.schedule(fall, low + 1 - active)
    this.earliest = earliest
    this.due = rise
  }

  /** The fall is not committed yet. `isClear`: it is well before the next rise. */
  private stayHigh(time: Micros, fall: Micros, isClear: boolean): void {
    this.isHigh = true
    this.earliest = time + 2 * SHORTEST_MICROS
    this.fall = fall
    if (isClear) {
      this.due = fall
      this.nextTick += this.ticksPerPulse
    } else this.retime()
  }

  /** What else there is: pulses by hand, patterns, another polarity. */
  private emitSpecial(time: Micros, out: EventSink): void {
    if (this.isPolarityDue) this.turn(time, out)
    else if (this.isHigh) {
      this.isHigh = false
      if (time + SHORTEST_MICROS > this.earliest) this.earliest = time + SHORTEST_MICROS
      out.schedule(time, this.low + 1 - this.active)
      this.retime()
    } else {
      out.schedule(time, this.low + this.active)
      this.rise(time, out)
    }
    this.isPlain = this.isEvery && this.steps === 0 && !this.isStep
  }

  /** The pin takes the other polarity's level. A pulse goes on, with an edge that keeps its distance from the others. */
  private turn(time: Micros, out: EventSink): void {
    this.isPolarityDue = false
    const level = this.isHigh ? this.active : 1 - this.active
    if (level !== this.level) {
      out.schedule(time, this.low + level)
      if (this.isHigh) this.lastRise = time
      const first = time + (this.isHigh ? 2 : 1) * SHORTEST_MICROS
      if (first > this.earliest) this.earliest = first
      if (this.isHigh && this.fall < time + SHORTEST_MICROS) this.fall = time + SHORTEST_MICROS
    }
    this.retime()
  }

  private rise(time: Micros, out: EventSink): void {
    const distance = this.line.period * this.ticksPerPulse
    let fall = this.widthMicros
    if (this.isStep) this.steps--
    else {
      const next = this.next
      if (fall > distance / 2) fall = distance > 2 * SHORTEST_MICROS ? distance / 2 : SHORTEST_MICROS
      this.lastTick = this.nextTick
      this.lastPosition = next * this.ticksPerPulse
      this.next = next + 1
    }
    fall += time
    this.lastRise = time
    const isWhole = this.steps === 0 && this.isWhole && fall <= time + WHOLE_MICROS
    this.stayHigh(time, fall, !isWhole && this.steps === 0 && !this.isStep && fall < time + distance * WELL_BEFORE)
    if (!isWhole || this.due !== fall) return
    this.isHigh = false
    out.schedule(fall, this.low + 1 - this.active)
    if (fall + SHORTEST_MICROS > this.earliest) this.earliest = fall + SHORTEST_MICROS
    this.retime()
  }

  /** Its next pulse stands on `tick` itself, and there is nothing to send before. */
  isWaitingFor(tick: Ticks): boolean {
    return this.due === Infinity && this.latencyMicros === 0 && this.standsOn(tick)
  }

  private standsOn(tick: Ticks): boolean {
    if (this.next === Infinity || this.nextTick >= this.until || this.isHigh) return false
    return this.nextTick === tick && ((this.next & 1) === 0 || this.swing === 50)
  }

  /** The pulse on `tick` has risen at `time`. */
  hasSent(tick: Ticks, time: Micros, sent: EventSink): void {
    if (!this.standsOn(tick)) return
    this.due = time
    this.emit(sent, time)
  }

  riseEvent(): EventWord {
    return this.low + this.active
  }

  /** Pulses by hand come between, or before, those of the train: the next is at `rise`. */
  private riseByHand(rise: Micros): Micros {
    if (this.steps === 0) {
      this.isStep = false
      return rise
    }
    let step = this.lastRise + 2 * this.widthMicros
    if (step < this.earliest) step = this.earliest
    if (step < this.line.floor) step = this.line.floor
    this.isStep = step <= rise
    return this.isStep ? step : rise
  }

  private riseOfPattern(): Micros {
    for (let i = 1; i < this.patternLength && !this.isPlayed(this.next); i++) this.next++
    return this.isPlayed(this.next) ? this.riseOf(this.next, this.line, this.line.floor) : Infinity
  }

  /** When pulse number `next` rises; Infinity where the train does not go so far. */
  private riseOf(next: number, line: Timeline, floor: Micros): Micros {
    const transport = this.transport
    const ticksPerPulse = this.ticksPerPulse
    const tick = transport.songBase + next * ticksPerPulse
    this.nextTick = tick
    if (tick >= line.limit || tick >= this.until) return NEVER
    const swing = this.swing
    let at = tick
    if (swing !== 50 && (next & 1) === 1) at += (swing / 50 - 1) * ticksPerPulse
    let rise = line.anchorTime + (at - line.anchorTick) * line.period + this.latencyMicros
    const first = transport.startFloor + START_GAP_MICROS
    if (rise < first && tick >= transport.startTick) rise = first
    const earliest = this.earliest
    if (rise < earliest) rise = earliest
    return rise < floor ? floor : rise
  }

  private isPlayed(number: number): boolean {
    const length = this.patternLength
    let slot = number % length
    if (slot < 0) slot += length
    return ((this.pattern >> slot) & 1) === 1
  }

  private numberFrom(tick: Ticks): number {
    return Math.ceil((tick - this.transport.songBase) / this.ticksPerPulse - ALMOST)
  }
}

/** Ticks from pulse to pulse at so many pulses a quarter note. */
export function ticksPerPulse(ppqn: number): Ticks {
  return TICKS_PER_BEAT / ppqn
}

/**
 * A train of pulses locked to the song: the rack's clock out, the four sync outs, the arpeggiator's clock. Pulse n stands on song
 * tick `n * ticksPerPulse`; with swing every second one comes later within its pair; a pattern says which are played.
 *
 * The fall is not committed with the rise: if the next rise comes early, the pulse is cut to half the distance, so pulses never
 * merge. Pulses sent by hand (`step`) leave at once, and keep their distance from each other and from the train.
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
/** Of the distance between two pulses. Swing brings the second of two nearer: by a half at the most. */
const WELL_BEFORE = 0.4
/** Of a pulse: rounding in a division must not skip one. */
const ALMOST = 1e-9

export class GateOutput implements Output {
  due: Micros = Infinity
  /** -50000..50000. */
  latencyMicros: Micros = 0
  widthMicros: Micros = 5000
  /** 50..75 %: where in a pair of pulses the second one stands. */
  swing = 50
  /** The level of a pulse: 1, or 0 for an output that rests high. */
  active = 1
  /** The train ends before this tick. */
  until: Ticks = Infinity
  /** Goes on while the transport is stopped. */
  whileStopped = false
  ticksPerPulse: Ticks = 6
  /** Bit n: is pulse n of the pattern played? */
  pattern = 1
  /** Pulses in the pattern, 1..8. */
  patternLength = 1
  /** The last tick on which a pulse stood or might have stood. */
  lastTick: Ticks = -1
  /** Where in the song the last pulse stood, in ticks. */
  private lastPosition: Ticks = -1
  private level = 0
  /** Number of the next pulse, counted from the song's beginning; Infinity while silent. */
  private next = Infinity
  private nextTick: Ticks = 0
  private isHigh = false
  private fall: Micros = Infinity
  private lastRise: Micros = -1e12
  private lastFall: Micros = -1e12
  private steps = 0
  private isStep = false

  constructor(
    private readonly port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {}

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
    this.active = active
    this.isPolarityDue = true
  }

  /** The resting level is not on the pin yet. */
  private isPolarityDue = false

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
    this.retime()
  }

  /** Would a pulse of the train on `tick` come before the pulses by hand are over, two widths after the last one's rise? */
  isSteppingAt(tick: Ticks): boolean {
    return this.steps > 0 || this.lastRise + 2 * this.widthMicros > this.line.timeOf(tick) + this.latencyMicros
  }

  retime(): void {
    const floor = this.line.floor
    if (this.isPolarityDue) {
      this.due = floor
      return
    }
    const rise = this.nextRise()
    if (!this.isHigh) {
      this.due = rise
      return
    }
    if (rise < this.fall + SHORTEST_MICROS) this.fall = (this.lastRise + rise) / 2
    this.due = this.fall < floor ? floor : this.fall
  }

  emit(out: EventSink): void {
    const time = this.due
    if (this.isPolarityDue) {
      this.isPolarityDue = false
      this.isHigh = !this.isHigh
    }
    if (this.isHigh) {
      this.isHigh = false
      this.lastFall = time
      this.fall = Infinity
    } else this.rise(time)
    const level = this.isHigh ? this.active : 1 - this.active
    if (level !== this.level) {
      this.level = level
      out.schedule(time, levelEvent(this.port, level))
    }
    // A pulse that falls long before the next one is not in its way, unless the line changes, which re-times both.
    if (this.isHigh && this.steps === 0 && this.fall < time + this.line.period * this.ticksPerPulse * WELL_BEFORE) this.due = this.fall
    else this.retime()
  }

  /** Low, or silent, with nothing to send before a pulse on `tick`. */
  isWaitingFor(tick: Ticks): boolean {
    if (this.due !== Infinity) return false
    return !this.standsOn(tick) || this.latencyMicros === 0
  }

  /** The next pulse stands on `tick` itself. */
  standsOn(tick: Ticks): boolean {
    if (this.next === Infinity || this.nextTick >= this.until || this.isHigh) return false
    return this.nextTick === tick && ((this.next & 1) === 0 || this.swing === 50)
  }

  riseEvent(): EventWord {
    return levelEvent(this.port, this.active)
  }

  private rise(time: Micros): void {
    let width = this.widthMicros
    if (this.isStep) this.steps--
    else {
      const half = (this.line.period * this.ticksPerPulse) / 2
      if (width > half) width = half
      this.lastTick = this.nextTick
      this.lastPosition = this.next * this.ticksPerPulse
      this.next++
    }
    this.isHigh = true
    this.lastRise = time
    this.fall = time + width
  }

  private nextRise(): Micros {
    const rise = this.nextOfTrain()
    if (this.steps === 0) {
      this.isStep = false
      return rise
    }
    let step = this.lastRise + 2 * this.widthMicros
    if (step < this.line.floor) step = this.line.floor
    this.isStep = step <= rise
    return this.isStep ? step : rise
  }

  private nextOfTrain(): Micros {
    if (this.next === Infinity) return Infinity
    if ((this.pattern & 1) === 0 || this.patternLength > 1) {
      for (let i = 1; i < this.patternLength && !this.isPlayed(this.next); i++) this.next++
      if (!this.isPlayed(this.next)) return Infinity
    }
    const line = this.line
    const transport = this.transport
    const tick = transport.songBase + this.next * this.ticksPerPulse
    this.nextTick = tick
    if (tick >= line.limit || tick >= this.until) return Infinity
    let at = tick
    if (this.swing !== 50 && (this.next & 1) === 1) at += (this.swing / 50 - 1) * this.ticksPerPulse
    let rise = line.anchorTime + (at - line.anchorTick) * line.period + this.latencyMicros
    const first = transport.startFloor + START_GAP_MICROS
    if (rise < first && tick >= transport.startTick) rise = first
    if (rise < this.lastFall + SHORTEST_MICROS) rise = this.lastFall + SHORTEST_MICROS
    if (rise < this.lastRise + 2 * SHORTEST_MICROS) rise = this.lastRise + 2 * SHORTEST_MICROS
    return rise < line.floor ? line.floor : rise
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

/**
 * One source of pulses (CV, MIDI DIN or MIDI USB): its follower, and how its pulses count as ticks. Pulse number n stands
 * on tick `base + n * ticksPerPulse`.
 *
 * A source is lost when `afterPeriods` of its own periods pass without a pulse. While its tempo is not known, it is forgotten
 * after the longest period it may have (0.5 BPM).
 */
import { PulseFollower } from "../follower/pulse-follower"
import type { Micros, Ticks } from "../time"
import { TICKS_PER_BEAT } from "../time"

/** The slowest clock at an input: 0.5 BPM is 120 s a beat; with a tenth to spare. */
const LONGEST_BEAT_MICROS = 132000000
/** The fastest: 1600 BPM is 37.5 ms a beat; with a tenth to spare for jitter. */
const SHORTEST_BEAT_MICROS = 34000

export class PulseSource {
  readonly follower = new PulseFollower()
  ticksPerPulse: Ticks = 0
  base: Ticks = 0
  /** Of the last accepted pulse. */
  lastPulse: Micros = -1e12
  /** When the source will count as lost; Infinity while it is silent. */
  deadline: Micros = Infinity
  afterPeriods = 4
  /** A tempo known from before a restart (MIDI Start keeps it); 0 if none. Microseconds a pulse. */
  heldPeriod: Micros = 0
  spurious = 0
  /** Pulses closer than this are none. */
  private shortest: Micros = 0
  missing = 0

  /** Pulses are answered as they come, none is doubted. */
  private answers = false
  /** Pulses counted so far, the first is 0. */
  private count = -1
  /** Pulses counted although the follower ignored them. */
  private early = 0
  private interval: Micros = 0

  /** Pulses a quarter note: 1..48. Where the clock runs on by itself, a gap is bridged however coarse the pulses are. Where pulses are
   *  answered it never is: what may be missing counts once the next pulse has shown that the tempo is the old one; and an early pulse
   *  counts at once. */
  configure(ppqn: number, runsOn: boolean, answers: boolean): void {
    const ticks = TICKS_PER_BEAT / ppqn
    this.answers = answers
    this.follower.configure(answers ? 1 : runsOn ? TICKS_PER_BEAT : ppqn)
    if (ticks === this.ticksPerPulse) return
    this.shortest = SHORTEST_BEAT_MICROS / ppqn
    this.ticksPerPulse = ticks
    this.forget()
  }

  /** A pulse at `time`: by how many positions the count goes on; 0 for one that is ignored. The first of all counts as 1. */
  pulse(time: Micros): number {
    if (time - this.lastPulse < this.shortest) {
      this.spurious++
      return 0
    }
    let advance = this.follower.pulse(time)
    if (this.answers) advance = this.believe(advance)
    else if (advance === 0) {
      this.spurious++
      return 0
    }
    if (advance > 1) this.missing += advance - 1
    this.interval = time - this.lastPulse
    this.count += advance
    this.lastPulse = time
    const period = this.period()
    if (period > 0) this.deadline = time + this.afterPeriods * period
    else this.deadline = time + (LONGEST_BEAT_MICROS * this.ticksPerPulse) / TICKS_PER_BEAT
    return advance
  }

  /** Answered pulses count at once, one each; what the follower makes of them later counts less what has been counted. */
  private believe(advance: number): number {
    if (advance === 0) {
      this.early++
      return 1
    }
    if (advance === 1) return 1
    const rest = advance - this.early
    this.early = 0
    return rest > 1 ? rest : 1
  }

  /** Microseconds a pulse; 0 while unknown. Where pulses are answered, a tempo that has jumped is known from its first interval. */
  period(): Micros {
    const follower = this.follower
    if (!follower.locked) return this.heldPeriod
    const period = follower.line.period
    if (!this.answers || this.count < 1) return period
    const interval = this.interval
    return interval > period * 0.75 && interval < period * 1.25 ? period : interval
  }

  isPresent(): boolean {
    return this.deadline !== Infinity && this.period() > 0
  }

  hasPulse(): boolean {
    return this.deadline !== Infinity
  }

  /** The tick of the last accepted pulse. */
  tick(): Ticks {
    return this.base + this.count * this.ticksPerPulse
  }

  /** Numbers the pulses so that the last one stands on `tick`. */
  standOn(tick: Ticks): void {
    this.base = tick - this.count * this.ticksPerPulse
  }

  /** Forgets its pulses; the next one is number 0. */
  forget(): void {
    this.follower.reset()
    this.count = -1
    this.early = 0
    this.lastPulse = -1e12
    this.deadline = Infinity
    this.heldPeriod = 0
  }

  /** The phase starts anew with the next pulse, the tempo is kept until it is heard again. */
  restart(): void {
    const period = this.period()
    this.forget()
    this.heldPeriod = period
  }
}

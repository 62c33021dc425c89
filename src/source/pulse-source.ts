/**
 * One source of pulses (CV, MIDI DIN or MIDI USB): its follower, and how its pulses count as ticks. Pulse number `count` stands
 * on tick `base + count * ticksPerPulse`.
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

  /** Pulses a quarter note: 1..48. Where the clock runs on by itself, a gap is bridged however coarse the pulses are. Where pulses are
   *  answered it never is: what may be missing counts once the next pulse has shown that the tempo is the old one. */
  configure(ppqn: number, runsOn: boolean, answers: boolean): void {
    const ticks = TICKS_PER_BEAT / ppqn
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
    const advance = this.follower.pulse(time)
    if (advance === 0) {
      this.spurious++
      return 0
    }
    if (advance > 1) this.missing += advance - 1
    this.lastPulse = time
    const period = this.period()
    const longest = (LONGEST_BEAT_MICROS * this.ticksPerPulse) / TICKS_PER_BEAT
    this.deadline = time + (period > 0 ? this.afterPeriods * period : longest)
    return advance
  }

  /** Microseconds a pulse; 0 while unknown. */
  period(): Micros {
    return this.follower.locked ? this.follower.period : this.heldPeriod
  }

  isPresent(): boolean {
    return this.deadline !== Infinity && this.period() > 0
  }

  hasPulse(): boolean {
    return this.deadline !== Infinity
  }

  /** The tick of the last accepted pulse. */
  tick(): Ticks {
    return this.base + this.follower.count * this.ticksPerPulse
  }

  /** Forgets its pulses; the next one is number 0. */
  forget(): void {
    this.follower.reset()
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

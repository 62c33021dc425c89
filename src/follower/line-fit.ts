/**
 * A straight line through the pulses since the last change of tempo. Least squares with a growing memory is a recursion with the two gains
 * 2(2n-1)/(n(n+1)) and 6/(n(n+1)); from `MEMORY` pulses on n stays, and the oldest pulses fade. Four watches look for a
 * change, two for later and earlier pulses, and again two that add up more patiently for a tempo that creeps; an alarm replaces the
 * line by the one through the pulses since the change, and n by their number.
 * Neighbouring pulses only: a missing one is filled in by the caller.
 * Cost per pulse: some 50 additions and multiplications, three divisions, a square root (two while n is small). Nothing accumulates:
 * each pulse corrects the line, so ten hours leave no trace of rounding (a double holds ten hours to 1e-5 µs).
 */
import type { Micros } from "../time"
import { ChangeWatch } from "./change-watch"
import { Jitter } from "./jitter"

const MEMORY = 1500
/** Sudden changes and slow ones, in standard deviations: what is let pass, and what the sum has to reach. Under jitter alone they gave one
 *  alarm in ten million pulses. */
const SUDDEN_ALLOWANCE = 1
const SUDDEN_ALARM = 9
const SLOW_ALLOWANCE = 0.25
const SLOW_ALARM = 28
/** From here on the line's own uncertainty is under 4 % of a pulse's. */
const SETTLED = 50
/** On XS a global is looked for each time. */
const squareRoot = Math.sqrt

export class LineFit {
  /** The line at the latest pulse. */
  time: Micros = 0
  period: Micros = 0
  /** Pulses that bear the line, at most the memory. */
  pulses = 0
  readonly jitter = new Jitter()
  private readonly later = new ChangeWatch(1, SUDDEN_ALLOWANCE, SUDDEN_ALARM)
  private readonly earlier = new ChangeWatch(-1, SUDDEN_ALLOWANCE, SUDDEN_ALARM)
  private readonly slowlyLater = new ChangeWatch(1, SLOW_ALLOWANCE, SLOW_ALARM)
  private readonly slowlyEarlier = new ChangeWatch(-1, SLOW_ALLOWANCE, SLOW_ALARM)

  /** A new line that passes a pulse at `time`, borne by `pulses` of them. */
  restart(time: Micros, period: Micros, pulses: number): void {
    this.time = time
    this.period = period
    this.pulses = pulses
    this.later.rest()
    this.earlier.rest()
    this.slowlyLater.rest()
    this.slowlyEarlier.rest()
  }

  /** The next pulse. One surprise counts for at most `limit` standard deviations, to the line as to the watches: under the alarm of 9
   *  two pulses are needed for a change. */
  add(time: Micros, limit: number): void {
    let n = this.pulses
    if (n < MEMORY) this.pulses = n += 1
    const scale = 1 / (n * (n + 1))
    const gain = (4 * n - 2) * scale
    const sd = this.jitter.sd
    const expected = this.time + this.period
    let innovation = time - expected
    let surprise = innovation / sd
    if (n < SETTLED) surprise *= squareRoot(1 - gain)
    if (surprise > limit || surprise < -limit) {
      const share = limit / (surprise > 0 ? surprise : -surprise)
      surprise *= share
      innovation *= share
    }
    const period = this.period
    const later = this.later
    const earlier = this.earlier
    const slowlyLater = this.slowlyLater
    const slowlyEarlier = this.slowlyEarlier
    let alarm: ChangeWatch | null = null
    // The last to speak is heard: the sudden ones before the slow ones, and later before earlier.
    if (slowlyEarlier.sum > 0 || surprise < -SLOW_ALLOWANCE) if (slowlyEarlier.add(surprise, time, expected, period)) alarm = slowlyEarlier
    if (slowlyLater.sum > 0 || surprise > SLOW_ALLOWANCE) if (slowlyLater.add(surprise, time, expected, period)) alarm = slowlyLater
    if (earlier.sum > 0 || surprise < -SUDDEN_ALLOWANCE) if (earlier.add(surprise, time, expected, period)) alarm = earlier
    if (later.sum > 0 || surprise > SUDDEN_ALLOWANCE) if (later.add(surprise, time, expected, period)) alarm = later
    this.time = expected + gain * innovation
    this.period = period + 6 * scale * innovation
    if (alarm !== null) this.refit(alarm)
  }

  copy(from: LineFit): void {
    this.time = from.time
    this.period = from.period
    this.pulses = from.pulses
    this.jitter.copy(from.jitter)
    this.later.copy(from.later)
    this.earlier.copy(from.earlier)
    this.slowlyLater.copy(from.slowlyLater)
    this.slowlyEarlier.copy(from.slowlyEarlier)
  }

  private refit(watch: ChangeWatch): void {
    watch.solve()
    this.restart(watch.time, watch.period, watch.pulses + 1)
  }
}

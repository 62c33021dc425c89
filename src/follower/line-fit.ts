/**
 * A straight line through the pulses since the last change of tempo. Least squares with a growing memory is a recursion with the two gains
 * 2(2n-1)/(n(n+1)) and 6/(n(n+1)); from `MEMORY` pulses on n stays, and the oldest pulses fade. Two watches, one for later and one for earlier, look for
 * a change; an alarm replaces the line by the one through the pulses since the change, and n by their number.
 * Neighbouring pulses only: a missing one is filled in by the caller.
 * Cost per pulse: about 40 additions and multiplications, three divisions, two square roots while n is small. Nothing accumulates: each pulse
 * corrects the line, so ten hours leave no trace of rounding (a double holds ten hours to 1e-5 µs).
 */
import type { Micros } from "../time"
import { ChangeWatch } from "./change-watch"
import { Jitter } from "./jitter"

const MEMORY = 1500
const ALARM = 12
/** From here on the line's own uncertainty is under 4 % of a pulse's. */
const SETTLED = 50

export class LineFit {
  /** The line at the latest pulse. */
  time: Micros = 0
  period: Micros = 0
  /** Pulses that bear the line, at most the memory. */
  pulses = 0
  readonly jitter = new Jitter()
  private readonly later = new ChangeWatch(1)
  private readonly earlier = new ChangeWatch(-1)

  /** A new line that passes a pulse at `time`, borne by `pulses` of them. */
  restart(time: Micros, period: Micros, pulses: number): void {
    this.time = time
    this.period = period
    this.pulses = pulses
    this.later.rest(time, period)
    this.earlier.rest(time, period)
  }

  /** The next pulse. One surprise counts for at most `limit` standard deviations: under the alarm's 12 two pulses are needed for a change. */
  add(time: Micros, limit: number): void {
    let n = this.pulses
    if (n < MEMORY) this.pulses = n += 1
    const scale = 1 / (n * (n + 1))
    const gain = (4 * n - 2) * scale
    const sd = this.jitter.sd
    const expected = this.time + this.period
    const innovation = time - expected
    let surprise = innovation / sd
    if (n < SETTLED) surprise *= Math.sqrt(1 - gain)
    if (surprise > limit) surprise = limit
    else if (surprise < -limit) surprise = -limit
    this.time = expected + gain * innovation
    this.period += 6 * scale * innovation
    const later = this.later
    const earlier = this.earlier
    later.add(surprise, time, this.time, this.period)
    earlier.add(surprise, time, this.time, this.period)
    if (later.sum > ALARM) this.refit(later)
    else if (earlier.sum > ALARM) this.refit(earlier)
  }

  copy(from: LineFit): void {
    this.time = from.time
    this.period = from.period
    this.pulses = from.pulses
    this.jitter.copy(from.jitter)
    this.later.copy(from.later)
    this.earlier.copy(from.earlier)
  }

  private refit(watch: ChangeWatch): void {
    watch.solve()
    this.restart(watch.time, watch.period, watch.pulses + 1)
  }
}

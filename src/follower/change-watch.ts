/**
 * One side of a CUSUM: adds up how far pulses come later (or, with sign -1, earlier) than the fit expects, in units of their
 * jitter, less an allowance, never under zero. While the sum stands above zero something may have changed just after its last zero; from
 * there on the watch keeps the least-squares sums of the pulses against the line that was believed at that zero. So an
 * alarm knows at once both that the tempo changed and the line through exactly the pulses since, without any window of pulses.
 * The knot itself, the old line at the last zero, counts as one pulse of the new line: a tempo changes at a pulse, so that one pulse after
 * a clean step suffices for the new period.
 */
import type { Micros } from "../time"

/** A shift beyond this, and beyond four times the sum so far, is a change at this very pulse; what the sum held was chance. */
const JUMP = 4.5

export class ChangeWatch {
  /** The present sum, in standard deviations. */
  sum = 0
  /** Pulses since the last zero of the sum. */
  pulses = 0
  /** Set by `solve`: the new line at the latest pulse, and its period. */
  time: Micros = 0
  period: Micros = 0
  private knotTime: Micros = 0
  private knotPeriod: Micros = 0
  private sumY = 0
  private sumXY = 0

  /** `sign` 1 watches for later pulses, -1 for earlier. Shifts under `allowance` standard deviations are let pass; a sum over
   *  `limit` is an alarm. */
  constructor(
    private readonly sign: 1 | -1,
    private readonly allowance: number,
    private readonly limit: number,
  ) {}

  /** Nothing has changed up to here. */
  rest(): void {
    this.sum = 0
    this.pulses = 0
  }

  /** A pulse at `time` whose innovation is `surprise` standard deviations. The line before it expected it at `expected`. True: an alarm.
   *  While the sum is zero a shift within the allowance changes nothing, so the call may be spared. */
  add(surprise: number, time: Micros, expected: Micros, period: Micros): boolean {
    const shift = this.sign * surprise
    let sum = this.sum
    if (shift > JUMP && sum < shift * 0.25) sum = 0
    const x = sum > 0 ? this.pulses + 1 : 1
    sum += shift - this.allowance
    if (sum <= 0) {
      this.sum = 0
      return false
    }
    this.sum = sum
    this.pulses = x
    if (x === 1) {
      this.knotTime = expected - period
      this.knotPeriod = period
      this.sumY = this.sumXY = time - expected
    } else {
      const y = time - (this.knotTime + x * this.knotPeriod)
      this.sumY += y
      this.sumXY += x * y
    }
    return sum > this.limit
  }

  /** The least-squares line through the knot and the pulses since it. Needs at least one of them. */
  solve(): void {
    const last = this.pulses
    const n = last + 1
    const slope = (12 * this.sumXY - 6 * last * this.sumY) / (n * (n * n - 1))
    const middle = this.sumY / n
    this.time = this.knotTime + last * this.knotPeriod + middle + (slope * last) / 2
    this.period = this.knotPeriod + slope
  }

  copy(from: ChangeWatch): void {
    this.sum = from.sum
    this.pulses = from.pulses
    this.knotTime = from.knotTime
    this.knotPeriod = from.knotPeriod
    this.sumY = from.sumY
    this.sumXY = from.sumXY
  }
}

/** Plain statistics over a list of figures; the input is left as it is. */
import type { Micros } from "../../src/time"

export interface Statistics {
  readonly count: number
  readonly mean: number
  /** Standard deviation of the whole population. */
  readonly sd: number
  readonly minimum: number
  readonly p50: number
  /** 99 % of the figures are no larger. */
  readonly p99: number
  readonly maximum: number
  /** The figure farthest from zero, with its sign. */
  readonly worst: number
}

/** Null for no figures at all. Sorts a copy: n log n. */
export function statisticsOf(figures: ArrayLike<number>): Statistics | null {
  const count = figures.length
  if (count === 0) return null
  const sorted = Float64Array.from(figures).sort()
  let sum = 0
  for (let i = 0; i < count; i++) sum += sorted[i]
  const mean = sum / count
  let squares = 0
  for (let i = 0; i < count; i++) squares += (sorted[i] - mean) ** 2
  const minimum = sorted[0]
  const maximum = sorted[count - 1]
  return {
    count,
    mean,
    sd: Math.sqrt(squares / count),
    minimum,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    maximum,
    worst: -minimum > maximum ? minimum : maximum,
  }
}

/** The smallest figure that `share` (0..1) of the sorted figures do not exceed. */
function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

/** From each figure to the next: one fewer than there are times. */
export function intervalsOf(times: ArrayLike<Micros>): Float64Array {
  const intervals = new Float64Array(Math.max(0, times.length - 1))
  for (let i = 0; i < intervals.length; i++) intervals[i] = times[i + 1] - times[i]
  return intervals
}

/**
 * Clocks against the grid they were meant to stand on. The first clock after `matched` (a calm moment) is matched with the nearest tick of
 * the grid, and all others by counting from there, so a clock lost or gained shows as an error of a whole tick from then on.
 */
import type { Micros } from "../../src/time"

export interface Errors {
  /** Ideal time of each clock that counts. */
  readonly ideal: Micros[]
  /** Clock minus ideal, milliseconds. */
  readonly ms: number[]
  /** Ticks gained (positive) or lost between the first and the last of them. */
  readonly gained: number
}

/** `ideal` is the grid, in order; clocks after its last tick do not count, nor do ticks before `from`. */
export function errorsOf(clocks: readonly Micros[], ideal: readonly Micros[], matched: Micros, from: Micros): Errors {
  const first = clocks.findIndex((time) => time >= matched)
  if (first < 0) throw new RangeError("no clock to match")
  const offset = nearest(ideal, clocks[first]) - first
  const times: Micros[] = []
  const ms: number[] = []
  for (let n = first; n < clocks.length && n + offset < ideal.length; n++) {
    if (ideal[n + offset] < from) continue
    times.push(ideal[n + offset])
    ms.push((clocks[n] - ideal[n + offset]) / 1000)
  }
  const last = ideal.length - 2
  return { ideal: times, ms, gained: nearest(clocks, ideal[last]) + offset - last }
}

/** Index of the time nearest to `time`. */
export function nearest(times: readonly Micros[], time: Micros): number {
  let low = 0
  let high = times.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle] < time) low = middle + 1
    else high = middle
  }
  return low > 0 && time - times[low - 1] < times[low] - time ? low - 1 : low
}

/** Standard deviation about the mean. */
export function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

/** Largest distance from zero. */
export function worst(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

export interface Spread {
  readonly median: number
  readonly p95: number
  readonly max: number
}

/** Over seeds; rounded to a tenth of a microsecond (values in milliseconds). */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))])
  return { median: at(0.5), p95: at(0.95), max: round(sorted[sorted.length - 1]) }
}

export function round(value: number, digits = 4): number {
  return Number(value.toFixed(digits)) + 0
}

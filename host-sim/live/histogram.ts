/** How late something was, counted in classes whose borders double: the honest picture of a real-time loop, and nothing to allocate. */
import type { Micros } from "../../src/time"

/** Upper borders of the classes, µs; one more class holds what is beyond the last. */
export const BORDERS: readonly Micros[] = [62.5, 125, 250, 500, 1000, 2000, 4000, 8000, 16000]

export interface Histogram {
  /** One more than there are borders. */
  readonly counts: number[]
  worst: Micros
}

export function emptyHistogram(): Histogram {
  return { counts: new Array<number>(BORDERS.length + 1).fill(0), worst: 0 }
}

export function histogramAdd(histogram: Histogram, value: Micros): void {
  let slot = 0
  while (slot < BORDERS.length && value >= BORDERS[slot]) slot++
  histogram.counts[slot]++
  if (value > histogram.worst) histogram.worst = value
}

/** The border under which `share` (0..1) of all lies; Infinity for the last class, 0 where nothing was counted. */
export function histogramBorder(histogram: Histogram, share: number): Micros {
  const all = histogram.counts.reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (let slot = 0; slot < histogram.counts.length; slot++) {
    seen += histogram.counts[slot]
    if (all > 0 && seen >= all * share) return BORDERS[slot] ?? Infinity
  }
  return 0
}

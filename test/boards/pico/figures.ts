/** Sorted figures of a measurement, printed the same way everywhere. */
export interface Figures {
  readonly count: number
  readonly min: number
  readonly median: number
  readonly p999: number
  readonly max: number
}

export function figuresOf(values: number[]): Figures {
  const sorted = Float64Array.from(values).sort()
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
  return { count: sorted.length, min: sorted[0], median: at(0.5), p999: at(0.999), max: sorted[sorted.length - 1] }
}

export function print(what: string, figures: Figures): void {
  const { count, min, median, p999, max } = figures
  const columns = [min, median, p999, max].map((value) => value.toFixed(0).padStart(6)).join(" ")
  console.log(`      ${what.padEnd(44)} ${columns} ns   (min, median, p99.9, max of ${count})`)
}

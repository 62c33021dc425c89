/** The middle one of these values, of an even number the upper; 0 of none. */
export function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] ?? 0
}

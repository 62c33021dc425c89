/**
 * Where chrony keeps the system's clock, its own word on how well: `chronyc -c tracking`, one line of comma-separated values.
 */
export interface ChronyTracking {
  /** What chrony follows, a name or address; empty for its own clock. */
  source: string
  stratum: number
  /** System clock minus chrony's best knowledge, us (positive: the system is fast). */
  offsetMicros: number
  frequencyPpm: number
  rootDelayMicros: number
  rootDispersionMicros: number
  isSynchronised: boolean
  /** The largest error of the system's clock, as chronyc(1) defines it: |offset| + dispersion + half the delay. */
  errorMicros: number
}

/** The line that `chronyc -c tracking` prints. Throws on anything else, quoting it. */
export function parseTracking(line: string): ChronyTracking {
  const fields = line.trim().split(",")
  const numbers = fields.map(Number)
  if (fields.length < 14 || [2, 4, 7, 10, 11].some((index) => !Number.isFinite(numbers[index]))) {
    throw new Error(`chronyc tracking: expected 14 comma-separated values, got "${line.trim().slice(0, 80)}"`)
  }
  const offsetMicros = -numbers[4] * 1e6 // chronyc's CSV counts slow as positive
  const rootDelayMicros = numbers[10] * 1e6
  const rootDispersionMicros = numbers[11] * 1e6
  return {
    source: fields[1],
    stratum: numbers[2],
    offsetMicros,
    frequencyPpm: numbers[7],
    rootDelayMicros,
    rootDispersionMicros,
    isSynchronised: fields[13] !== "Not synchronised",
    errorMicros: Math.abs(offsetMicros) + rootDispersionMicros + rootDelayMicros / 2,
  }
}

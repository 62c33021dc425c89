/** Reads figures off waveforms, as one would off an oscilloscope, and says whether they are within their bounds. */
import { nodeOf } from "./deck"
import type { Waveforms } from "./ngspice"

export interface Finding {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly least?: number
  readonly most?: number
}

export function holds(finding: Finding): boolean {
  return finding.value >= (finding.least ?? -Infinity) && finding.value <= (finding.most ?? Infinity)
}

/** "1.58 V (1.1..2.2)"; a figure out of its bounds is marked. */
export function describe(finding: Finding): string {
  const bounds = [finding.least, finding.most].map((bound) => (bound === undefined ? "" : String(bound))).join("..")
  return `${finding.what}: ${short(finding.value)} ${finding.unit} (${bounds})${holds(finding) ? "" : " OUT OF BOUNDS"}`
}

/** Three significant digits, no exponent for everyday sizes. */
export function short(value: number): string {
  if (Math.abs(value) < 0.0005) return "0"
  return String(Number(value.toPrecision(3)))
}

export function voltage(waves: Waveforms, net: string): readonly number[] {
  if (nodeOf(net) === "0") return waves.time.map(() => 0)
  return signal(waves, `v(${nodeOf(net)})`)
}

/** Amperes into the part's first terminal, for parts with a sensing source (models.ts says which). */
export function current(waves: Waveforms, source: string): readonly number[] {
  return signal(waves, `i(v${source.toLowerCase()})`)
}

function signal(waves: Waveforms, name: string): readonly number[] {
  const found = waves.signals.get(name)
  if (found === undefined) throw new Error(`no signal ${name} in the simulation`)
  return found
}

export function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity)
}

export function lowest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity)
}

export function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
}

export function valueAt(waves: Waveforms, values: readonly number[], seconds: number): number {
  for (let index = 1; index < waves.time.length; index++)
    if (waves.time[index] >= seconds) {
      const part = (seconds - waves.time[index - 1]) / (waves.time[index] - waves.time[index - 1])
      return values[index - 1] + part * (values[index] - values[index - 1])
    }
  return values[values.length - 1]
}

/** Seconds at which `values` first crosses `level` upwards (or downwards) after `from`; NaN if it never does. */
export function crossing(waves: Waveforms, values: readonly number[], level: number, direction: "up" | "down", from = 0): number {
  const sign = direction === "up" ? 1 : -1
  for (let index = 1; index < values.length; index++) {
    const before = sign * (values[index - 1] - level)
    const after = sign * (values[index] - level)
    if (waves.time[index] < from || before >= 0 || after < 0) continue
    return waves.time[index - 1] + (before / (before - after)) * (waves.time[index] - waves.time[index - 1])
  }
  return NaN
}

/** Seconds from 10 % to 90 % of the step from `low` to `high` (or back), of the first such edge after `from`. */
export function edge(waves: Waveforms, values: readonly number[], low: number, high: number, direction: "up" | "down", from = 0): number {
  const near = low + 0.1 * (high - low)
  const far = low + 0.9 * (high - low)
  const [first, second] = direction === "up" ? [near, far] : [far, near]
  const start = crossing(waves, values, first, direction, from)
  return crossing(waves, values, second, direction, start) - start
}

/** How often `values` crosses `level` in either direction. */
export function crossings(values: readonly number[], level: number): number {
  let count = 0
  for (let index = 1; index < values.length; index++) if (values[index - 1] > level !== values[index] > level) count++
  return count
}

/**
 * Reads a recording at any position between its samples: a windowed sinc of 32 taps (Kaiser, beta 9), its phases tabled 512 times a
 * sample and read linearly between. Measured: what it adds to a sine is 100 dB below it up to 10 kHz at 48 kHz (the test
 * prints it). With it a rate correction of some hundred ppm is a change of pitch of under a cent, and nothing else.
 */

const TAPS = 32
const HALF = TAPS / 2
const PHASES = 512
const BETA = 9

let table: Float64Array | undefined

function bessel(x: number): number {
  let [sum, term] = [1, 1]
  for (let k = 1; k < 40; k++) sum += term *= (x / (2 * k)) ** 2
  return sum
}

/** Row p holds the taps for a position p/512 of a sample after the tap in the middle. One row more, to read between. */
function makeTable(): Float64Array {
  const rows = new Float64Array((PHASES + 1) * TAPS)
  for (let phase = 0; phase <= PHASES; phase++) {
    let sum = 0
    for (let tap = 0; tap < TAPS; tap++) {
      const x = tap - HALF + 1 - phase / PHASES
      const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
      const inside = Math.max(0, 1 - (x / HALF) ** 2)
      rows[phase * TAPS + tap] = (sinc * bessel(BETA * Math.sqrt(inside))) / bessel(BETA)
      sum += rows[phase * TAPS + tap]
    }
    for (let tap = 0; tap < TAPS; tap++) rows[phase * TAPS + tap] /= sum
  }
  return rows
}

/** Samples by number; 0 where there are none. Consecutive recordings stand in one numbering, so there is no gap between them. */
export type Samples = (from: number, into: Float32Array) => void

/**
 * Fills `into` from `position` on, `step` samples a frame. `scratch` must hold `into.length * step + 33` samples.
 */
export function interpolate(samples: Samples, position: number, step: number, into: Float32Array, scratch: Float32Array): void {
  table ??= makeTable()
  const first = Math.floor(position) - HALF + 1
  samples(first, scratch.subarray(0, Math.min(scratch.length, Math.ceil(into.length * step) + TAPS + 1)))
  for (let frame = 0; frame < into.length; frame++) {
    const at = position + frame * step
    const whole = Math.floor(at)
    const phase = (at - whole) * PHASES
    const row = Math.floor(phase)
    const between = phase - row
    const base = whole - HALF + 1 - first
    const low = row * TAPS
    let sum = 0
    for (let tap = 0; tap < TAPS; tap++) {
      const weight = table[low + tap] + between * (table[low + TAPS + tap] - table[low + tap])
      sum += weight * scratch[base + tap]
    }
    into[frame] = sum
  }
}

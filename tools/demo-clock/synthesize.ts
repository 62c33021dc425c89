/**
 * A clock as an audio interface would have recorded it: band-limited pulses (windowed sinc, so an edge stands at its exact time
 * between the samples), the input's coupling capacitor, noise and mains hum.
 */
import { Random } from "../../host-sim/input/random"

export interface Recipe {
  readonly sampleRate: number
  readonly seconds: number
  /** Start and end of each pulse in microseconds. */
  readonly pulses: readonly { readonly start: number; readonly end: number }[]
  /** Full scales, of the level step at an edge; below zero turns the polarity round. */
  readonly amplitude: number
  /** Corner of the one-pole high-pass; 0 is DC-coupled. */
  readonly highPassHertz?: number
  /** Standard deviation in full scales. */
  readonly noise?: number
  /** Amplitude of the 50 Hz hum in full scales. */
  readonly hum?: number
  readonly seed?: number
}

/** Samples on either side of an edge that its ringing reaches. */
const REACH = 16

export function synthesize(recipe: Recipe): Float32Array {
  const { sampleRate, seconds, amplitude, highPassHertz = 0, noise = 0, hum = 0 } = recipe
  const samples = new Float64Array(Math.round(sampleRate * seconds))
  for (const { start, end } of recipe.pulses) {
    addImpulse(samples, (start * sampleRate) / 1e6, amplitude)
    addImpulse(samples, (end * sampleRate) / 1e6, -amplitude)
  }
  const keep = 1 / (1 + (2 * Math.PI * highPassHertz) / sampleRate)
  const random = new Random(recipe.seed ?? 1)
  const out = new Float32Array(samples.length)
  let level = 0
  for (let index = 0; index < samples.length; index++) {
    level = keep * (level + samples[index])
    out[index] = level + noise * random.gaussian() + hum * Math.sin((2 * Math.PI * 50 * index) / sampleRate)
  }
  return out
}

/** Adds what the running sum turns into a step at `position`. The half sample makes up for the sum, which lags by as much. */
function addImpulse(samples: Float64Array, position: number, height: number): void {
  const centre = position + 0.5
  const from = Math.max(0, Math.ceil(centre - REACH))
  const to = Math.min(samples.length - 1, Math.floor(centre + REACH))
  let sum = 0
  for (let index = from; index <= to; index++) sum += shape(index - centre)
  for (let index = from; index <= to; index++) samples[index] += (height * shape(index - centre)) / sum
}

/** A sinc at 0.9 of the Nyquist frequency under a Blackman window. */
function shape(distance: number): number {
  const x = 0.9 * Math.PI * distance
  const phase = (Math.PI * distance) / REACH
  return (x === 0 ? 1 : Math.sin(x) / x) * (0.42 + 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase))
}

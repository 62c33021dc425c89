/**
 * How much later than it says a card is heard, found by recording it. Cards play one after the other, twelve pulses each, half a second
 * apart, so that no latency can be taken for another pulse's. The recorder's own latency is in every figure alike; what counts is
 * what lies between the cards.
 *
 * A recorder hands over its frames late and never early, as a card takes them: the same fit finds its clock.
 */
import type { Micros } from "../../src/time"
import { CardClock } from "../cards/card-clock"
import { median } from "../median"

export const CALIBRATION_PULSES = 12
export const CALIBRATION_PERIOD_MICROS = 500_000
export const CALIBRATION_WIDTH_MICROS = 5000
/** Edges nearer to each other are the same pulse, ringing. */
const REFRACTORY_SECONDS = 0.2
/** A pulse stands so far above what the recording is like otherwise. */
const LEAST_HEIGHT = 5
const LEAST_LEVEL = 0.01
const EARLIEST_MICROS = -20_000
const LATEST_MICROS = 450_000
const NEAR_SCATTERS = 3

/** A recording that grows, with the time of each of its frames. */
export class TimedRecording {
  private readonly clock = new CardClock()
  private readonly chunks: Float32Array[] = []
  private frames = 0

  constructor(readonly sampleRate: number) {}

  /** `samples` have come by now. */
  add(now: Micros, samples: Float32Array): void {
    this.chunks.push(samples)
    this.frames += samples.length
    this.clock.read(now, (this.frames / this.sampleRate) * 1e6)
  }

  /** Times at which a pulse begins, either way up, from `from` to `until`. */
  edges(from: Micros, until: Micros): Micros[] {
    if (!this.clock.isSet) return []
    const samples = new Float32Array(this.frames)
    let at = 0
    for (const chunk of this.chunks) {
      samples.set(chunk, at)
      at += chunk.length
    }
    const frameAt = (time: Micros) => Math.max(0, Math.min(this.frames, Math.round((this.clock.cardAt(time) * this.sampleRate) / 1e6)))
    const first = frameAt(from)
    return edgesOf(samples.subarray(first, frameAt(until)), this.sampleRate).map((frame) =>
      this.clock.localAt(((first + frame) / this.sampleRate) * 1e6),
    )
  }
}

/** Where pulses begin in a recording, in frames with fractions: where they cross half of the highest of them. */
export function edgesOf(samples: Float32Array, sampleRate: number): number[] {
  const heights = samples.map(Math.abs)
  const peak = heights.reduce((most, height) => Math.max(most, height), 0)
  const usual = heights.slice().sort()[Math.floor(heights.length * 0.9)] ?? 0
  if (peak < LEAST_LEVEL || peak < LEAST_HEIGHT * usual) return []
  const edges: number[] = []
  let last = -Infinity
  for (let frame = 1; frame < heights.length; frame++) {
    if (heights[frame] < peak / 2 || heights[frame - 1] >= peak / 2) continue
    if (frame - last > REFRACTORY_SECONDS * sampleRate)
      edges.push(frame - 1 + (peak / 2 - heights[frame - 1]) / (heights[frame] - heights[frame - 1]))
    last = frame
  }
  return edges
}

export interface Heard {
  /** Of `CALIBRATION_PULSES`. */
  readonly pulses: number
  /** From when a pulse ought to be heard to when it was, recorder included; the mean of those near the middle (each stands on a sample: the middle alone would be 10 us off). */
  readonly latencyMicros: Micros
  /** Half of them lie within so much of the middle. */
  readonly scatterMicros: Micros
}

/** Compares when pulses ought to be heard with when they were. Undefined where too few of them were. */
export function compare(expected: readonly Micros[], edges: readonly Micros[]): Heard | undefined {
  const found = expected
    .map((time) => edges.map((edge) => edge - time).find((late) => late > EARLIEST_MICROS && late < LATEST_MICROS))
    .filter((late) => late !== undefined)
  if (found.length < expected.length / 2) return undefined
  const middle = median(found)
  const scatterMicros = median(found.map((late) => Math.abs(late - middle)))
  const near = found.filter((late) => Math.abs(late - middle) <= NEAR_SCATTERS * scatterMicros)
  return { pulses: found.length, latencyMicros: near.reduce((sum, late) => sum + late, 0) / near.length, scatterMicros }
}

/**
 * Finds the edges of a clock in a recorded channel, to a few hundredths of a sample.
 *
 * A sound card's input is AC-coupled: levels droop, a pulse ends below zero, a square drifts until it straddles it. So nothing
 * is compared with a level. What survives every coupling is the step: the difference of the signal with itself half a
 * millisecond earlier. Where that difference stands out from its own median (noise, hum and droop), there is an edge; its
 * time is where the signal crosses the middle between the levels right before and right after it.
 *
 * Two passes, a block at a time: the first measures the median, the second collects the steps. Steps that are small beside
 * their neighbours (crosstalk, ringing, clicks) are dropped afterwards.
 */
import { overlapped } from "./overlapped"
import { dropSmall, type Step } from "./step-selection"
import type { Recorded } from "./wav"

const STEP_SECONDS = 0.0005
const GUARD_SECONDS = 0.00006
const LEVEL_SECONDS = 0.0003
/** A step is looked at when it is this many times the median: 6 standard deviations of Gaussian noise. */
const OUTSTANDING = 9
/** Full scales; about -50 dBFS. */
const LEAST_STEP = 0.003

export interface Steps {
  readonly steps: Step[]
  /** The loudest sample, in full scales. */
  readonly loudest: number
}

export function findSteps(recorded: Recorded, channel: number): Steps {
  const span = Math.max(3, Math.round(STEP_SECONDS * recorded.sampleRate))
  const { median, loudest } = measure(recorded, channel, span)
  const gate = Math.max(OUTSTANDING * median, 2.5 * recorded.grain, LEAST_STEP)
  const finder = new StepFinder(recorded.sampleRate, span, gate)
  overlapped(recorded, channel, 6 * span, (samples, from, to, offset) => finder.scan(samples, from, to, offset))
  return { steps: dropSmall(finder.steps, 2 * span), loudest }
}

/** The median of the step signal, to an eighth of an octave, from a histogram over the bits of its float (exponent, 3 bits of mantissa). */
function measure(recorded: Recorded, channel: number, span: number): { median: number; loudest: number } {
  const counts = new Float64Array(2048)
  const float = new Float32Array(1)
  const bits = new Int32Array(float.buffer)
  let total = 0
  let loudest = 0
  overlapped(recorded, channel, span, (samples, from, to) => {
    for (let at = from; at < to; at++) {
      const magnitude = Math.abs(samples[at])
      if (magnitude > loudest) loudest = magnitude
    }
    for (let at = from; at < to; at += 5) {
      float[0] = Math.abs(samples[at] - samples[at - span])
      counts[bits[0] >>> 20]++
      total++
    }
  })
  let bin = 0
  for (let below = counts[0]; below < total / 2; below += counts[bin]) bin++
  bits[0] = bin << 20
  return { median: float[0], loudest }
}

/** Follows the step signal through the blocks: an excursion begins above the gate and ends below 0.4 of its own peak. */
class StepFinder {
  readonly steps: Step[] = []
  #guard: number
  #level: number
  #from = 0
  #peak = 0

  constructor(
    sampleRate: number,
    private readonly span: number,
    private readonly gate: number,
  ) {
    this.#guard = Math.max(2, Math.round(GUARD_SECONDS * sampleRate))
    this.#level = Math.max(this.#guard + 2, Math.round(LEVEL_SECONDS * sampleRate))
  }

  scan(samples: Float32Array, from: number, to: number, offset: number): void {
    const { span, gate } = this
    for (let at = from; at < to; at++) {
      const step = samples[at] - samples[at - span]
      if (this.#peak !== 0) {
        const size = this.#peak > 0 ? step : -step
        const peak = Math.abs(this.#peak)
        if (size > peak) this.#peak = step
        else if (size < 0.4 * peak || at + offset - this.#from > 3 * span) {
          this.#locate(samples, offset)
          this.#peak = 0
        }
      }
      if (this.#peak === 0 && (step > gate || step < -gate)) {
        this.#peak = step
        this.#from = at + offset
      }
    }
  }

  #locate(samples: Float32Array, offset: number): void {
    const { span } = this
    const sign = Math.sign(this.#peak)
    const half = Math.abs(this.#peak) / 2
    let at = this.#from - offset
    while (sign * (samples[at] - samples[at - span]) < half) at++
    const before = mean(samples, at - this.#level, at - this.#guard)
    const after = mean(samples, at + this.#guard, at + this.#level)
    const middle = (before + after) / 2
    const crossing = nearestCrossing(samples, at, this.#guard, sign, middle)
    if (sign * (after - before) < this.gate / 2 || crossing < 0) return
    const position = crossing + offset
    const last = this.steps[this.steps.length - 1]
    if (last !== undefined && position - last.position < this.#guard) return // its ringing had been noticed first, and led here
    this.steps.push({ position, height: after - before, before })
  }
}

function mean(samples: Float32Array, from: number, to: number): number {
  let sum = 0
  for (let at = from; at < to; at++) sum += samples[at]
  return sum / (to - from)
}

/** Where the signal crosses `middle` in the direction of `sign`, nearest to sample `at`; -1 if nowhere within `reach`. */
function nearestCrossing(samples: Float32Array, at: number, reach: number, sign: number, middle: number): number {
  for (let distance = 0; distance <= reach; distance++) {
    for (const index of [at - distance, at + distance]) {
      if (sign * (samples[index - 1] - middle) < 0 && sign * (samples[index] - middle) >= 0) return crossingBetween(samples, index, middle)
    }
  }
  return -1
}

/** Inverse interpolation between samples `index - 1` and `index` on the cubic through the four samples around them. */
function crossingBetween(samples: Float32Array, index: number, middle: number): number {
  const y0 = samples[index - 2]
  const y1 = samples[index - 1]
  const y2 = samples[index]
  const y3 = samples[index + 1]
  const cubic = (x: number): number =>
    y1 + 0.5 * x * (y2 - y0 + x * (2 * y0 - 5 * y1 + 4 * y2 - y3 + x * (3 * (y1 - y2) + y3 - y0))) - middle
  let low = 0
  let high = 1
  for (let round = 0; round < 12; round++) {
    const centre = (low + high) / 2
    if (cubic(centre) > 0 === cubic(1) > 0) high = centre
    else low = centre
  }
  return index - 1 + (low + high) / 2
}

/**
 * What the bench plays: a tempo along the beats, the ideal time of every beat position from it, and pulses on that grid with jitter,
 * some missing and some spurious. All in microseconds, all from a seed.
 */
import { Random } from "../../host-sim/input/random"
import type { Micros } from "../../src/time"
import { TICKS_PER_BEAT } from "../../src/time"

/** Tempo from `bpm` to `toBpm` (the same if absent), linear along the beats. */
export interface Stretch {
  readonly beats: number
  readonly bpm: number
  readonly toBpm?: number
}

export interface Input {
  readonly ppqn: number
  readonly tempo: readonly Stretch[]
  /** Gaussian, clipped at three of it. */
  readonly sigmaMs?: number
  readonly seed?: number
  /** Pulse positions left out. */
  readonly missing?: readonly number[]
  /** Spurious pulses, at fractional positions. */
  readonly spurious?: readonly number[]
}

/** The first pulse. */
export const START: Micros = 1e6

/** Ideal time of a beat position. */
export function timeOfBeat(tempo: readonly Stretch[], beat: number): Micros {
  let time = START
  let left = beat
  for (const { beats, bpm, toBpm = bpm } of tempo) {
    const part = Math.min(left, beats)
    const slope = (toBpm - bpm) / beats
    time += slope === 0 ? (60e6 * part) / bpm : (60e6 / slope) * Math.log1p((slope * part) / bpm)
    left -= part
    if (left <= 0) return time
  }
  throw new RangeError(`beat ${beat} is beyond the end of the tempo map`)
}

export function beatsOf(tempo: readonly Stretch[]): number {
  return tempo.reduce((sum, { beats }) => sum + beats, 0)
}

/** The pulses, in order. */
export function pulsesOf({ ppqn, tempo, sigmaMs = 0, seed = 1, missing = [], spurious = [] }: Input): Micros[] {
  const random = new Random(seed)
  const total = Math.round(beatsOf(tempo) * ppqn)
  const pulses: Micros[] = []
  for (let position = 0; position < total; position++) {
    const jitter = sigmaMs > 0 ? random.clippedGaussian(sigmaMs * 1000, sigmaMs * 3000) : 0
    if (!missing.includes(position)) pulses.push(timeOfBeat(tempo, position / ppqn) + jitter)
  }
  for (const position of spurious) pulses.push(timeOfBeat(tempo, position / ppqn))
  return pulses.sort((a, b) => a - b)
}

/** The ticks a perfect clock would send, up to the last pulse. */
export function ticksOf({ ppqn, tempo }: Input): Micros[] {
  const last = beatsOf(tempo) - 1 / ppqn
  return Array.from({ length: Math.floor(last * TICKS_PER_BEAT + 1e-9) + 1 }, (_, tick) => timeOfBeat(tempo, tick / TICKS_PER_BEAT))
}

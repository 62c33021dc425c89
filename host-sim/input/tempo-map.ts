/**
 * Where the beats of a clock stand in time: a start, a tempo, and changes of it, each at once or evenly over some beats. Both
 * ways are closed formulas on the segment at hand (a ramp that is linear in beats is exponential in time), so nothing adds up.
 */
import type { Micros } from "../../src/time"

const MINUTE_MICROS = 60e6

interface Segment {
  readonly beat: number
  readonly time: Micros
  readonly bpm: number
  /** BPM gained each beat. */
  readonly slope: number
}

/** Beats are counted from 0 here. */
export class TempoMap {
  #segments: Segment[]

  constructor(start: Micros, bpm: number) {
    this.#segments = [{ beat: 0, time: start, bpm, slope: 0 }]
  }

  /** From `beat` on, which must not lie before the end of the last change: to `bpm`, evenly over so many beats (0: at once). */
  change(beat: number, bpm: number, over: number): void {
    const from = this.bpmAt(beat)
    if (over > 0) this.#segments.push({ beat, time: this.timeOf(beat), bpm: from, slope: (bpm - from) / over })
    this.#segments.push({ beat: beat + over, time: this.timeOf(beat + over), bpm, slope: 0 })
  }

  /** The beat from which the next change may begin. */
  get settledBeat(): number {
    return this.#segments[this.#segments.length - 1].beat
  }

  timeOf(beat: number): Micros {
    const { beat: from, time, bpm, slope } = this.#segment((segment) => segment.beat <= beat)
    const beats = beat - from
    return time + MINUTE_MICROS * (slope === 0 ? beats / bpm : Math.log1p((slope * beats) / bpm) / slope)
  }

  beatAt(time: Micros): number {
    const segment = this.#segment((candidate) => candidate.time <= time)
    const minutes = (time - segment.time) / MINUTE_MICROS
    const { beat, bpm, slope } = segment
    return beat + (slope === 0 ? minutes * bpm : (bpm / slope) * Math.expm1(slope * minutes))
  }

  bpmAt(beat: number): number {
    const segment = this.#segment((candidate) => candidate.beat <= beat)
    return segment.bpm + segment.slope * (beat - segment.beat)
  }

  #segment(holds: (segment: Segment) => boolean): Segment {
    for (let index = this.#segments.length - 1; index > 0; index--) if (holds(this.#segments[index])) return this.#segments[index]
    return this.#segments[0]
  }
}

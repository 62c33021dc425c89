/**
 * A clock on a virtual cable: pulses into the CV input, so that a module without a rack has something to follow. Made a little ahead
 * of time with stamps of their own, jitter and all, so a busy main thread does not shake them.
 */
import { IN_CV, IN_RESET, levelEvent } from "../../src/event"
import type { Micros } from "../../src/time"
import type { TimedEvent } from "../input/timed-input"
import type { ClockPatch } from "./protocol"

const AHEAD_MICROS = 600000
/** Before this pulse comes a reset, so that the song begins on a beat of the cable's, whatever ran before. */
const RESET_BEFORE = 8
const LONGEST_PULSE_MICROS = 5000

/** A source of chance, 0..1. */
export type Chance = () => number

export class TestClock {
  private number = 0
  private readonly start: Micros
  private readonly period: Micros

  constructor(
    private readonly patch: ClockPatch,
    now: Micros,
    private readonly chance: Chance = Math.random,
  ) {
    this.period = 60e6 / patch.tempo / patch.ppqn
    this.start = now + 50000
  }

  /** The edges from where the last call ended to a little after `now`. */
  edges(now: Micros): TimedEvent[] {
    const edges: TimedEvent[] = []
    const width = Math.min(LONGEST_PULSE_MICROS, this.period / 3)
    for (; this.start + this.number * this.period < now + AHEAD_MICROS; this.number++) {
      const time = Math.round(this.start + this.number * this.period + this.gauss() * this.jitter())
      if (this.number === RESET_BEFORE) edges.push(...this.reset(time))
      edges.push({ time, event: levelEvent(IN_CV, 1) }, { time: Math.round(time + width), event: levelEvent(IN_CV, 0) })
    }
    return edges
  }

  private reset(pulse: Micros): TimedEvent[] {
    const time = Math.round(pulse - this.period / 2)
    return [
      { time, event: levelEvent(IN_RESET, 1) },
      { time: time + 1000, event: levelEvent(IN_RESET, 0) },
    ]
  }

  /** A pulse never overtakes its neighbour. */
  private jitter(): Micros {
    return Math.min(this.patch.jitterMicros, this.period / 12)
  }

  /** Nearly normal, standard deviation 1, never beyond 3. */
  private gauss(): number {
    let sum = 0
    for (let i = 0; i < 12; i++) sum += this.chance()
    return Math.max(-3, Math.min(3, sum - 6))
  }
}

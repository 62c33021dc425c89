/** What several of the output files need to know about a run, read from its events once. */
import type { Recording } from "../recording"
import { clocksOf, type Clocks } from "./clocks"
import { phaseErrorsOf, pulsesOf, type PhaseErrors, type Pulses } from "./pulses"
import { intervalsOf, statisticsOf, type Statistics } from "./statistics"

export interface Reading {
  readonly recording: Recording
  readonly clocks: Clocks
  readonly pulses: Pulses
  readonly phaseErrors: PhaseErrors
  /** Of `phaseErrors.micros`. */
  readonly phase: Statistics | null
  /** Of `phaseErrors.settledMicros`. */
  readonly settledPhase: Statistics | null
  /** From clock to clock within each stretch of playing; the pause before a start is none. */
  readonly intervals: Statistics | null
}

export function readingOf(recording: Recording): Reading {
  const clocks = clocksOf(recording)
  const pulses = pulsesOf(recording)
  const phaseErrors = phaseErrorsOf(pulses, clocks)
  const beginnings = beginningsOf(clocks)
  const intervals = intervalsOf(clocks.times).filter((_, i) => !beginnings.has(i + 1))
  return {
    recording,
    clocks,
    pulses,
    phaseErrors,
    phase: statisticsOf(phaseErrors.micros),
    settledPhase: statisticsOf(phaseErrors.settledMicros),
    intervals: statisticsOf(intervals),
  }
}

/** Indices of the clocks that came first after a start, a continue or a stop. */
export function beginningsOf(clocks: Clocks): ReadonlySet<number> {
  return new Set(clocks.transport.map(({ clockIndex }) => clockIndex))
}

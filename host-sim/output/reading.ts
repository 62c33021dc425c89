/** What several of the output files need to know about a run, read from its events once. */
import type { Recording } from "../recording"
import { clocksOf, type Clocks } from "./clocks"
import { phaseErrorsOf, pulsesOf, type PhaseErrors, type Pulses } from "./pulses"

export interface Reading {
  readonly recording: Recording
  readonly clocks: Clocks
  readonly pulses: Pulses
  readonly phaseErrors: PhaseErrors
}

export function readingOf(recording: Recording): Reading {
  const clocks = clocksOf(recording)
  const pulses = pulsesOf(recording)
  return { recording, clocks, pulses, phaseErrors: phaseErrorsOf(pulses, clocks) }
}

/**
 * Which few beats of a run are worth looking at closely: around the pulse the clock stood farthest from, if that is well
 * beyond the usual; the first beat after a start aside; else around a pulse that has no clock (a spurious one) or is missing; else around the largest change of
 * tempo; else the beginning.
 */
import { TICKS_PER_BEAT, type Micros } from "../../src/time"
import { beginningsOf, type Reading } from "./reading"

export interface DetailWindow {
  readonly from: Micros
  readonly until: Micros
  /** Why here, for the panel's title. */
  readonly reason: string
}

const BEATS = 4
const NOTEWORTHY_PHASE_MICROS = 200
const NOTEWORTHY_INTERVAL_RATIO = 1.04

export function detailWindowOf(reading: Reading): DetailWindow {
  const { recording, clocks } = reading
  const end = Math.max(1, recording.until)
  const { time, reason, isBeginning } = momentOf(reading)
  const after = clocks.times.findIndex((clock) => clock >= time)
  const index = Math.max(0, Math.min(after < 0 ? 0 : after, clocks.times.length - 1 - TICKS_PER_BEAT))
  const beat = index + TICKS_PER_BEAT < clocks.times.length ? clocks.times[index + TICKS_PER_BEAT] - clocks.times[index] : 500_000
  const length = Math.min(end, BEATS * beat * 1.05)
  const from = Math.min(end - length, Math.max(0, time - (isBeginning ? 0.12 : 0.4) * length))
  return { from, until: from + length, reason }
}

function momentOf(reading: Reading): { time: Micros; reason: string; isBeginning: boolean } {
  const found = worstPhase(reading) ?? strayPulse(reading) ?? missingPulse(reading) ?? tempoChange(reading)
  if (found !== null) return { ...found, isBeginning: false }
  const start = reading.clocks.transport.find(({ change }) => change === "start")?.time ?? reading.clocks.times[0] ?? 0
  return { time: start, reason: "the start", isBeginning: true }
}

type Moment = { time: Micros; reason: string } | null

function worstPhase({ phaseErrors, settledPhase }: Reading): Moment {
  if (settledPhase === null || Math.abs(settledPhase.worst) < Math.max(NOTEWORTHY_PHASE_MICROS, settledPhase.sd * 5)) return null
  return { time: phaseErrors.times[phaseErrors.micros.indexOf(settledPhase.worst)], reason: "the largest phase error" }
}

function strayPulse({ phaseErrors, pulses, clocks }: Reading): Moment {
  if (pulses.perBeat > TICKS_PER_BEAT || clocks.times.length < 2) return null
  const time = phaseErrors.unmatchedPulses.find((pulse) => pulse > clocks.times[0] && pulse < clocks.times[clocks.times.length - 1])
  return time === undefined ? null : { time, reason: "a pulse without a clock" }
}

function missingPulse({ pulses: { times } }: Reading): Moment {
  for (let i = 2; i < times.length; i++) {
    const ratio = (times[i] - times[i - 1]) / (times[i - 1] - times[i - 2])
    if (ratio > 1.7 && ratio < 3.3 && i + 1 < times.length && times[i + 1] - times[i] < (times[i] - times[i - 1]) * 0.7)
      return { time: times[i - 1], reason: "a missing pulse" }
  }
  return null
}

/** The largest change from a beat to the next, if it is large; pauses and the first beat after one are no tempo. */
function tempoChange({ clocks }: Reading): Moment {
  const { times } = clocks
  const beginnings = beginningsOf(clocks)
  let largest = Math.log(NOTEWORTHY_INTERVAL_RATIO)
  let time: Micros | null = null
  let since = 0
  for (let end = 0; end < times.length; end++) {
    if (beginnings.has(end)) since = end
    if (end - since < 3 * TICKS_PER_BEAT) continue
    const middle = end - TICKS_PER_BEAT
    const change = Math.abs(Math.log((times[end] - times[middle]) / (times[middle] - times[middle - TICKS_PER_BEAT])))
    if (change <= largest) continue
    largest = change
    time = times[middle]
  }
  return time === null ? null : { time, reason: "the largest change of tempo" }
}

/**
 * A recorded channel becomes the pulses of a clock: which edge leads, when each pulse begins and ends, and, where nobody said,
 * which channel carries the clock at all.
 */
import type { Micros } from "../../src/time"
import { BadInput } from "./bad-input"
import { findSteps } from "./edges"
import type { Step } from "./step-selection"
import type { Recorded } from "./wav"
import { median } from "../median"

/** The length given to a pulse whose end cannot be seen (a trigger with a slow tail). */
const UNSEEN_WIDTH_MICROS = 1000

export interface Pulse {
  readonly start: Micros
  readonly end: Micros
}

export interface RecordedClock {
  /** From 1, as users count. */
  readonly channel: number
  /** True where the leading edge goes down: the recording's polarity is turned round. */
  readonly inverted: boolean
  readonly pulses: Pulse[]
  /** The median height of the leading edges, in full scales. */
  readonly height: number
}

/** Finds the clock on `channel` (from 1), or on the channel with the strongest and most regular edges. */
export function findClock(recorded: Recorded, channel?: number): RecordedClock {
  if (channel !== undefined && channel > recorded.channels) {
    const has = recorded.channels === 1 ? "one channel" : `${recorded.channels} channels`
    throw new BadInput(
      `${recorded.file}: has ${has}, no channel ${channel}; expected --channel 1${recorded.channels > 1 ? `..${recorded.channels}` : ""}`,
    )
  }
  const candidates = channel === undefined ? Array.from({ length: recorded.channels }, (_, index) => index + 1) : [channel]
  let best: RecordedClock | undefined
  let loudest = 0
  for (const candidate of candidates) {
    const found = findSteps(recorded, candidate - 1)
    loudest = Math.max(loudest, found.loudest)
    const clock = clockOf(found.steps, candidate, 1e6 / recorded.sampleRate)
    if (clock.pulses.length >= 2 && (!best || strength(clock) > strength(best))) best = clock
  }
  if (best) return best
  const where = candidates.length === 1 ? `channel ${candidates[0]}` : `any of its ${candidates.length} channels`
  const decibels = loudest === 0 ? "every sample is 0" : `the loudest sample is ${(20 * Math.log10(loudest)).toFixed(0)} dBFS`
  throw new BadInput(
    `${recorded.file}: no clock found on ${where}: ${decibels}${loudest > 0.01 ? ", but fewer than two pulses stand out" : ""}`,
  )
}

function clockOf(steps: Step[], channel: number, microsPerSample: number): RecordedClock {
  const inverted = leadsDownwards(steps)
  const leading = (step: Step): boolean => step.height > 0 !== inverted
  const pulses: Pulse[] = []
  for (let index = 0; index < steps.length; index++) {
    if (!leading(steps[index])) continue
    const start = steps[index].position * microsPerSample
    const next = steps[index + 1]
    const seen = next !== undefined && !leading(next)
    const limit = next === undefined ? Infinity : (next.position - steps[index].position) * microsPerSample
    pulses.push({ start, end: start + (seen ? limit : Math.min(UNSEEN_WIDTH_MICROS, limit / 2)) })
  }
  return { channel, inverted, pulses, height: median(steps.filter(leading).map((step) => Math.abs(step.height))) }
}

/**
 * A pulse begins where the signal rests, and a coupled signal rests near zero; so the leading edges are those that start nearer
 * to zero. Where both start alike (a square), or only one kind is seen, that is no evidence: a clock rises, unless it only falls.
 */
function leadsDownwards(steps: Step[]): boolean {
  const rising = steps.filter((step) => step.height > 0)
  const falling = steps.filter((step) => step.height < 0)
  if (rising.length < falling.length / 4) return true
  if (falling.length < rising.length / 4) return false
  const restOfRising = Math.abs(median(rising.map((step) => step.before)))
  const restOfFalling = Math.abs(median(falling.map((step) => step.before)))
  return restOfFalling < 0.6 * restOfRising && restOfRising - restOfFalling > 0.06 * median(rising.map((step) => step.height))
}

/** Edge height times the share of regular intervals: a clock beats music that is a little louder. */
function strength(clock: RecordedClock): number {
  const intervals = clock.pulses.slice(1).map((pulse, index) => pulse.start - clock.pulses[index].start)
  const usual = median(intervals)
  const regular = intervals.filter((interval) => Math.abs(interval - usual) < usual / 4).length
  return clock.height * (regular / intervals.length) ** 2
}

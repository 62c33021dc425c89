/**
 * The pulses a run followed, and how far from them its clocks stood.
 *
 * At 1 pulse a beat every 24th clock should stand on a pulse, at 24 every clock. Which ones (the residue) is what most pulses
 * say. Then a clock and a pulse belong together when each is the other's nearest and they are no more than half a pulse's
 * period apart. So a spurious pulse stays without a clock and a missing one leaves its clock alone, and neither spoils the
 * figures, while a clock that is truly late by anything up to half a period is counted in full.
 *
 * Confession: the ratio is that of the settings at the start; a run that changes it midway is measured wrongly after that.
 */
import { byteOf, IN_CV, IN_MIDI_DIN, IN_MIDI_USB, lengthOf, valueOf } from "../../src/event"
import { TICKS_PER_BEAT, type Micros } from "../../src/time"
import type { Recording } from "../recording"
import { numberSetting, type Clocks } from "./clocks"
import { intervalsOf } from "./statistics"

export interface Pulses {
  /** Name of the input port, null where the run followed nothing. */
  readonly port: string | null
  readonly perBeat: number
  readonly times: Float64Array
}

export interface PhaseErrors {
  /** Times of the pulses that have a clock. */
  readonly times: Float64Array
  /** Clock minus pulse: positive is late. */
  readonly micros: Float64Array
  /** The same, without those of the first beat after each start: nobody can predict a first pulse. */
  readonly settledMicros: Float64Array
  /** Pulses without a clock: spurious ones, those before the clock ran, and those it missed by more than half a period. */
  readonly unmatchedPulses: Float64Array
}

export function pulsesOf(recording: Recording): Pulses {
  const source = recording.settings.source ?? "auto"
  const cv = {
    port: "cv",
    perBeat: numberSetting(recording.settings, "cv", "ppqn") || TICKS_PER_BEAT,
    times: risingEdges(recording, IN_CV),
  }
  const usb = { port: "midi-usb", perBeat: TICKS_PER_BEAT, times: clockBytes(recording, IN_MIDI_USB) }
  const din = { port: "midi-din", perBeat: TICKS_PER_BEAT, times: clockBytes(recording, IN_MIDI_DIN) }
  const heard = [cv, usb, din].find(({ port, times }) => times.length > 0 && (source === "auto" || source === port))
  return heard ?? { port: null, perBeat: TICKS_PER_BEAT, times: new Float64Array() }
}

/** Times at which a digital input went from 0 to 1. */
export function risingEdges(recording: Recording, port: number): Float64Array {
  const { times, words } = recording.inputs.ofPort(port)
  return times.filter((_, i) => valueOf(words[i]) === 1 && (i === 0 || valueOf(words[i - 1]) === 0))
}

function clockBytes(recording: Recording, port: number): Float64Array {
  const { times, words } = recording.inputs.ofPort(port)
  return times.filter((_, i) => lengthOf(words[i]) === 1 && byteOf(words[i], 0) === 0xf8)
}

export function phaseErrorsOf(pulses: Pulses, clocks: Clocks): PhaseErrors {
  const standing = clocksOnPulses(pulses, clocks)
  const nearestClock = nearestOf(pulses.times, standing)
  const nearestPulse = nearestOf(standing, pulses.times)
  const firstBeats = firstBeatsOf(clocks)
  let next = 0
  const times: Micros[] = []
  const micros: Micros[] = []
  const settled: Micros[] = []
  const unmatched: Micros[] = []
  pulses.times.forEach((time, pulse) => {
    const clock = nearestClock[pulse]
    const error = clock < 0 ? Infinity : standing[clock] - time
    if (nearestPulse[clock] !== pulse || isBeyondHalfPeriod(Math.abs(error), pulses.times, pulse)) {
      unmatched.push(time)
      return
    }
    times.push(time)
    micros.push(error)
    while (next < firstBeats.length && firstBeats[next].until <= standing[clock]) next++
    const isSettling = next < firstBeats.length && standing[clock] >= firstBeats[next].from
    if (!isSettling) settled.push(error)
  })
  return {
    times: Float64Array.from(times),
    micros: Float64Array.from(micros),
    settledMicros: Float64Array.from(settled),
    unmatchedPulses: Float64Array.from(unmatched),
  }
}

/** The period is the median of the intervals nearby, which one missing or spurious pulse does not move. */
function isBeyondHalfPeriod(error: Micros, times: Float64Array, pulse: number): boolean {
  if (!Number.isFinite(error)) return true
  const shortest = Math.min(times[pulse] - (times[pulse - 1] ?? -Infinity), (times[pulse + 1] ?? Infinity) - times[pulse])
  if (error <= shortest / 2) return false
  const nearby = intervalsOf(times.subarray(Math.max(0, pulse - 3), pulse + 4)).sort()
  return nearby.length > 0 && error > nearby[nearby.length >> 1] / 2
}

/** From the first clock of each stretch of playing to its 25th. */
function firstBeatsOf({ times, transport }: Clocks): { from: Micros; until: Micros }[] {
  const beginnings = new Set([0, ...transport.filter(({ change }) => change !== "stop").map(({ clockIndex }) => clockIndex)])
  return [...beginnings]
    .filter((first) => first < times.length)
    .map((first) => ({ from: times[first], until: times[Math.min(first + TICKS_PER_BEAT, times.length - 1)] }))
}

/** Times of the clocks that ought to stand on a pulse. */
function clocksOnPulses(pulses: Pulses, clocks: Clocks): Float64Array {
  const stride = Math.max(1, Math.round(TICKS_PER_BEAT / pulses.perBeat))
  if (stride === 1) return clocks.times
  const places = placesOf(clocks)
  const votes = new Array<number>(stride).fill(0)
  for (const clock of nearestOf(pulses.times, clocks.times)) if (clock >= 0) votes[places[clock] % stride]++
  const residue = votes.indexOf(Math.max(...votes))
  return clocks.times.filter((_, i) => places[i] % stride === residue)
}

/** The place in the song where there is one, else counted on from the clock before. */
function placesOf(clocks: Clocks): Int32Array {
  const places = Int32Array.from(clocks.ticks)
  for (let i = 0; i < places.length; i++) if (places[i] < 0) places[i] = i === 0 ? 0 : places[i - 1] + 1
  return places
}

/** For each of `from` the index of the nearest in `to` (the earlier of two equals), -1 where `to` is empty. Both in order. */
function nearestOf(from: Float64Array, to: Float64Array): Int32Array {
  const nearest = new Int32Array(from.length).fill(-1)
  if (to.length === 0) return nearest
  let j = 0
  for (let i = 0; i < from.length; i++) {
    while (j + 1 < to.length && Math.abs(to[j + 1] - from[i]) < Math.abs(to[j] - from[i])) j++
    nearest[i] = j
  }
  return nearest
}

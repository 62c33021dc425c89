/**
 * Where each clock of a run lies in a MIDI file. 40 file ticks a clock, so that the song's beats are the file's quarters. A
 * song that starts (or goes on) after a pause starts on the bar line nearest to where the old tempo would have got to, and
 * what came before is stretched to fit: beat 1 is at the beginning of a bar in the DAW, at its true time.
 *
 * Anchors are set at the beats and not at each clock: what a clock does within its beat (catching up, jitter) is no tempo.
 * Confession: a beat longer than 16.7 s cannot be written as one quarter; then every beat takes 2, 4, … of them.
 */
import { TICKS_PER_BEAT, type Micros } from "../../src/time"
import type { Clocks } from "./clocks"
import { SLOWEST_QUARTER, TICKS_PER_QUARTER, type Anchor } from "./tempo-map"

export interface SongLayout {
  readonly anchors: readonly Anchor[]
  /** File tick of each clock. */
  readonly clockTicks: readonly number[]
  readonly quartersPerBeat: number
}

const BEATS_PER_BAR = 4

export function songLayoutOf(clocks: Clocks): SongLayout {
  const { times, ticks } = clocks
  const quartersPerBeat = quartersPerBeatOf(times)
  const ticksPerClock = (TICKS_PER_QUARTER / TICKS_PER_BEAT) * quartersPerBeat
  const ticksPerBar = TICKS_PER_QUARTER * quartersPerBeat * BEATS_PER_BAR
  const anchors: Anchor[] = [{ tick: 0, time: 0 }]
  const clockTicks: number[] = []
  const setAnchor = (tick: number, time: Micros) => {
    const before = anchors[anchors.length - 1]
    if (tick > before.tick && (time - before.time) / (tick - before.tick) < SLOWEST_QUARTER / TICKS_PER_QUARTER)
      anchors.push({ tick, time })
  }
  const beginnings = new Set([0, ...clocks.transport.filter(({ change }) => change !== "stop").map(({ clockIndex }) => clockIndex)])
  for (let i = 0; i < times.length; i++) {
    const place = Math.max(0, ticks[i])
    if (!beginnings.has(i)) clockTicks.push(clockTicks[i - 1] + ticksPerClock)
    else {
      const since = i === 0 ? 0 : clockTicks[i - 1]
      const gap = times[i] - (i === 0 ? 0 : times[i - 1])
      const interval = intervalAround(times, i)
      const withoutPause = i > 0 && gap < interval * 1.5
      if (withoutPause) clockTicks.push(since + ticksPerClock)
      else {
        if (i > 0) setAnchor(since, times[i - 1])
        const inBar = (place * ticksPerClock) % ticksPerBar
        const bars = Math.round((since + (gap / interval) * ticksPerClock - inBar) / ticksPerBar)
        const least = gap === 0 ? since : since + 1
        clockTicks.push(Math.max(bars, Math.ceil((least - inBar) / ticksPerBar)) * ticksPerBar + inBar)
      }
      setAnchor(clockTicks[i], times[i])
    }
    if ((ticks[i] < 0 ? i : place) % TICKS_PER_BEAT === 0) setAnchor(clockTicks[i], times[i])
  }
  if (times.length > 0) setAnchor(clockTicks[times.length - 1], times[times.length - 1])
  return { anchors, clockTicks, quartersPerBeat }
}

/** The interval of clocks on the side of clock `i` where the song goes on, else on the other; half a second's beat for lone clocks. */
function intervalAround(times: Float64Array, i: number): Micros {
  if (i + 1 < times.length) return Math.max(1, times[i + 1] - times[i])
  if (i > 1) return Math.max(1, times[i - 1] - times[i - 2])
  return 500_000 / TICKS_PER_BEAT
}

function quartersPerBeatOf(times: Float64Array): number {
  let longest = 0
  for (let i = TICKS_PER_BEAT; i < times.length; i++) longest = Math.max(longest, times[i] - times[i - TICKS_PER_BEAT])
  let quarters = 1
  while (longest / quarters > SLOWEST_QUARTER && quarters < 64) quarters *= 2
  return quarters
}

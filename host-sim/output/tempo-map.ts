/**
 * A tempo map of whole microseconds a quarter (Set Tempo knows no finer) whose times stay true for ever. From each change the
 * longest stretch is sought over which one whole number keeps every anchor within the tolerance: the numbers allowed form a
 * cone that each further anchor narrows. The next stretch begins where the file really is, not where it should be, so
 * rounding never accumulates; and a steady tempo, whatever the digits behind its point, takes a change only every minute or so.
 */
import type { Micros } from "../../src/time"

/** File ticks in a quarter note: 40 a MIDI clock; every DAW reads it. */
export const TICKS_PER_QUARTER = 960

/** How far the file's time may be from an anchor's. */
const TOLERANCE: Micros = 20

/** Set Tempo has 24 bits: nothing slower than 3.58 BPM can be written. */
export const SLOWEST_QUARTER: Micros = 0xffffff

/** At this file tick it must be this time. */
export interface Anchor {
  readonly tick: number
  readonly time: Micros
}

export interface TempoChange extends Anchor {
  readonly microsPerQuarter: number
}

/** Longer gaps are divided: over more than 40 quarters rounding alone could exceed the tolerance. */
const LONGEST_GAP_TICKS = 16 * TICKS_PER_QUARTER

/** `anchors` in ascending order of both; the first is the file's beginning. At least one change, at the first anchor. */
export function tempoMapOf(anchors: readonly Anchor[]): TempoChange[] {
  const points = withoutLongGaps(anchors)
  const changes: TempoChange[] = []
  let from: Anchor = points[0]
  let next = 1
  do {
    let least = 1
    let most = SLOWEST_QUARTER
    let microsPerQuarter = 500_000
    for (; next < points.length; next++) {
      const quarters = (points[next].tick - from.tick) / TICKS_PER_QUARTER
      const ideal = (points[next].time - from.time) / quarters
      const narrowerLeast = Math.max(least, Math.ceil(ideal - TOLERANCE / quarters))
      const narrowerMost = Math.min(most, Math.floor(ideal + TOLERANCE / quarters))
      const allowed = narrowerLeast <= narrowerMost
      if (!allowed && points[next - 1].tick > from.tick) break
      least = allowed ? narrowerLeast : least
      most = allowed ? narrowerMost : most
      microsPerQuarter = Math.min(most, Math.max(least, Math.round(ideal)))
    }
    changes.push({ ...from, microsPerQuarter })
    const last = points[next - 1]
    from = { tick: last.tick, time: from.time + ((last.tick - from.tick) / TICKS_PER_QUARTER) * microsPerQuarter }
  } while (next < points.length)
  return changes
}

function withoutLongGaps(anchors: readonly Anchor[]): Anchor[] {
  const points: Anchor[] = [anchors[0]]
  for (let i = 1; i < anchors.length; i++) {
    const before = anchors[i - 1]
    const ticks = anchors[i].tick - before.tick
    const micros = anchors[i].time - before.time
    const parts = Math.ceil(ticks / LONGEST_GAP_TICKS)
    for (let part = 1; part < parts; part++) {
      const tick = before.tick + Math.round((ticks * part) / parts)
      points.push({ tick, time: before.time + (micros * (tick - before.tick)) / ticks })
    }
    points.push(anchors[i])
  }
  return points
}

/** The file tick nearest to each time; `times` must ascend. Beyond the last change its tempo goes on. */
export function ticksAt(changes: readonly TempoChange[], times: ArrayLike<Micros>): number[] {
  let current = 0
  return Array.from(times, (time) => {
    while (current + 1 < changes.length && changes[current + 1].time <= time) current++
    const { tick, time: since, microsPerQuarter } = changes[current]
    return Math.max(0, Math.round(tick + ((time - since) * TICKS_PER_QUARTER) / microsPerQuarter))
  })
}

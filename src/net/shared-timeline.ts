/**
 * A leader's timeline on the shared clock: from `at` on, song tick `tick` stands at `at`, ticks last `periodMicros`, and the song runs
 * or stands still. It reaches followers as numbered changes, each ahead of its own time, and is repeated by heartbeats, so a lost
 * packet costs nothing and one who comes late has it all. The change that rules at a moment is the last one whose time has come,
 * on every machine the same: a tempo change lands on the same step everywhere.
 */
import type { SharedMicros } from "../osc/timetag"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_SIXTEENTH } from "../time"

export interface TimelineChange {
  readonly leader: string
  /** Rises with every election. */
  readonly term: number
  /** Rises with every change of a term. */
  readonly number: number
  readonly at: SharedMicros
  readonly tick: number
  readonly periodMicros: number
  readonly isRunning: boolean
}

export function timeOfTick(change: TimelineChange, tick: number): SharedMicros {
  return change.at + (tick - change.tick) * change.periodMicros
}

export function tickAtTime(change: TimelineChange, time: SharedMicros): number {
  return change.isRunning ? change.tick + (time - change.at) / change.periodMicros : change.tick
}

/** Whether the first was made after the second, or by a leader who goes before the second's. */
function isNewer(first: TimelineChange, second: TimelineChange): boolean {
  if (first.term !== second.term) return first.term > second.term
  if (first.leader !== second.leader) return first.leader < second.leader
  return first.number > second.number
}

/** Changes that wait for their time beyond the ruling one; a leader makes them seconds apart at most. */
const MOST_PENDING = 16

/** Orders changes as they come, in any order and any number of times. */
export class SharedTimeline {
  /** The change that rules; undefined before the first. */
  current: TimelineChange | undefined
  readonly pending: TimelineChange[] = []

  /** The newest known, ruling or not. */
  get newest(): TimelineChange | undefined {
    return this.pending.at(-1) ?? this.current
  }

  /** False: known already, or of a leader whose time is over. */
  hear(change: TimelineChange): boolean {
    const { newest } = this
    if (newest && (change.term < newest.term || (change.term === newest.term && change.leader > newest.leader))) return false
    if (newest && (change.term > newest.term || change.leader < newest.leader)) this.pending.length = 0 // of the leader before
    if (this.current && !isNewer(change, this.current)) return false
    if (this.pending.some((each) => !isNewer(change, each) && !isNewer(each, change))) return false
    if (this.pending.length >= MOST_PENDING) return false
    const slot = this.pending.findIndex((each) => isNewer(each, change))
    this.pending.splice(slot < 0 ? this.pending.length : slot, 0, change)
    return true
  }

  /** The first change that waits comes to rule. */
  takeNext(): void {
    this.current = this.pending.shift() ?? this.current
  }
}

/** The leader's side: makes changes that begin at a whole tick where the song runs. */
export class TimelineLeader {
  private number = 0

  constructor(
    readonly id: string,
    readonly term: number,
    private readonly timeline: SharedTimeline,
  ) {}

  /** Plays from the beginning (or from `tick`) at `at`. */
  play(wanted: SharedMicros, tick = 0, bpm?: number): TimelineChange {
    const at = this.afterNewest(wanted)
    return this.make({ at, tick, isRunning: true, periodMicros: bpm ? TICK_MICROS_AT_1_BPM / bpm : this.period() })
  }

  /** Plays from the sixteenth on which it stands; undefined where it runs. */
  continue(at: SharedMicros): TimelineChange | undefined {
    const { newest } = this.timeline
    if (newest?.isRunning) return undefined
    return this.play(at, Math.ceil((newest?.tick ?? 0) / TICKS_PER_SIXTEENTH) * TICKS_PER_SIXTEENTH)
  }

  stop(wanted: SharedMicros): TimelineChange {
    const at = this.afterNewest(wanted)
    return this.make({ at, tick: this.tickAt(at), isRunning: false, periodMicros: this.period() })
  }

  /** A new tempo from the first tick at or after `at`: the step on which it changes is the same for all. */
  tempo(wanted: SharedMicros, bpm: number): TimelineChange {
    const { newest } = this.timeline
    const at = this.afterNewest(wanted)
    const periodMicros = TICK_MICROS_AT_1_BPM / bpm
    if (!newest?.isRunning) return this.make({ at, tick: newest?.tick ?? 0, isRunning: false, periodMicros })
    const tick = Math.ceil(tickAtTime(newest, at))
    return this.make({ at: timeOfTick(newest, tick), tick, isRunning: true, periodMicros })
  }

  /** The same timeline under a new term: what an elected leader says first. */
  takeOver(wanted: SharedMicros): TimelineChange | undefined {
    const { newest } = this.timeline
    if (!newest) return undefined
    const at = this.afterNewest(wanted)
    const tick = newest.isRunning ? Math.ceil(tickAtTime(newest, at)) : newest.tick
    return this.make({ ...newest, at: newest.isRunning ? timeOfTick(newest, tick) : at, tick })
  }

  /** Changes come to rule one after the other. Before the newest its song has no ticks. */
  private afterNewest(at: SharedMicros): SharedMicros {
    return Math.max(at, this.timeline.newest?.at ?? at)
  }

  private tickAt(at: SharedMicros): number {
    const { newest } = this.timeline
    return newest ? Math.ceil(tickAtTime(newest, at) - 1e-6) : 0
  }

  private period(): number {
    return this.timeline.newest?.periodMicros ?? TICK_MICROS_AT_1_BPM / 120
  }

  private make(what: Pick<TimelineChange, "at" | "tick" | "isRunning" | "periodMicros">): TimelineChange {
    const { at, tick, isRunning, periodMicros } = what
    const change = { leader: this.id, term: this.term, number: ++this.number, at, tick, isRunning, periodMicros }
    this.timeline.hear(change)
    return change
  }
}

/**
 * A list as the song that a module plays: each recording with a tempo is a song whose beat 1 stands at its cue; one without lets the
 * transport stand. What comes of it are changes of a shared timeline, so the module (and whoever follows this machine) is on the
 * recordings exactly, however its own clock runs.
 *
 * A list that is entered in the middle is joined on the next beat. A sync pulse that has just begun when another song does ends first,
 * so that beat 1 can be half a millisecond late there.
 */
import type { SharedMicros } from "../../src/osc/timetag"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT } from "../../src/time"
import type { TimelineChange } from "../../src/net/shared-timeline"
import { SAMPLE_RATE } from "./decode"
import type { Track } from "./playlist"
import type { Program } from "./program"

/** A cue within this of the beginning follows the song before without a stop. */
const LEAST_STOP_MICROS = 50_000

export class ListTimeline {
  private number = 0
  private told = -1
  private period = TICK_MICROS_AT_1_BPM / 120

  /** Frame 0 of the program is heard at `origin`; nothing is said about times before `start`. A later timeline has a higher `term`. */
  constructor(
    private readonly leader: string,
    private readonly term: number,
    private readonly origin: SharedMicros,
    private readonly start: SharedMicros = origin,
    /** Whether something runs until `start`. */
    private isRunning = false,
  ) {}

  /** The changes that tracks loaded since the last call bring. */
  changes(program: Program): TimelineChange[] {
    const found: TimelineChange[] = []
    for (const { track, begins, ends } of program.known) {
      if (begins <= this.told) continue
      this.told = begins
      if (this.timeOf(ends) <= this.start) continue
      const from = Math.max(this.timeOf(begins), this.start)
      const song = track.bpm === undefined ? undefined : this.firstBeat(track, begins)
      const isSong = song !== undefined && song.at < this.timeOf(ends)
      if (this.isRunning && (!isSong || song.at - from > LEAST_STOP_MICROS)) found.push(this.stand(from))
      if (isSong) found.push(this.run(song.at, song.tick))
    }
    if (this.isRunning && program.end < Infinity) found.push(this.stand(this.timeOf(program.end)))
    return found
  }

  /** The list is left. The change goes before all others that are still to come. */
  static leave(leader: string, term: number, at: SharedMicros): TimelineChange {
    return { leader, term, number: 1, at, tick: 0, periodMicros: TICK_MICROS_AT_1_BPM / 120, isRunning: false }
  }

  private timeOf(frame: number): SharedMicros {
    return this.origin + (frame / SAMPLE_RATE) * 1e6
  }

  /** Beat 1, or the first beat after the start; from here on ticks are as long as this track's. */
  private firstBeat(track: Track, begins: number): { at: SharedMicros; tick: number } {
    this.period = TICK_MICROS_AT_1_BPM / Number(track.bpm)
    const beat = TICKS_PER_BEAT * this.period
    const cue = this.timeOf(begins) + (track.cueSeconds ?? 0) * 1e6
    const beats = cue < this.start ? Math.ceil((this.start - cue) / beat) : 0
    return { at: cue + beats * beat, tick: beats * TICKS_PER_BEAT }
  }

  private run(at: SharedMicros, tick: number): TimelineChange {
    this.isRunning = true
    return this.make(at, tick, true)
  }

  private stand(at: SharedMicros): TimelineChange {
    this.isRunning = false
    return this.make(at, 0, false)
  }

  private make(at: SharedMicros, tick: number, isRunning: boolean): TimelineChange {
    return { leader: this.leader, term: this.term, number: ++this.number, at, tick, periodMicros: this.period, isRunning }
  }
}

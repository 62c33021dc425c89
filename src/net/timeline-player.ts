/**
 * Plays a shared timeline on a module: each change takes effect at its own shared time, and between changes the module's internal
 * clock is kept on the line as the clock map learns (by less than a microsecond at a time once it has settled).
 *
 * A start has to be told to the module before its time (commit lead plus what start messages need). A machine that joins a running
 * song sends its song position and continues on the next beat that it can still reach. Where a hand starts this module anew, it is on
 * ticks of its own until the leader's next start, and keeps to the leader's line all the same: to be where the leader's song is, it would
 * have to send all clocks since the song began at once.
 */
import { LEAD_MICROS } from "../backend"
import { IN_REMOTE, levelEvent, REMOTE_STOP } from "../event"
import { START_LEAD_MICROS } from "../output/output"
import type { SharedMicros } from "../osc/timetag"
import { TICKS_PER_BEAT, type Micros } from "../time"
import type { ModuleHand } from "./module-hand"
import { SharedTimeline, tickAtTime, timeOfTick, type TimelineChange } from "./shared-timeline"

/** The map between this machine's clock and the shared one. */
export interface TwoWayClock {
  sharedAt(local: Micros): SharedMicros
  localAt(shared: SharedMicros): Micros
}

/** Two lines that meet within half a tick are one song. */
const SAME_SONG_TICKS = 0.5

/** How often the module's line is laid anew on the shared one. */
const STEER_MICROS = 100_000

/** Between telling the module to start and the start itself: one start message, and a millisecond so that rounding never matters. */
const START_MARGIN_MICROS = LEAD_MICROS + START_LEAD_MICROS + 1000

export class TimelinePlayer {
  readonly timeline = new SharedTimeline()
  /** Changes whose time had passed when they came, beyond what the lead allows. */
  lateChanges = 0

  private isPlaying = false
  private nextSteer: Micros = -Infinity
  /** Where the module's song began, and how many ticks it is ahead of the leader's since a hand has begun it anew. */
  private songBase = 0
  private ownTicks = 0
  /** Everything before this has been told to the module. */
  private pumped: Micros = 0

  constructor(
    private readonly hand: ModuleHand,
    private readonly clock: TwoWayClock,
  ) {}

  /** When `pump` has something to do next. */
  nextDue(): Micros {
    const { current, pending } = this.timeline
    const steer = current?.isRunning ? this.nextSteer : Infinity
    return pending.length > 0 ? Math.min(steer, this.toldAt(pending[0])) : steer
  }

  private toldAt(next: TimelineChange): Micros {
    return this.clock.localAt(next.at) - (this.isStart(this.timeline, next) ? this.startLead() : LEAD_MICROS)
  }

  /** Does what is due; call at least every few milliseconds, before the module is rendered for `now`. */
  pump(now: Micros): void {
    for (let next; (next = this.timeline.pending[0]);) {
      const told = this.toldAt(next)
      if (told > now) break
      const isStart = this.isStart(this.timeline, next)
      if (told < this.pumped) this.lateChanges++
      this.timeline.takeNext()
      this.apply(next, Math.max(told, this.pumped), isStart)
      this.pumped = Math.max(told, this.pumped)
    }
    const { current } = this.timeline
    if (current?.isRunning && now >= this.nextSteer) this.steer(current, now)
    this.pumped = Math.max(this.pumped, now)
  }

  private apply(change: TimelineChange, told: Micros, isStart: boolean): void {
    if (!change.isRunning) {
      if (this.isPlaying) this.hand.event(told, levelEvent(IN_REMOTE, REMOTE_STOP))
      this.isPlaying = false
    } else if (this.isPlaying && !isStart) this.steer(change, told)
    else {
      this.isPlaying = true
      this.start(change, told)
    }
  }

  /** A song that does not run yet, or another one: where the line does not go on from the one before, it starts anew. */
  private isStart({ current }: SharedTimeline, next: TimelineChange): boolean {
    if (!next.isRunning) return false
    return !this.isPlaying || !current?.isRunning || Math.abs(tickAtTime(current, next.at) - next.tick) > SAME_SONG_TICKS
  }

  private startLead(): Micros {
    return START_MARGIN_MICROS - Math.min(0, this.hand.module.outputs.leastLatency)
  }

  private start(change: TimelineChange, told: Micros): void {
    const earliest = tickAtTime(change, this.clock.sharedAt(told + this.startLead()))
    const isOnTime = earliest <= change.tick + 0.5
    const first = isOnTime ? change.tick : Math.ceil(earliest / TICKS_PER_BEAT) * TICKS_PER_BEAT
    const at = this.clock.localAt(timeOfTick(change, first))
    this.hand.line(told, { at, tick: first, period: this.tickMicros(change, first, at), starts: true })
    this.songBase = this.hand.module.transport.songBase
    this.ownTicks = 0
    this.nextSteer = at + STEER_MICROS
  }

  private steer(change: TimelineChange, now: Micros): void {
    this.nextSteer = now + STEER_MICROS
    const tick = Math.max(change.tick, Math.round(tickAtTime(change, this.clock.sharedAt(now + LEAD_MICROS))))
    const at = this.clock.localAt(timeOfTick(change, tick))
    const { line, transport } = this.hand.module
    if (transport.songBase !== this.songBase) {
      this.songBase = transport.songBase
      this.ownTicks = Math.round(line.tickAt(at) - this.songBase) - tick
    }
    this.hand.line(now, { at, tick: tick + this.ownTicks, period: this.tickMicros(change, tick, at), starts: false })
  }

  /** A tick on our own clock. */
  private tickMicros(change: TimelineChange, tick: number, at: Micros): Micros {
    return (this.clock.localAt(timeOfTick(change, tick + TICKS_PER_BEAT)) - at) / TICKS_PER_BEAT
  }
}

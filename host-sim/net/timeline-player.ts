/**
 * Plays a shared timeline on a module: each change takes effect at its own shared time, and between changes the module's internal
 * clock is kept on the line as the clock map learns (by less than a microsecond at a time once it has settled).
 *
 * A start has to be told to the module before its time (commit lead plus what start messages need). A machine that joins a running
 * song sends its song position and continues on the next beat that it can still reach.
 */
import { feed, LEAD_MICROS } from "../../src/backend"
import { IN_REMOTE, levelEvent, REMOTE_STOP } from "../../src/event"
import type { Module } from "../../src/module"
import { START_LEAD_MICROS } from "../../src/output/output"
import type { SharedMicros } from "../../src/osc/timetag"
import type { EventSink } from "../../src/processor"
import { TICKS_PER_BEAT, type Micros } from "../../src/time"
import { SharedTimeline, tickAtTime, timeOfTick, type TimelineChange } from "./shared-timeline"

/** The map between this machine's clock and the shared one. */
export interface TwoWayClock {
  sharedAt(local: Micros): SharedMicros
  localAt(shared: SharedMicros): Micros
}

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
  /** Everything before this has been told to the module. */
  private pumped: Micros = 0

  constructor(
    private readonly module: Module,
    private readonly clock: TwoWayClock,
    private readonly out: EventSink,
  ) {}

  /** Does what is due; call at least every few milliseconds, before the module is rendered for `now`. */
  pump(now: Micros): void {
    for (let next; (next = this.timeline.pending[0]);) {
      const isStart = next.isRunning && !this.isPlaying
      const told = this.clock.localAt(next.at) - (isStart ? this.startLead() : LEAD_MICROS)
      if (told > now) break
      if (told < this.pumped) this.lateChanges++
      this.timeline.takeNext()
      this.apply(next, Math.max(told, this.pumped))
      this.pumped = Math.max(told, this.pumped)
    }
    const { current } = this.timeline
    if (current?.isRunning && now >= this.nextSteer) this.steer(current, now)
    this.pumped = now
  }

  private apply(change: TimelineChange, told: Micros): void {
    if (!change.isRunning) {
      if (this.isPlaying) feed(this.module, this.out, told, levelEvent(IN_REMOTE, REMOTE_STOP))
      this.isPlaying = false
    } else if (this.isPlaying) this.steer(change, told)
    else {
      this.isPlaying = true
      this.start(change, told)
    }
  }

  private startLead(): Micros {
    return START_MARGIN_MICROS - Math.min(0, this.module.outputs.leastLatency)
  }

  private start(change: TimelineChange, told: Micros): void {
    const earliest = tickAtTime(change, this.clock.sharedAt(told + this.startLead()))
    const isOnTime = earliest <= change.tick + 0.5
    const first = isOnTime ? change.tick : Math.ceil(earliest / TICKS_PER_BEAT) * TICKS_PER_BEAT
    const at = this.clock.localAt(timeOfTick(change, first))
    this.module.render(told + LEAD_MICROS, this.out)
    this.module.startAt(told, at, first, this.tickMicros(change, first, at))
    this.nextSteer = at + STEER_MICROS
  }

  private steer(change: TimelineChange, now: Micros): void {
    this.nextSteer = now + STEER_MICROS
    const tick = Math.max(change.tick, Math.round(tickAtTime(change, this.clock.sharedAt(now + LEAD_MICROS))))
    this.layLine(now, this.clock.localAt(timeOfTick(change, tick)), change, tick)
  }

  private layLine(now: Micros, at: Micros, change: TimelineChange, tick: number): void {
    this.module.render(now + LEAD_MICROS, this.out)
    this.module.steer(now, at, tick, this.tickMicros(change, tick, at))
  }

  /** A tick on our own clock. */
  private tickMicros(change: TimelineChange, tick: number, at: Micros): Micros {
    return (this.clock.localAt(timeOfTick(change, tick + TICKS_PER_BEAT)) - at) / TICKS_PER_BEAT
  }
}

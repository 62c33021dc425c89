/**
 * A bijection between ticks and time: `timeOf(tick) = anchorTime + (tick - anchorTick) * period`. Positions are counted, time is
 * computed from them and never accumulated, so nothing drifts. A source re-anchors the line when it learns something; what is
 * already committed stays as it was, and `floor` says from when on the new line may be heard.
 *
 * `limit` is how far the clock may go before the next pulse is heard: outputs hold at the first tick at or beyond it.
 */
import type { Micros, Ticks } from "./time"

/** The period of a clock whose tempo is not known yet: ticks after the anchor are never due. */
export const UNKNOWN_PERIOD = 1e15

export class Timeline {
  anchorTime: Micros = 0
  anchorTick: Ticks = 0
  /** Microseconds a tick. */
  period: Micros = UNKNOWN_PERIOD
  /** First tick that may not be emitted yet; Infinity where the clock runs on by itself. */
  limit: Ticks = 0
  /** The horizon at the last change: everything before it is committed, nothing new may be placed there. */
  floor: Micros = 0
  /** The moment that is being acted on. */
  now: Micros = 0
  /** What is before is committed, or promised to be, whatever the lead. */
  ahead: Micros = 0

  /** What happens now can be heard from `now + lead` on, and not before `ahead`. */
  hearFrom(now: Micros, lead: Micros): void {
    const floor = now + lead
    const ahead = this.ahead
    this.now = now
    this.floor = floor < ahead ? ahead : floor
  }

  timeOf(tick: Ticks): Micros {
    return this.anchorTime + (tick - this.anchorTick) * this.period
  }

  tickAt(time: Micros): Ticks {
    return this.anchorTick + (time - this.anchorTime) / this.period
  }

  anchor(time: Micros, tick: Ticks, period: Micros): void {
    this.anchorTime = time
    this.anchorTick = tick
    this.period = period
  }

  isKnown(): boolean {
    return this.period < UNKNOWN_PERIOD
  }
}

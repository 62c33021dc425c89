/**
 * What every output is: a cursor that knows when its next event is due. The module asks the earliest, so nothing is polled.
 */
import type { EventSink } from "../processor"
import type { Micros } from "../time"

/** How long before beat 1 the start message, the run gate and the reset pulse leave. MIDI asks for 1 ms at least. */
export const START_LEAD_MICROS = 2000
/** Least time from a start message to the first clock, and between one message of a start and the next. MIDI 1.0: 1 ms. */
export const START_GAP_MICROS = 1000

export interface Output {
  /** When the next event leaves; Infinity while there is none. */
  due: Micros
  /** Sends what is due, and sets `due` anew. What follows from it may be sent along, if it is before `horizon`. */
  emit(out: EventSink, horizon: Micros): void
  /** The timeline has changed, or `floor` has moved: set `due` anew. */
  retime(): void
  /** The transport starts; `transport` says where and how. */
  start(): void
  /** The transport stops at once. */
  stop(): void
}

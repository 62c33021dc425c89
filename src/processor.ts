/**
 * The two faces between time and music. A processor hears what happened and says what shall happen; a sink takes it.
 *
 * The horizon of a render is a function of the time stamps alone, never of when the software got round to it: whoever feeds a
 * processor renders to `stamp + lead` before each input (see `feed` in backend.ts). So a run recorded on a module, with all
 * its pauses and collections, replays event for event in the simulator.
 */
import type { EventWord } from "./event"
import type { Micros } from "./time"

export interface EventSink {
  /** Takes an event for delivery at `time`, in any order. False means full: counted by the sink, never thrown. */
  schedule(time: Micros, event: EventWord): boolean
}

export interface Processor {
  /** It happened at `time`. Called in time order. */
  input(time: Micros, event: EventWord): void
  /** Emits everything due before `until`, once each, in order for each port. What is emitted is committed: it is never taken back. */
  render(until: Micros, out: EventSink): void
}

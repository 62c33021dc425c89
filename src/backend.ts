/**
 * A back end owns a clock, queues and pins (a board), an audio card (the host) or virtual time (the simulator). `pump` is the
 * whole main loop of each of them. Reading the clock comes before draining: an input stamped before `now` is then already in
 * the ring, and cannot be overtaken by its own future.
 */
import type { EventWord } from "./event"
import type { EventSink, Processor } from "./processor"
import type { Micros } from "./time"

/** How far ahead of their time events are committed. Early enough for a garbage collection, late enough to hear the next pulse. */
export const LEAD_MICROS = 8000

export interface Backend extends EventSink {
  now(): Micros
  /** Hands every captured input to `feed`, in time order. */
  drain(to: Processor): void
  /** Twice is fine. */
  close(): void
}

/** One input at its own time: what was to be committed before it is committed first. */
export function feed(processor: Processor, out: EventSink, time: Micros, event: EventWord): void {
  processor.render(time + LEAD_MICROS, out)
  processor.input(time, event)
}

export function pump(backend: Backend, processor: Processor): void {
  const now = backend.now()
  backend.drain(processor)
  processor.render(now + LEAD_MICROS, backend)
}

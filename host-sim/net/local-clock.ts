/**
 * This machine's two clocks. The monotonic one is the local time of everything; the system's clock of day is read where something
 * else (chrony, a PTP daemon, an RTC) keeps it right. Node gives the latter in whole milliseconds only, so it is read where it ticks
 * over: a wait of up to one millisecond for a reading good to a microsecond or two.
 */
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"

const start = process.hrtime.bigint()

/** Microseconds since this process began, monotonic, with a grain of a nanosecond. */
export function localMicros(): Micros {
  return Number(process.hrtime.bigint() - start) / 1000
}

/** A moment on both clocks: between `before` and `after` on the local one it was `shared` on the system's. */
export interface SystemReading {
  before: Micros
  shared: SharedMicros
  after: Micros
}

/** Waits (busily) for the system's clock to tick over. */
export function readSystemClock(): SystemReading {
  const first = Date.now()
  let before = localMicros()
  for (;;) {
    const now = Date.now()
    const after = localMicros()
    if (now !== first) return { before, shared: now * 1000, after }
    before = after
  }
}

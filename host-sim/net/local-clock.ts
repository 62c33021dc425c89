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

/** The same moment on the clock that all processes of this machine have in common. */
export function monotonicOf(local: Micros): Micros {
  return Number(start) / 1000 + local
}

/** A moment on both clocks: between `before` and `after` on the local one it was `shared` on the system's. */
export interface SystemReading {
  before: Micros
  shared: SharedMicros
  after: Micros
}

/**
 * Waits (busily) for the system's clock to tick over. `before` is read before the system's clock is, and `after` after: wherever the
 * thread is held up, the tick lies between the two. What comes out then is a wide reading, never a wrong one.
 */
export function readSystemClock(monotonic: () => Micros = localMicros, millisOfDay: () => number = Date.now): SystemReading {
  let before = monotonic()
  const first = millisOfDay()
  for (;;) {
    const asked = monotonic()
    const now = millisOfDay()
    if (now !== first) return { before, shared: now * 1000, after: monotonic() }
    before = asked
  }
}

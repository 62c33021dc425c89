/** The host's monotonic clock, the same for all threads. Steps of the wall clock do not move it. */
import type { Micros } from "../../src/time"

/** Where a session's time begins. */
export function clockOrigin(): bigint {
  return process.hrtime.bigint()
}

/** Whole microseconds since `origin`. */
export function microsSince(origin: bigint): Micros {
  return Number((process.hrtime.bigint() - origin) / 1000n)
}

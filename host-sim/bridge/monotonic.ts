/** The machine's monotonic clock: the same for all processes, and no step of the wall clock moves it. */
import type { Micros } from "../../src/time"

export function monotonicMicros(): Micros {
  return Number(process.hrtime.bigint()) / 1000
}

/**
 * The system's clock as the shared one, where chrony, a PTP daemon, an RTC or a GPS keeps it right. A ClockMap stands in between
 * all the same: when the system's clock is stepped, musical time is not. The error is what chrony reports; without chrony nobody
 * knows it, and `unknownErrorMicros` (50 ms, a machine that asked the internet at boot) is assumed and said; 0 where the others take
 * this very clock for the shared one.
 */
import { ClockMap } from "../../src/clock-map/clock-map"
import type { NtpStanding } from "../../src/clock-map/ntp"
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import { readChronyTracking } from "./chrony"
import { readSystemClock } from "./local-clock"
import type { ClockFeed } from "./ntp-client"
import type { SharedClock } from "./ntp-server"

const READ_MILLIS = 250
const ASK_CHRONY_MILLIS = 16_000

/** "LOCL": a clock of its own, uncalibrated (RFC 5905, figure 12). */
const REFERENCE_LOCAL = 0x4c4f434c

export class SystemClock implements SharedClock {
  /** What keeps the system's clock right. */
  source: string
  stratum = 10

  private errorOfSystem: number
  private readonly timers: NodeJS.Timeout[]

  /** `feed` is what the readings go to, where it is more than the map itself. */
  constructor(
    readonly map = new ClockMap(),
    private readonly feed: ClockFeed = map,
    unknownErrorMicros = 50_000,
  ) {
    this.errorOfSystem = unknownErrorMicros
    this.source = unknownErrorMicros > 0 ? "the system's clock, error unknown" : "the system's clock, which the others take"
    while (!this.map.isSet) this.read()
    void this.askChrony()
    this.timers = [setInterval(() => this.read(), READ_MILLIS), setInterval(() => void this.askChrony(), ASK_CHRONY_MILLIS)]
    for (const timer of this.timers) timer.unref()
  }

  sharedAt(local: Micros): SharedMicros {
    return this.map.sharedAt(local)
  }

  standing(local: Micros): NtpStanding {
    return {
      stratum: this.stratum,
      rootDelayMicros: 0,
      rootDispersionMicros: this.map.errorMicros(local),
      referenceId: REFERENCE_LOCAL,
    }
  }

  /** Twice is fine. */
  close(): void {
    for (const timer of this.timers) clearInterval(timer)
  }

  private read(): void {
    const { before, shared, after } = readSystemClock()
    this.feed.exchange(before, shared, shared, after, this.errorOfSystem)
  }

  private async askChrony(): Promise<void> {
    const tracking = await readChronyTracking()
    if (!tracking?.isSynchronised) return
    this.errorOfSystem = tracking.errorMicros
    this.stratum = Math.min(15, tracking.stratum + 1)
    this.source = `the system's clock, kept by chrony (${tracking.source || "its own"})`
  }
}

/**
 * The system's clock as the shared one, where chrony, a PTP daemon, an RTC or a GPS keeps it right. A ClockMap stands in between
 * all the same: when the system's clock is stepped, musical time is not. The error is what its keeper reports; without one nobody
 * knows it, and `unknownErrorMicros` (50 ms, a machine that asked the internet at boot) is assumed and said; 0 where the others take
 * this very clock for the shared one.
 */
import { ClockMap } from "../../src/clock-map/clock-map"
import type { NtpStanding } from "../../src/clock-map/ntp"
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import { Disciplines } from "./disciplines"
import { readSystemClock } from "./local-clock"
import type { ClockFeed } from "./ntp-client"
import type { SharedClock } from "./ntp-server"

const READ_MILLIS = 250
const ASK_MILLIS = 16_000

/** Its keeper has not answered so often: he is gone. */
const SILENCES_THAT_COUNT = 4

/** "LOCL": a clock of its own, uncalibrated (RFC 5905, figure 12). */
const REFERENCE_LOCAL = 0x4c4f434c

export class SystemClock implements SharedClock {
  /** What keeps the system's clock right. */
  source: string
  stratum = 10

  private errorOfSystem: number
  private silences = 0
  private readonly timers: NodeJS.Timeout[]

  /** `feed` is what the readings go to, where it is more than the map itself. */
  constructor(
    readonly map = new ClockMap(),
    private readonly feed: ClockFeed = map,
    private readonly unknownErrorMicros = 50_000,
    private readonly disciplines: Pick<Disciplines, "read"> = new Disciplines(),
  ) {
    this.errorOfSystem = unknownErrorMicros
    this.source = this.unkept()
    while (!this.map.isSet) this.read()
    void this.askKeeper()
    this.timers = [setInterval(() => this.read(), READ_MILLIS), setInterval(() => void this.askKeeper(), ASK_MILLIS)]
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

  private unkept(): string {
    return this.unknownErrorMicros > 0 ? "the system's clock, error unknown" : "the system's clock, which the others take"
  }

  private async askKeeper(): Promise<void> {
    const kept = await this.disciplines.read()
    if (kept) {
      this.silences = 0
      this.errorOfSystem = kept.errorMicros
      this.stratum = Math.min(15, kept.stratum + 1)
      this.source = `the system's clock, kept by ${kept.keeper}`
    } else if (++this.silences === SILENCES_THAT_COUNT) {
      this.errorOfSystem = this.unknownErrorMicros
      this.stratum = 10
      this.source = this.unkept()
    }
  }
}

/**
 * The map between this machine's clock and the one that all machines share, and the error that must be reckoned with. Exchanges
 * go into an envelope; what it finds is approached by running a little fast or slow, at most `maximumSlew`, until the difference
 * is gone. So shared time never jumps and never runs backwards once it is set: no beat is skipped or played twice. Without
 * exchanges the map runs on at the last known rate (holdover) and its error grows, visibly.
 *
 * A clock that is stepped elsewhere contradicts everything known of it. Three exchanges in a row that do so begin a new window.
 */
import type { SharedMicros } from "../osc/timetag"
import type { Micros } from "../time"
import { Envelope } from "./envelope"

/** 500 ppm: 0.05 % of tempo, a hundredth of the least change of tempo that is heard. */
export const MAXIMUM_SLEW = 5e-4

/** A difference is gone after this long, if the slew allows: slow against the jitter of the fit, quick against a song. */
const SETTLE_MICROS = 4_000_000

/** How fast an ordinary crystal's rate can walk away indoors, per microsecond of holdover: 1 ppm. */
const WANDER = 1e-6

/** Exchanges over which the mean round trip is taken. */
const MEAN_EXCHANGES = 64

/**
 * The error of the fit in units of mean excess over number of exchanges, exceeded once in a hundred looks in simulation (10 us of
 * 1 ms after 100 s at four a second), and that of the rate over the window in units of the fit's.
 */
const FIT_FACTOR = 20
const RATE_FACTOR = 3

/** The map counts as set from this exchange on; before, it may jump, because nobody plays by it yet. */
const SETTING_EXCHANGES = 8

/** Under this many exchanges nothing is known of the jitter, only that the truth lies in the corridor. */
const FEW_EXCHANGES = 12

const CONTRADICTIONS_THAT_COUNT = 3

export class ClockMap {
  /** Whether shared time is known, well enough to play by. From then on it never jumps. */
  isSet = false
  /** Times that the other clock was found to have been stepped. */
  steps = 0
  /** The line is being looked for: `think` has something to do. */
  isThinking = false

  private readonly envelope: Envelope
  private anchorLocal = 0
  private anchorShared = 0
  /** Rates (shared per local, minus 1) until and after the end of the slew. */
  private slewing = 0
  private settled = 0
  private slewEnd = 0
  private lastExchange = 0
  private referenceError = 0
  private meanRoundTrip = 0
  private contradictions = 0

  /**
   * With `leisureBins` (an even number) the line is looked for a step at a time, in `think`, among so many bins: for a machine on which
   * all of it at once would hold up a beat.
   */
  constructor(
    private readonly maximumSlew = MAXIMUM_SLEW,
    private readonly leisureBins = 0,
  ) {
    this.envelope = leisureBins > 0 ? new Envelope(undefined, leisureBins) : new Envelope()
  }

  /**
   * One exchange with the clock that is followed (RFC 5905, T1 to T4): sent and received on our clock, arrived and departed on
   * theirs. `theirError` is what they say of their own clock. False: it contradicts what is known and was put aside.
   */
  exchange(sent: Micros, arrived: SharedMicros, departed: SharedMicros, received: Micros, theirError = 0): boolean {
    if (!(received >= sent) || !(departed >= arrived)) return false
    if (this.isSet && this.contradicts(sent, arrived, departed, received)) {
      if (++this.contradictions < CONTRADICTIONS_THAT_COUNT) return false
      this.envelope.clear()
      this.isThinking = false
      this.steps++
    }
    this.contradictions = 0
    const envelope = this.envelope
    envelope.add(sent, arrived, departed, received)
    const roundTrip = received - sent - (departed - arrived)
    this.meanRoundTrip += (roundTrip - this.meanRoundTrip) / Math.min(MEAN_EXCHANGES, envelope.count)
    this.referenceError = theirError
    this.lastExchange = received
    if (this.leisureBins === 0) {
      envelope.fit(received)
      this.steer(received)
    } else if (!this.isThinking) {
      envelope.beginFit(received)
      this.isThinking = true
    }
    return true
  }

  /** A step on the way to the line, where it is looked for at leisure. */
  think(now: Micros): void {
    if (!this.isThinking || this.envelope.narrow()) return
    this.isThinking = false
    this.steer(now)
  }

  /** Shared time at a local time, rising always. Exact from the last exchange on; a little before it, within the slew. */
  sharedAt(local: Micros): SharedMicros {
    const elapsed = local - this.anchorLocal
    const slewed = local < this.slewEnd ? elapsed : this.slewEnd - this.anchorLocal
    return this.anchorShared + elapsed + slewed * this.slewing + (elapsed - slewed) * this.settled
  }

  /** Local time at a shared time: the exact inverse. */
  localAt(shared: SharedMicros): Micros {
    const elapsed = shared - this.anchorShared
    const slewMicros = this.slewEnd - this.anchorLocal
    const slewShared = slewMicros * (1 + this.slewing)
    if (elapsed < slewShared) return this.anchorLocal + elapsed / (1 + this.slewing)
    return this.slewEnd + (elapsed - slewShared) / (1 + this.settled)
  }

  /** How fast the shared clock runs against ours, minus 1. */
  get rate(): number {
    return this.settled
  }

  /** Mean time that packets took beyond the shortest, one way: what the network's jitter is. */
  get excessMicros(): number {
    return Math.max(0, this.meanRoundTrip - this.envelope.gapMicros) / 2
  }

  /** Shortest round trip seen in the window. */
  get roundTripMicros(): number {
    return Math.max(0, this.envelope.gapMicros)
  }

  /** What is still to be slewed away. */
  correctionMicros(local: Micros): number {
    return local >= this.slewEnd ? 0 : (this.slewEnd - local) * (this.slewing - this.settled)
  }

  /**
   * The error to reckon with at a local time where delays are alike both ways, us: the fit's (the excess over the number of
   * exchanges), the slew still to do, the other clock's own, and in holdover the rate's.
   */
  errorMicros(local: Micros): number {
    if (!this.isSet) return Infinity
    const fit = this.fitError()
    const age = Math.max(0, local - this.lastExchange)
    const rateError = (RATE_FACTOR * fit) / Math.max(1_000_000, this.envelope.spanMicros) + WANDER
    return this.referenceError + fit + Math.abs(this.correctionMicros(local)) + age * rateError
  }

  /** The error that could not be exceeded even if the whole shortest round trip were spent on one of the two ways. */
  maximumErrorMicros(local: Micros): number {
    return this.errorMicros(local) + this.roundTripMicros / 2
  }

  /** Time since the clock that is followed was last heard. */
  holdoverMicros(local: Micros): Micros {
    return this.isSet ? local - this.lastExchange : 0
  }

  private fitError(): number {
    if (this.envelope.count < FEW_EXCHANGES) return 1 + this.meanRoundTrip / 2
    return 1 + (FIT_FACTOR * this.excessMicros) / this.envelope.count
  }

  private contradicts(sent: Micros, arrived: SharedMicros, departed: SharedMicros, received: Micros): boolean {
    const envelope = this.envelope
    const out = arrived - sent - this.lineAt(sent)
    const back = departed - received - this.lineAt(received)
    const age = Math.max(0, received - this.lastExchange)
    const doubt =
      Math.max(0, envelope.gapMicros) / 2 +
      10 * this.fitError() +
      age * (WANDER * 2) +
      (envelope.spanMicros < 10_000_000 ? age * MAXIMUM_SLEW : 0)
    return out < -doubt || back > doubt
  }

  private lineAt(local: Micros): number {
    return this.envelope.offsetMicros + this.envelope.rate * (local - this.envelope.referenceMicros)
  }

  private steer(now: Micros): void {
    const target = now + this.lineAt(now)
    const shared = this.isSet ? this.sharedAt(now) : target
    const difference = target - shared
    if (this.envelope.count >= SETTING_EXCHANGES) this.isSet = true
    this.anchorLocal = now
    this.anchorShared = shared
    this.settled = this.envelope.rate
    const slew = Math.max(-this.maximumSlew, Math.min(this.maximumSlew, difference / SETTLE_MICROS))
    this.slewing = this.settled + slew
    this.slewEnd = slew === 0 ? now : now + difference / slew
  }
}

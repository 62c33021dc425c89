/**
 * A sound card's clock against ours. A card takes frames in gulps, as soon as it has room for them, and we see late that it did: by the
 * rest of our own round, by a busy machine, hardly ever early. So an average of the readings is worth little on a loaded machine, but their
 * early edge is sharp. A stretch of time keeps its earliest reading only, and the line is laid through those by least squares in which
 * an early one counts fifty times a late one.
 *
 * Stretches are a quarter of a second; when there are 120 of them neighbours merge, up to four seconds each: eight minutes. Where the crystal
 * has wandered in that time, so that the latest stretches no longer lie on the line, the older half is forgotten. When several in a
 * row are off by milliseconds, time has been lost on the way (an underrun, a stalled thread): that is an interruption, and the line begins
 * anew with them.
 */
import type { Micros } from "../../src/time"

const FIRST_BIN_MICROS = 250_000
const LAST_BIN_MICROS = 4_000_000
const BINS = 120
/** This share of the stretches is the latest; the crystal has wandered when they lie off the line by more than chance and this much. */
const LATEST_SHARE = 1 / 8
const WANDER_MICROS = 3
const WANDER_DEVIATIONS = 4
/** Under three seconds a crystal cannot be told from the readings: the rate stays what it was. */
const LEAST_SPAN_MICROS = 3_000_000
const MAXIMUM_RATE = 1e-3
const LEAST_BINS = 3
const MOST_QUARTERS = 12
/** Lost time: so many quarters of a second in a row, all off the line by more than so much. */
const LOSSES: readonly { readonly bins: number; readonly micros: Micros }[] = [
  { bins: 3, micros: 5000 },
  { bins: 12, micros: 1500 },
]
/** So many mean deviations from the middle of them a reading is not believed. */
const MOST_DEVIATIONS = 6
/** What a late reading counts beside an early one. */
const LATE_WEIGHT = 0.02
const ROUNDS = 4

interface Reading {
  readonly local: Micros
  /** Local minus card: what the card is behind. */
  readonly behind: Micros
}

export class CardClock {
  /** Times that the card was found to have been interrupted. */
  interruptions = 0
  /** Is there a line? */
  isSet = false
  /** How fast the card runs against our clock, minus 1. */
  rate: number

  private bins: Reading[] = []
  private best: Reading | undefined
  private binEnd = -Infinity
  private quarterEnd = -Infinity
  /** The latest quarters of a second. */
  private quarters: Reading[] = []
  private binMicros = FIRST_BIN_MICROS
  private lastCard = NaN
  /** What the card is behind at `reference`. */
  private behind = 0
  private reference = 0
  /** How many of the latest quarters were off by each of `LOSSES`. */
  private readonly late = LOSSES.map(() => 0)

  /** `rate` is what is known of this card from before. */
  constructor(rate = 0) {
    this.rate = rate
  }

  /** Local time from the first to the last reading that bears the line. */
  get spanMicros(): Micros {
    return this.bins.length > 0 ? this.bins[this.bins.length - 1].local - this.bins[0].local : 0
  }

  /** Forgets everything but the rate. */
  clear(): void {
    this.renew()
    this.isSet = false
  }

  /** Forgets the readings (what a card says as it starts is not to be trusted); the line stays until there is a better one. */
  renew(): void {
    this.bins = []
    this.binMicros = FIRST_BIN_MICROS
    this.binEnd = -Infinity
    this.quarters = []
    this.best = undefined
    this.late.fill(0)
  }

  /** At `local` the card said it had taken `card` microseconds. Only the first reading of a new value says when. */
  read(local: Micros, card: number): void {
    if (card === this.lastCard) return
    this.lastCard = card
    if (local >= this.quarterEnd) this.closeQuarter(local)
    const behind = local - card
    if (!this.best || this.isEarlier({ local, behind }, this.best)) this.best = { local, behind }
  }

  /** Card microseconds at a local time. */
  cardAt(local: Micros): number {
    return local - this.behind + this.rate * (local - this.reference)
  }

  /** Local time at which the card has taken so many microseconds. */
  localAt(card: number): Micros {
    return this.reference + (card - this.reference + this.behind) / (1 + this.rate)
  }

  private closeQuarter(local: Micros): void {
    this.quarterEnd = local + FIRST_BIN_MICROS
    const { best } = this
    this.best = undefined
    if (!best) return
    this.quarters.push(best)
    if (this.quarters.length > MOST_QUARTERS) this.quarters.shift()
    if (this.bins.length > LEAST_BINS) this.watch(best)
    const last = this.bins.length - 1
    if (local < this.binEnd && last >= 0) {
      if (this.isEarlier(best, this.bins[last])) this.bins[last] = best
      return
    }
    this.binEnd = local + this.binMicros - FIRST_BIN_MICROS / 2
    if (this.bins.length >= LEAST_BINS) this.fit()
    if (this.bins.length >= BINS) this.makeRoom()
    this.bins.push(best)
    if (this.bins.length === LEAST_BINS) this.fit()
  }

  private isEarlier(one: Reading, other: Reading): boolean {
    return one.behind + this.rate * (one.local - other.local) < other.behind
  }

  private makeRoom(): void {
    if (this.binMicros >= LAST_BIN_MICROS) return void this.bins.shift()
    this.binMicros *= 2
    this.bins = this.bins.filter((reading, index) => {
      const neighbour = this.bins[index ^ 1] as Reading | undefined
      const difference = neighbour ? reading.behind - neighbour.behind + this.rate * (reading.local - neighbour.local) : -1
      return difference < 0 || (difference === 0 && (index & 1) === 0)
    })
  }

  /** Has time been lost? Then only the stretches since count. */
  private watch(latest: Reading): void {
    const lateness = latest.behind - this.behindAt(latest.local)
    LOSSES.forEach(({ bins, micros }, which) => {
      this.late[which] = Math.abs(lateness) > micros ? this.late[which] + 1 : 0
      if (this.late[which] < bins) return
      this.interruptions++
      this.bins = this.quarters.slice(-bins)
      this.binMicros = FIRST_BIN_MICROS
      this.binEnd = -Infinity
      this.late.fill(0)
    })
  }

  private behindAt(local: Micros): Micros {
    return this.behind - this.rate * (local - this.reference)
  }

  private fit(): void {
    this.isSet = true
    const readings = this.believable()
    const first = readings[0].local
    const last = readings[readings.length - 1].local
    this.behind = this.behindAt(last)
    this.reference = last
    if (last - first < LEAST_SPAN_MICROS) {
      this.behind = Math.min(...readings.map(({ local, behind }) => behind + this.rate * (local - last)))
      return
    }
    for (let round = 0; round < ROUNDS; round++) this.layLine(readings)
    if (this.hasWandered(readings)) this.bins = this.bins.slice(this.bins.length >> 1)
  }

  /** Do the latest readings lie off the line, compared with all of them? */
  private hasWandered(readings: readonly Reading[]): boolean {
    const latest = Math.floor(readings.length * LATEST_SHARE)
    if (latest < 2 * LEAST_BINS) return false
    const off = readings.map(({ local, behind }) => behind - this.behindAt(local))
    const mean = average(off)
    const deviation = Math.sqrt(average(off.map((value) => (value - mean) ** 2)) / latest)
    return Math.abs(average(off.slice(-latest)) - mean) > WANDER_DEVIATIONS * deviation + WANDER_MICROS
  }

  /** One step of asymmetric least squares. */
  private layLine(readings: readonly Reading[]): void {
    const { reference } = this
    let [weights, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0]
    for (const { local, behind } of readings) {
      const weight = behind < this.behindAt(local) ? 1 : LATE_WEIGHT
      const x = local - reference
      const y = behind - this.behind
      weights += weight
      sumX += weight * x
      sumY += weight * y
      sumXX += weight * x * x
      sumXY += weight * x * y
    }
    const slope = (weights * sumXY - sumX * sumY) / (weights * sumXX - sumX * sumX)
    this.behind += (sumY - slope * sumX) / weights
    this.rate = Math.max(-MAXIMUM_RATE, Math.min(MAXIMUM_RATE, -slope))
  }

  /** All but those that are too early to be true. */
  private believable(): Reading[] {
    const offsets = this.bins.map(({ local, behind }) => behind + this.rate * (local - this.bins[0].local))
    const middle = median(offsets)
    const deviation = median(offsets.map((offset) => Math.abs(offset - middle)))
    return this.bins.filter((_, index) => Math.abs(offsets[index] - middle) <= MOST_DEVIATIONS * deviation + 1)
  }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function median(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1]
}

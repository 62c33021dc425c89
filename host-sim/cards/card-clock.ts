/**
 * A sound card's clock against ours, for whoever plays on cards: the bridge, the playlists, the recorder of a calibration. A card asks for
 * frames as soon as it has room for them, in gulps, and we see late that it did: by the millisecond in which its driver looks, by the rest of our
 * own round, by a busy machine, hardly ever early. So the early edge of the readings says when, and the middle of them hardly less: the
 * line is laid through all by least squares in which an early one counts thirty times a late one, and those far from the middle not at all.
 *
 * Readings are kept for six minutes, of those nearer together than some hundredths of a second the earliest. Where the crystal has wandered in that
 * time, so that the latest no longer lie on the line, the older half is forgotten; not for less than what a machine's moods do (how long its wake-ups take
 * changes by some hundredths of a millisecond, for seconds at a time). When several quarters of a second are off by milliseconds, time has been lost on the
 * way (an underrun, a stalled thread): that is an interruption, and the line begins anew with them.
 *
 * What a driver says of its latency is not in here: PulseAudio's wanders by a millisecond or two, a hundred times what this line does.
 */
import type { Micros } from "../../src/time"
import { median } from "../median"

/** Readings are forgotten after this; those nearer to each other share a place. */
const MEMORY_MICROS = 360e6
const STRETCH_MICROS = 60_000
const QUARTER_MICROS = 250_000
/** A line that rests on many readings is laid anew less often: after this share of their time, at the latest after two seconds. */
const FIT_SHARE = 1 / 16
const LATEST_FIT_MICROS = 2_000_000
/** The crystal has wandered when this share of the readings, the latest, lies off the line by more than chance and this much. */
const LATEST_SHARE = 1 / 8
const WANDER_MICROS = 15
const WANDER_DEVIATIONS = 4
const LEAST_WANDER_SPAN_MICROS = 120e6
/** Under a second a crystal cannot be told from the readings: the rate stays what it was. */
const LEAST_SPAN_MICROS = 1_000_000
/** What a rate is worth that is known from before, or the true one of any crystal: it is within this of it. */
const RATE_DEVIATION = 1e-4
/** What counts as one reading is off the line by at least so much, whatever the readings look like. */
const LEAST_DEVIATION_MICROS = 30
const MAXIMUM_RATE = 1e-3
const LEAST_READINGS = 3
const MOST_QUARTERS = 12
/** Lost time: so many quarters of a second in a row, all off the line by more than so much. */
const LOSSES: readonly { readonly quarters: number; readonly micros: Micros }[] = [
  { quarters: 3, micros: 5000 },
  { quarters: 12, micros: 1500 },
]
/** So many times as far from the middle as half of them are, a reading says nothing. */
const MOST_DEVIATIONS = 3
/** What a late reading counts beside an early one. */
const LATE_WEIGHT = 0.03
const ROUNDS = 6

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

  private readings: Reading[] = []
  private stretchEnd = -Infinity
  private best: Reading | undefined
  private quarterEnd = -Infinity
  /** The best of each of the latest quarters of a second. */
  private quarters: Reading[] = []
  private nextFit = -Infinity
  private lastCard = NaN
  /** What the card is behind at `reference`. */
  private behind = 0
  private reference = 0
  /** How many of the latest quarters were off by each of `LOSSES`. */
  private readonly late = LOSSES.map(() => 0)

  /** `rate` is what is known of this card from before. */
  constructor(private readonly knownRate = 0) {
    this.rate = knownRate
  }

  /** Local time from the first to the last reading that bears the line. */
  get spanMicros(): Micros {
    return this.readings.length > 0 ? this.readings[this.readings.length - 1].local - this.readings[0].local : 0
  }

  /** Forgets everything but the rate. */
  clear(): void {
    this.renew()
    this.isSet = false
  }

  /** Forgets the readings (what a card says as it starts is not to be trusted); the line stays until there is a better one. */
  renew(): void {
    this.readings = []
    this.stretchEnd = -Infinity
    this.quarters = []
    this.quarterEnd = -Infinity
    this.nextFit = -Infinity
    this.best = undefined
    this.late.fill(0)
  }

  /** At `local` the card asked for what comes after `card` microseconds. Only the first reading of a new value says when. */
  read(local: Micros, card: Micros): void {
    if (card === this.lastCard) return
    this.lastCard = card
    if (local >= this.quarterEnd) this.closeQuarter(local)
    const reading = { local, behind: local - card }
    if (!this.best || this.isEarlier(reading, this.best)) this.best = reading
    this.keep(reading)
  }

  /** Card microseconds at a local time. */
  cardAt(local: Micros): Micros {
    return local - this.behind + this.rate * (local - this.reference)
  }

  /** Local time at which the card asks for what comes after so many microseconds. */
  localAt(card: Micros): Micros {
    return this.reference + (card - this.reference + this.behind) / (1 + this.rate)
  }

  private keep(reading: Reading): void {
    const last = this.readings.length - 1
    if (reading.local < this.stretchEnd && last >= 0) {
      if (this.isEarlier(reading, this.readings[last])) this.readings[last] = reading
      return
    }
    this.readings.push(reading)
    this.stretchEnd = reading.local + STRETCH_MICROS
    while (this.readings[0].local < reading.local - MEMORY_MICROS) this.readings.shift()
  }

  private closeQuarter(local: Micros): void {
    this.quarterEnd = local + QUARTER_MICROS
    const { best } = this
    this.best = undefined
    if (!best) return
    this.quarters.push(best)
    if (this.quarters.length > MOST_QUARTERS) this.quarters.shift()
    if (this.isSet && this.quarters.length > LEAST_READINGS) this.watch(best)
    if (this.readings.length < LEAST_READINGS || local < this.nextFit) return
    this.fit()
    this.nextFit = local + Math.min(LATEST_FIT_MICROS, FIT_SHARE * this.spanMicros)
  }

  private isEarlier(one: Reading, other: Reading): boolean {
    return one.behind + this.rate * (one.local - other.local) < other.behind
  }

  /** Has time been lost? Then only the quarters since count. */
  private watch(latest: Reading): void {
    const lateness = latest.behind - this.behindAt(latest.local)
    LOSSES.forEach(({ quarters, micros }, which) => {
      this.late[which] = Math.abs(lateness) > micros ? this.late[which] + 1 : 0
      if (this.late[which] < quarters) return
      this.interruptions++
      this.readings = this.quarters.slice(-quarters)
      this.nextFit = -Infinity
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
      this.behind = readings.reduce((least, { local, behind }) => Math.min(least, behind + this.rate * (local - last)), Infinity)
      return
    }
    for (let round = 0; round < ROUNDS; round++) this.layLine(readings)
    if (last - first > LEAST_WANDER_SPAN_MICROS && this.hasWandered(readings))
      this.readings = this.readings.slice(this.readings.length >> 1)
  }

  /** Do the latest readings lie off the line, compared with all of them? */
  private hasWandered(readings: readonly Reading[]): boolean {
    const latest = Math.floor(readings.length * LATEST_SHARE)
    const off = readings.map(({ local, behind }) => behind - this.behindAt(local))
    const mean = average(off)
    const deviation = Math.sqrt(average(off.map((value) => (value - mean) ** 2)) / latest)
    return Math.abs(average(off.slice(-latest)) - mean) > WANDER_DEVIATIONS * deviation + WANDER_MICROS
  }

  /** One step of asymmetric least squares. */
  private layLine(readings: readonly Reading[]): void {
    const { reference } = this
    let [weights, sumX, sumY, sumXX, sumXY, off] = [0, 0, 0, 0, 0, 0]
    for (const { local, behind } of readings) {
      const late = behind - this.behindAt(local)
      const weight = late < 0 ? 1 : LATE_WEIGHT
      off += (weight * late) ** 2
      const x = local - reference
      const y = behind - this.behind
      weights += weight
      sumX += weight * x
      sumY += weight * y
      sumXX += weight * x * x
      sumXY += weight * x * y
    }
    // What is known of the rate counts as one reading more, so that a few of them do not turn the line.
    const known = Math.max(LEAST_DEVIATION_MICROS ** 2, off / weights) / RATE_DEVIATION ** 2
    const across = sumXX - (sumX * sumX) / weights + known
    const slope = (sumXY - (sumX * sumY) / weights - known * this.knownRate) / across
    this.behind += (sumY - slope * sumX) / weights
    this.rate = Math.max(-MAXIMUM_RATE, Math.min(MAXIMUM_RATE, -slope))
  }

  /** All but those that are too early or too late to say anything. */
  private believable(): Reading[] {
    const offsets = this.readings.map(({ local, behind }) => behind + this.rate * (local - this.readings[0].local))
    const middle = median(offsets)
    const deviation = median(offsets.map((offset) => Math.abs(offset - middle)))
    return this.readings.filter((_, index) => Math.abs(offsets[index] - middle) <= MOST_DEVIATIONS * deviation + 1)
  }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

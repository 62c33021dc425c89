/**
 * When a frame of a sound card is heard, on our clock. A reading is made at each gulp of the card. It is wrong by a part of the
 * library's quantum (2.7 ms at most, evenly spread) and by our own lateness, which is nothing mostly and tens of milliseconds when the machine
 * is busy. So a line is laid by least squares through the last two minutes of readings, of which those far from the middle of all
 * are left out; what is left wanders by 0.1 ms after some seconds and by some ten microseconds after a minute.
 *
 * When the latest two seconds are all far off, time has been lost on the way (an underrun), and the line begins anew with them.
 */
import type { Micros } from "../../src/time"

const READINGS = 1024
const LEAST_READINGS = 10
/** The line is laid anew this often. */
const FIT_MICROS = 500_000
/** Readings farther than this from the middle are left out: more than a quantum is a stumble. */
const GATE_MICROS = 2500
const ROUNDS = 3
/** The largest rate of a card against a computer that is believed. */
const MAXIMUM_RATE = 3e-4
/** Under this span the rate cannot be told from the readings, and stays what it was. */
const LEAST_SPAN_MICROS = 12_000_000
/** So far off for so long is lost time. */
const LOST_MICROS = 4000
const LOST_FOR_MICROS = 2_000_000

interface Reading {
  readonly local: Micros
  /** Local minus heard. */
  readonly behind: Micros
}

export class HeardClock {
  /** Times that the card was found to have been interrupted. */
  interruptions = 0
  /** How fast the card runs against our clock, minus 1. */
  rate = 0

  private readings: Reading[] = []
  private nextFit = -Infinity
  /** The line: what the card is behind at `reference`. */
  private behind = 0
  private reference = 0
  private lastGood: Micros = Infinity

  get isSet(): boolean {
    return this.nextFit > -Infinity
  }

  /** Forgets the readings; what a card says while it starts is not to be trusted. */
  clear(): void {
    this.readings = []
    this.nextFit = -Infinity
    this.lastGood = Infinity
  }

  /** At `local` the card said that `heard` microseconds of it had been heard. */
  read(local: Micros, heard: Micros): void {
    const { readings } = this
    readings.push({ local, behind: local - heard })
    if (readings.length > READINGS) readings.shift()
    if (readings.length < LEAST_READINGS) return
    this.watch(local, local - heard)
    if (local < this.nextFit) return
    this.nextFit = local + FIT_MICROS
    this.fit()
  }

  /** When the card's microsecond `card` is heard. */
  localAt(card: Micros): Micros {
    return this.reference + (card - this.reference + this.behind) / (1 + this.rate)
  }

  private behindAt(local: Micros): Micros {
    return this.behind - this.rate * (local - this.reference)
  }

  private watch(local: Micros, behind: Micros): void {
    const isGood = !this.isSet || Math.abs(behind - this.behindAt(local)) < LOST_MICROS
    if (isGood || this.lastGood === Infinity) this.lastGood = local
    if (local - this.lastGood < LOST_FOR_MICROS) return
    this.interruptions++
    this.readings = this.readings.filter((reading) => reading.local > this.lastGood)
    this.lastGood = local
    this.nextFit = local
  }

  private fit(): void {
    const { readings } = this
    const last = readings[readings.length - 1].local
    const hasRate = last - readings[0].local > LEAST_SPAN_MICROS
    let line = { behind: median(readings.map(({ local, behind }) => behind + this.rate * (local - last))), rate: this.rate }
    for (let round = 0; round < ROUNDS; round++) {
      const near = readings.filter(({ local, behind }) => Math.abs(behind - line.behind + line.rate * (local - last)) < GATE_MICROS)
      if (near.length >= LEAST_READINGS / 2) line = leastSquares(near, last, hasRate ? undefined : this.rate)
    }
    this.reference = last
    this.behind = line.behind
    this.rate = Math.max(-MAXIMUM_RATE, Math.min(MAXIMUM_RATE, line.rate))
  }
}

function median(values: number[]): number {
  values.sort((one, other) => one - other)
  return values[values.length >> 1]
}

/** A line with its value at `at`; with this rate, where one is given. */
function leastSquares(readings: readonly Reading[], at: Micros, rate: number | undefined): { behind: Micros; rate: number } {
  const count = readings.length
  let [x, y, xx, xy] = [0, 0, 0, 0]
  for (const { local, behind } of readings) {
    x += (local - at) / count
    y += behind / count
  }
  for (const { local, behind } of readings) {
    xx += (local - at - x) ** 2
    xy += (local - at - x) * (behind - y)
  }
  const found = rate ?? (xx > 0 ? -xy / xx : 0)
  return { behind: y + found * x, rate: found }
}

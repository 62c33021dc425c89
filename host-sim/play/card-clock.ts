/**
 * A sound card's clock against ours. Its readings move in steps of whatever the driver hands over at once, early and late by
 * milliseconds, so no single one is worth anything: a least-squares line over the last quarter of a minute is. The sums are kept about a
 * moving origin, O(1) a reading; a reading far off the line (an underrun, a stalled thread) is left out, and when most are, the card
 * has been interrupted and the line begins anew.
 */
import type { Micros } from "../../src/time"

const READINGS = 1500
/** Readings further from the line than this are left out, once there is a line. */
const GATE_MICROS = 15_000
const LEAST_READINGS = 40
const STRANGE_READINGS = 40

export class CardClock {
  /** Times that the card was found to have been interrupted. */
  interruptions = 0

  private readonly local = new Float64Array(READINGS)
  private readonly card = new Float64Array(READINGS)
  private count = 0
  private next = 0
  private strange = 0
  private originLocal = 0
  private originCard = 0
  private sumX = 0
  private sumY = 0
  private sumXX = 0
  private sumXY = 0

  get isSet(): boolean {
    return this.count >= LEAST_READINGS
  }

  clear(): void {
    this.count = this.next = this.strange = 0
    this.sumX = this.sumY = this.sumXX = this.sumXY = 0
  }

  /** At `local` the card said it had played `card` microseconds. */
  read(local: Micros, card: number): void {
    if (this.isSet && Math.abs(card - this.cardAt(local)) > GATE_MICROS) {
      if (++this.strange < STRANGE_READINGS) return
      this.interruptions++
      this.clear()
    }
    this.strange = 0
    if (this.count === 0) [this.originLocal, this.originCard] = [local, card]
    if (this.count === READINGS) this.account(this.local[this.next], this.card[this.next], -1)
    else this.count++
    this.local[this.next] = local
    this.card[this.next] = card
    this.account(local, card, 1)
    this.next = (this.next + 1) % READINGS
  }

  /** Card microseconds at a local time. */
  cardAt(local: Micros): number {
    const x = local - this.originLocal
    return this.originCard + x + this.lead(x)
  }

  /** Local time at which the card has played so many microseconds. */
  localAt(card: number): Micros {
    const y = card - this.originCard
    return this.originLocal + y - this.lead(y - this.lead(y))
  }

  /** How fast the card runs against our clock, minus 1. */
  get rate(): number {
    const spread = this.sumXX - (this.sumX * this.sumX) / this.count
    return this.count < LEAST_READINGS || spread <= 0 ? 0 : (this.sumXY - (this.sumX * this.sumY) / this.count) / spread
  }

  /** What the card is ahead at `x` after the origin. */
  private lead(x: number): number {
    return (this.sumY + this.rate * (x * this.count - this.sumX)) / Math.max(1, this.count)
  }

  private account(local: Micros, card: number, sign: number): void {
    const x = local - this.originLocal
    const y = card - this.originCard - x
    this.sumX += sign * x
    this.sumY += sign * y
    this.sumXX += sign * x * x
    this.sumXY += sign * x * y
  }
}

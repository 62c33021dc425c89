/**
 * The rival reading of the input: that every pulse since a certain one is real, however little it fits the line. It starts when a
 * pulse stands where none was expected, counts all pulses from there, ignored or not, and looks whether their intervals agree
 * with each other. It dies with the first interval that does not agree, since a spurious pulse splits an interval in two unequal ones.
 */
import type { Micros } from "../time"

/** Neighbouring intervals agree when they differ by less than this share... */
const AGREEMENT = 0.15
/** ...or by less than this many standard deviations of a pulse (2.4 are one of a difference), but never by more than half. */
const AGREEMENT_SDS = 6
const AGREEMENT_LIMIT = 0.5

export class Rival {
  /** Pulses since the base; 0 while there is no rival. */
  pulses = 0
  /** How often an interval agreed with the one before. */
  agreed = 0
  /** How many of them were ignored. */
  ignored = 0
  private base: Micros = 0
  private mean: Micros = 0

  /** `base` was the last pulse that counted; the next one came `interval` later. */
  start(base: Micros, interval: Micros): void {
    this.base = base
    this.mean = interval
    this.pulses = 1
    this.agreed = 0
    this.ignored = 0
  }

  drop(): void {
    this.pulses = 0
    this.agreed = 0
    this.ignored = 0
  }

  /** One more pulse at `time`, `interval` after the last one, ignored or not. */
  add(time: Micros, interval: Micros, sd: Micros): void {
    if (this.pulses === 0) return
    const mean = this.mean
    const difference = interval - mean
    let tolerance = AGREEMENT_SDS * sd
    if (tolerance < AGREEMENT * mean) tolerance = AGREEMENT * mean
    else if (tolerance > AGREEMENT_LIMIT * mean) tolerance = AGREEMENT_LIMIT * mean
    if (difference > tolerance || difference < -tolerance) {
      this.drop()
      return
    }
    this.pulses += 1
    this.agreed += 1
    this.mean = (time - this.base) / this.pulses
  }

  /** Mean period from the base to the latest pulse. */
  get period(): Micros {
    return this.mean
  }
}

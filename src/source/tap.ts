/**
 * Tap tempo: the mean interval of up to eight taps sets the tempo, the last tap sets the phase. A pause of more than three
 * seconds, or an interval off by more than 40 % from the ones before, starts a new count.
 */
import type { Micros } from "../time"

const LONGEST_INTERVAL_MICROS = 3000000
const MOST_INTERVALS = 8

export class TapTempo {
  private first: Micros = 0
  private last: Micros = 0
  private intervals = -1

  /** A tap. Returns the beat's length in microseconds, or 0 while there is none yet. */
  tap(time: Micros): Micros {
    const interval = time - this.last
    const mean = this.intervals > 0 ? (this.last - this.first) / this.intervals : interval
    this.last = time
    if (this.intervals < 0 || interval > LONGEST_INTERVAL_MICROS) {
      this.first = time
      this.intervals = 0
      return 0
    }
    if (interval < mean * 0.6 || interval > mean * 1.4) {
      this.first = time - interval
      this.intervals = 0
    } else if (this.intervals === MOST_INTERVALS) {
      this.first += mean
      this.intervals--
    }
    this.intervals++
    return (time - this.first) / this.intervals
  }
}

/**
 * How much the input shakes, told from the pulses alone and not from any fit, so that a fit that is wrong cannot fool it.
 * The second difference of three neighbouring pulse times has the variance 6 sigma² for independent jitter, is blind to phase and
 * tempo, sees a tempo step once and a ramp hardly at all. Each square is clipped at 9 times the present variance, so that one
 * late pulse or one step does not open the gates, and a source that turns noisy is believed after some pulses all the same.
 * The mean runs over all pulses first and over the last ~`MEMORY` later. It starts from 0.5 % of the period.
 * Cost per pulse: a few multiplications, one division and one square root.
 */
import type { Micros } from "../time"

const MEMORY = 128
const CLIP = 9
/** Edges of a comparator, whole-microsecond stamps, a sound card's samples: nothing is steadier than this, sd in µs. */
const FLOOR: Micros = 8
const INITIAL_SHARE = 0.005
const INITIAL_WEIGHT = 2
/** The first squares are not clipped: an input that alternates from its start (swing) is known at once. */
const BELIEVED = INITIAL_WEIGHT + 3
/** A late pulse clips three squares in a row, a ramp any number but of one sign; what goes on swinging is jitter. */
const LOUD_TO_BELIEVE = 3
/** So many squares in a row under a sixteenth of the variance do not come by chance (once in ten million pulses): the variance is stale. */
const CALM_TO_BELIEVE = 15
/** On XS a global is looked for each time. */
const squareRoot = Math.sqrt

export class Jitter {
  /** Standard deviation of one pulse, µs, never under the floor of 8 µs. */
  sd: Micros = FLOOR
  private variance = FLOOR * FLOOR
  private weight = INITIAL_WEIGHT
  private interval: Micros = 0
  /** Squares under a sixteenth of the variance in a row. */
  private calm = 0
  /** Squares over the limit in a row, of differences that change sign each time. */
  private loud = 0
  private rose = false

  /** Forgets all; `period` sets the scale to start from. */
  restart(period: Micros): void {
    const sd = period * INITIAL_SHARE
    this.sd = sd > FLOOR ? sd : FLOOR
    this.variance = this.sd * this.sd
    this.weight = INITIAL_WEIGHT
    this.interval = 0
  }

  /** The next interval is no neighbour of the last one: a pulse was missing or a verdict changed. */
  skip(): void {
    this.interval = 0
  }

  /** One more interval between two neighbouring pulses. */
  add(interval: Micros): void {
    const last = this.interval
    this.interval = interval
    if (last === 0) return
    const difference = interval - last
    let square = (difference * difference) / 6
    const limit = this.variance * CLIP
    if (square > limit && this.weight >= BELIEVED) {
      const swings = difference > 0 !== this.rose
      this.loud = swings ? this.loud + 1 : 0
      if (this.loud < LOUD_TO_BELIEVE) square = limit
    } else this.loud = 0
    this.rose = difference > 0
    if (this.weight < MEMORY) this.weight += 1
    this.calm = square * 16 < this.variance ? this.calm + 1 : 0
    if (this.calm === CALM_TO_BELIEVE) {
      this.calm = 0
      this.variance /= 16
    }
    let variance = this.variance + (square - this.variance) / this.weight
    if (variance < FLOOR * FLOOR) variance = FLOOR * FLOOR
    this.variance = variance
    this.sd = squareRoot(variance)
  }

  copy(from: Jitter): void {
    this.sd = from.sd
    this.variance = from.variance
    this.weight = from.weight
    this.interval = from.interval
    this.calm = from.calm
    this.loud = from.loud
    this.rose = from.rose
  }
}

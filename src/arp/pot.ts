/**
 * The ARP SPEED pot: seven divisions at the seed's positions, borders midway between them, and a hysteresis of 1.5 % of full scale
 * (half of it on either side), so that a noisy pot on a border never flutters.
 */

/** MIDI clocks from pulse to pulse, from fully left to fully right. */
export const DIVISIONS: readonly number[] = [96, 72, 48, 24, 12, 8, 6]
/** The seed's positions 0, 1.5, 3, 5, 7, 8.5, 10 give these borders on its scale of 10. */
const BORDERS: readonly number[] = [0.75, 2.25, 4, 6, 7.75, 9.25]
const FULL_SCALE = 1023
const HALF_HYSTERESIS = 0.075

export class DivisionPot {
  /** Index into DIVISIONS. */
  index = 3
  private isRead = false

  /** A reading, 0..1023. True if the division changed. */
  read(value: number): boolean {
    const position = (value * 10) / FULL_SCALE
    const margin = this.isRead ? HALF_HYSTERESIS : 0
    const before = this.index
    while (this.index < BORDERS.length && position > BORDERS[this.index] + margin) this.index++
    while (this.index > 0 && position < BORDERS[this.index - 1] - margin) this.index--
    this.isRead = true
    return this.index !== before
  }
}

/**
 * A button counts as pressed when its contact has been closed for 5 ms without a break (the seed's figure). The press is dated
 * to the first edge of that quiet stretch, and acted on when the stretch is over.
 */
import type { Micros } from "./time"

export const DEBOUNCE_MICROS = 5000

export class Debounce {
  /** When the contact will have been quiet for long enough; Infinity while nothing is pending. */
  deadline: Micros = Infinity
  /** The settled level. */
  level = 0
  /** When the contact took the level that has now settled. */
  changedAt: Micros = 0
  private contact = 0

  input(time: Micros, level: number): void {
    if (level === this.contact && this.deadline !== Infinity) return
    this.contact = level
    this.changedAt = time
    this.deadline = level === this.level ? Infinity : time + DEBOUNCE_MICROS
  }

  /** The deadline has come. True if this was a press. */
  settle(): boolean {
    this.deadline = Infinity
    this.level = this.contact
    return this.level === 1
  }
}

/**
 * Tells a pulse from a glitch. A rising edge that leads to a level still high `glitchMicros` later is a pulse, dated to that
 * first edge; bounce within the window neither hides nor doubles it. With a clock that must answer on the capture itself
 * (`follow`) nobody can wait: there an edge from a level that was low for the window counts at once, and the window that follows
 * it is deaf. So a contact may bounce as it closes and as it opens.
 *
 * Every reported rise is taken as an edge, even where the fall before it was not seen.
 */
import type { Micros } from "../time"

export class EdgeFilter {
  /** 0 takes every edge. */
  glitchMicros: Micros = 0
  /** When the pending edge is judged; Infinity while none is. */
  deadline: Micros = Infinity
  /** Edges that turned out to be too short. */
  glitches = 0
  private level = 0
  private roseAt: Micros = -1e12
  private fellAt: Micros = -1e12

  /** Waits and judges. True if the edge counts now, at `time`; else see `deadline`. */
  input(time: Micros, level: number): boolean {
    this.level = level
    if (level === 0 || this.deadline !== Infinity) return false
    if (this.glitchMicros === 0) return true
    this.roseAt = time
    this.deadline = time + this.glitchMicros
    return false
  }

  /** Answers at once. True if the edge counts. */
  inputAtOnce(time: Micros, level: number): boolean {
    this.level = level
    if (level === 0) {
      this.fellAt = time
      return false
    }
    if (time - this.roseAt < this.glitchMicros || time - this.fellAt < this.glitchMicros) {
      this.glitches++
      return false
    }
    this.roseAt = time
    return true
  }

  /** The deadline has come: the time of the pulse, or -1 for a glitch. */
  settle(): Micros {
    this.deadline = Infinity
    if (this.level === 1) return this.roseAt
    this.glitches++
    return -1
  }
}

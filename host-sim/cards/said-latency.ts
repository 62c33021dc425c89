/**
 * What a driver says lies between a frame's asking and its sound, made one number. PulseAudio's wanders by a millisecond or two in seconds
 * though nothing changes, so what was found first is kept: what is heard must not wander with it. Only where the middle of the latest has
 * been farther off than that wandering (a buffer that has become another) it is taken anew.
 */
import type { Micros } from "../../src/time"

const READINGS = 200
const LEAST_READINGS = 5
/** What is said wanders by less. */
export const WANDERING_MICROS = 4000

export class SaidLatency {
  private said: Micros[] = []
  private kept: Micros | undefined

  /** undefined until it can be believed. */
  get micros(): Micros | undefined {
    return this.kept
  }

  /** Forgets what was said so far. */
  clear(): void {
    this.said = []
    this.kept = undefined
  }

  hear(micros: Micros): void {
    this.said.push(micros)
    if (this.said.length < LEAST_READINGS) return
    const middle = Float64Array.from(this.said).sort()[this.said.length >> 1]
    if (this.kept === undefined || Math.abs(middle - this.kept) > WANDERING_MICROS) this.kept = middle
    if (this.said.length >= READINGS) this.said = this.said.slice(READINGS >> 1)
  }
}

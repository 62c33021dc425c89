/** What the panel shows of a card. */
import type { Micros } from "../../src/time"

export type CardState = "opening" | "absent" | "listening" | "playing"

/** A card as people see it. */
export interface CardReport {
  readonly card: string
  readonly state: CardState
  /** What is wrong, or was last; "" where all is well. */
  readonly problem: string
  /** Parts per million that its crystal is fast; null while unknown. */
  readonly ppm: number | null
  readonly latencyMicros: Micros
  readonly late: number
  /** Times it was lost. */
  readonly losses: number
  /** What it plays, left and right. */
  readonly outputs: readonly [string, string]
}

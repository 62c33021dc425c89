/** What the bridge and the process of one card say to each other. Times are those of the monotonic clock, µs. */
import type { Micros } from "../../src/time"
import type { OutputCard } from "../cards/output-cards"

export type ToCard =
  /** Says which cards there are, and ends. */
  | { readonly kind: "list" }
  /** First of all: which card, by name or id, how much it is to take at once, and what is known of its crystal from before. */
  | { readonly kind: "open"; readonly card: string; readonly gulpSeconds: number; readonly rate: number }
  /** side, time, width, level, side, ... */
  | { readonly kind: "pulses"; readonly pulses: readonly number[] }
  | { readonly kind: "latency"; readonly micros: Micros }

export type FromCard =
  | { readonly kind: "cards"; readonly cards: readonly OutputCard[] }
  /** It is not there, or does not open; it is tried again. */
  | { readonly kind: "absent"; readonly problem: string; readonly cards: readonly OutputCard[] }
  | ({ readonly kind: "status" } & CardStatus)
  /** It takes no more frames, or has lost some: this process is of no more use. */
  | { readonly kind: "broken"; readonly problem: string }

export interface CardStatus {
  /** The system's name of the card. */
  readonly name: string
  /** Its clock is known, at least roughly: pulses can be handed over. */
  readonly isReady: boolean
  /** How fast its crystal is against ours, parts per million. */
  readonly ppm: number
  /** How long its clock has been watched. */
  readonly watchedMicros: Micros
  /** What the driver says lies between a frame's taking and its sound. */
  readonly latencyMicros: Micros
  /** Pulses heard since the card was opened, left and right. */
  readonly heard: readonly [number, number]
  /** Pulses played more than 1 ms late. */
  readonly late: number
}

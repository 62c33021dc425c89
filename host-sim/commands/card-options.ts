/** The options that name cards and say what they play, for every command that has them. */
import { STANDARD_AHEAD_MICROS } from "../bridge/bridge"
import { type CardPlan, plansOfFile, plansOfWords, STANDARD, type Standard, WIDTH_RANGE } from "../bridge/wiring"
import type { Micros } from "../../src/time"
import { BadInput } from "../input/bad-input"
import { numberOption } from "./command"

const text = { type: "string" } as const

/** For `parseArgs`. */
export const CARD_OPTIONS = {
  card: { type: "string", multiple: true },
  cards: text,
  width: text,
  level: text,
  polarity: text,
  ahead: text,
} as const

export interface CardOptions {
  readonly card?: readonly string[]
  readonly cards?: string
  readonly width?: string
  readonly level?: string
  readonly polarity?: string
  readonly ahead?: string
}

/** The cards that were asked for; undefined where none was. */
export function plansOf(values: CardOptions): CardPlan[] | undefined {
  if (values.card && values.cards !== undefined) throw new BadInput("--card and --cards exclude each other; expected one of them")
  if (values.cards !== undefined) return plansOfFile(values.cards, standardOf(values))
  return values.card ? plansOfWords(values.card, standardOf(values)) : undefined
}

export function standardOf({ width, level, polarity }: CardOptions): Standard {
  if (polarity !== undefined && polarity !== "positive" && polarity !== "negative")
    throw new BadInput(`--polarity is ${JSON.stringify(polarity)}; expected positive or negative`)
  const { min, max } = WIDTH_RANGE
  const milliseconds = numberOption("width", width, min, max, `${min}..${max} milliseconds`)
  return {
    ...STANDARD,
    widthMicros: milliseconds === undefined ? undefined : milliseconds * 1000,
    level: (numberOption("level", level, 1, 100, "1..100 percent") ?? 100) / 100,
    polarity,
  }
}

/** How much later than decided the cards are heard. */
export function aheadOf({ ahead }: CardOptions): Micros {
  const milliseconds = numberOption("ahead", ahead, 200, 5000, "200..5000 milliseconds")
  return milliseconds === undefined ? STANDARD_AHEAD_MICROS : milliseconds * 1000
}

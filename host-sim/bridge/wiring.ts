/**
 * Which output of the module leaves by which side of which card, and how: from the command line, where a few words do for the common
 * cases, or from a YAML file that says everything.
 */
import { OUT_ARP, OUT_CLOCK, OUT_RESET, OUT_SYNC } from "../../src/event"
import type { Micros } from "../../src/time"
import { BadInput } from "../input/bad-input"
import { type Fields, YamlSource } from "../input/yaml-source"

export const MOST_CARDS = 8

/** Outputs that are pulses, so that a card can play them. */
export const PULSE_OUTPUTS: Readonly<Record<string, number>> = {
  sync1: OUT_SYNC,
  sync2: OUT_SYNC + 1,
  sync3: OUT_SYNC + 2,
  sync4: OUT_SYNC + 3,
  clock: OUT_CLOCK,
  reset: OUT_RESET,
  arp: OUT_ARP,
}
const NAMES = Object.keys(PULSE_OUTPUTS)

export interface SidePlan {
  /** Of `PULSE_OUTPUTS`. */
  readonly output: string
  /** undefined: as wide as the module's own. */
  readonly widthMicros?: Micros
  /** 0..1 of full scale. */
  readonly level: number
  /** undefined: as the module's settings have it. */
  readonly polarity?: "positive" | "negative"
  /** Later (positive) or earlier than the others. */
  readonly latencyMicros: Micros
}

export interface CardPlan {
  /** As the user wrote it: a name or an id, as `--list` shows them. */
  readonly card: string
  /** How much later this card is heard than it says, measured by `calibrate`. */
  readonly latencyMicros: Micros
  readonly sides: readonly [SidePlan | undefined, SidePlan | undefined]
}

/** What holds for all sides that do not say otherwise. */
export type Standard = Omit<SidePlan, "output">

export const STANDARD: Standard = { level: 1, latencyMicros: 0 }

/** `NAME` or `NAME=LEFT/RIGHT`; a side that plays nothing is `-`. */
export function plansOfWords(words: readonly string[], standard: Standard = STANDARD): CardPlan[] {
  if (words.length > MOST_CARDS) throw new BadInput(`--card is given ${words.length} times; expected ${MOST_CARDS} cards at most`)
  return words.map((word, index) => {
    const found = new RegExp(`^(.+)=(${NAMES.join("|")}|-)(?:/(${NAMES.join("|")}|-))?$`).exec(word)
    const [card, left, right] = found ? [found[1], found[2], found[3] ?? found[2]] : [word, ...dealt(index, words.length, word)]
    const side = (output: string) => (output === "-" ? undefined : { ...standard, output })
    return { card, latencyMicros: 0, sides: [side(left), side(right)] }
  })
}

/** One or two cards take two channels each; more take one each, on both sides. */
function dealt(index: number, count: number, word: string): [string, string] {
  if (count <= 2) return [NAMES[2 * index], NAMES[2 * index + 1]]
  if (index < 4) return [NAMES[index], NAMES[index]]
  throw new BadInput(`--card ${word} is the ${index + 1}th and no channel is left; expected what it plays, like --card "${word}=clock/arp"`)
}

/** Cards as a panel has them: what a YAML file would hold, as an object. */
export function plansOfObject(object: object): CardPlan[] {
  const { cards } = object as { cards?: unknown }
  return Array.isArray(cards) && cards.length === 0 ? [] : plansOf(new YamlSource("the cards", JSON.stringify(object)), STANDARD)
}

/** Cards as a YAML file has them. */
export function plansOfFile(file: string, standard: Standard = STANDARD): CardPlan[] {
  return plansOf(new YamlSource(file), standard)
}

function plansOf(source: YamlSource, standard: Standard): CardPlan[] {
  const root = source.fields(["cards"], "a file of cards")
  const items = source.items(root.required("cards"))
  if (items.length > MOST_CARDS) source.refuse(items[MOST_CARDS], `is one card too many; expected ${MOST_CARDS} at most`)
  return items.map((item) => {
    const fields = source.fieldsOf(item, ["card", "left", "right", "latency"], "a card")
    const card = fields.text("card", "")
    if (card === "") source.refuse(item, '"card" is missing; expected a name or an id, as --list shows them')
    const sides = [sideOf(fields, "left", standard), sideOf(fields, "right", standard)] as const
    if (!sides[0] && !sides[1]) source.refuse(item, 'plays nothing; expected "left" or "right"')
    return { card, latencyMicros: fields.number("latency", { min: -1000, max: 1000 }, 0) * 1000, sides }
  })
}

function sideOf(card: Fields, name: string, standard: Standard): SidePlan | undefined {
  const node = card.node(name)
  if (!node) return undefined
  if (typeof card.source.scalar(node) === "string") return { ...standard, output: card.choice(name, NAMES) }
  const fields = card.source.fieldsOf(node, ["output", "width", "level", "polarity", "latency"], `"${name}"`)
  const width = fields.node("width") ? fields.number("width", WIDTH_RANGE) * 1000 : standard.widthMicros
  const polarity = fields.node("polarity") ? fields.choice("polarity", ["positive", "negative"]) : standard.polarity
  return {
    output: fields.choice("output", NAMES),
    widthMicros: width,
    polarity,
    level: fields.number("level", { min: 1, max: 100 }, standard.level * 100) / 100,
    latencyMicros: fields.number("latency", { min: -50, max: 50 }, standard.latencyMicros / 1000) * 1000,
  }
}

/** Milliseconds; a pulse of one sample is no pulse for anybody. */
export const WIDTH_RANGE = { min: 0.1, max: 100 }

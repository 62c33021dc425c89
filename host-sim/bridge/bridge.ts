/**
 * The module's pulses on up to eight cards. What the live core decides is heard on all of them `aheadMicros` later, the same for all and
 * exactly: in that time a pulse goes to the card's process, from there to the card, and through its buffer. The core's time and the cards'
 * meet on the monotonic clock alone. Under a clock from outside the cards' pulses are decided that much ahead instead (foresight.ts).
 */
import { once } from "node:events"
import { OUT_SYNC } from "../../src/event"
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import { BadInput } from "../input/bad-input"
import type { NestedSettings } from "../input/timed-input"
import type { LiveHost } from "../live/live-host"
import type { OutputCard } from "../cards/output-cards"
import type { FromCard, ToCard } from "./card-messages"
import { CardPulses, pulsesPerPart } from "./card-pulses"
import type { CardReport } from "./card-report"
import { CardSupervisor, forkCard } from "./card-supervisor"
import { sharedLatencies } from "./latency"
import { monotonicMicros } from "./monotonic"
import { dealPulse } from "./pulse-reader"
import { type CardPlan, PULSE_OUTPUTS } from "./wiring"

export const STANDARD_AHEAD_MICROS = 600_000
/** How much a card takes at once: a machine may be busy for three times as long, and the card's clock is read so often. */
const GULP_SECONDS = 0.03
const ROUND_MILLIS = 100
/** How often it is told how the cards are, in rounds. */
const REPORT_ROUNDS = 5
/** Cards are waited for so long before the song may begin. */
const PATIENCE_MICROS = 20_000_000
const LISTING_MILLIS = 10_000

export class Bridge {
  readonly cards: readonly CardSupervisor[]
  /** Hears twice a second how the cards are. */
  onReport: ((cards: CardReport[]) => void) | undefined
  private readonly timer: NodeJS.Timeout
  private rounds = 0
  private isClosed = false
  private settings: Settings | undefined
  private stopListening: (() => void) | undefined

  /** `news` hears what happens to cards, a line at a time. */
  constructor(
    plans: readonly CardPlan[],
    private readonly aheadMicros: Micros,
    private readonly news: (text: string) => void,
    gulpSeconds = GULP_SECONDS,
  ) {
    this.cards = plans.map((plan) => new CardSupervisor(plan, (side) => this.pulsesPerPart(plan.sides[side]?.output), news, gulpSeconds))
    this.timer = setInterval(() => this.round(), ROUND_MILLIS)
  }

  /** Waits until each card plays or is known not to. Throws where none is there. */
  async settled(): Promise<void> {
    const end = monotonicMicros() + PATIENCE_MICROS
    const isOpen = ({ state }: CardSupervisor) => state === "opening" || state === "listening"
    while (!this.isClosed && monotonicMicros() < end && this.cards.some(isOpen))
      await new Promise((resolve) => setTimeout(resolve, ROUND_MILLIS))
    if (this.isClosed) return
    const there = this.cards.filter(({ state }) => state !== "absent")
    if (there.length > 0) {
      for (const { state, plan, problem, cards } of this.cards)
        if (state === "absent") this.news(`${plan.card}: ${problem}, and is tried again; there is ${cardList(cards)}`)
      return
    }
    this.close()
    const { plan, problem, cards } = this.cards[0]
    throw new BadInput(`--card ${plan.card}: ${problem}; there is ${cardList(cards)}`)
  }

  /** From now on the cards play what this host decides. */
  attach(host: LiveHost): void {
    const origin = monotonicMicros() - host.now()
    let pulses: CardPulses | undefined
    const hearSettings = (held: NestedSettings) => {
      this.settings = held as unknown as Settings
      if (pulses) pulses.change(held)
      else
        pulses = new CardPulses(held, this.aheadMicros, (pulse) => {
          const onCards = { ...pulse, time: pulse.time + origin }
          for (const card of this.cards) dealPulse(card.plan, onCards, this.settings as Settings, (side, each) => card.add(side, each))
        })
    }
    if (host.settings) hearSettings(host.settings)
    this.stopListening = host.listen({ settings: hearSettings, update: (update) => pulses?.follow(update) })
  }

  /** Twice is fine. */
  close(): void {
    this.isClosed = true
    clearInterval(this.timer)
    this.stopListening?.()
    for (const card of this.cards) card.close()
  }

  private round(): void {
    const now = monotonicMicros()
    const latencies = sharedLatencies(this.cards.map(({ saidLatency }) => saidLatency))
    this.cards.forEach((card, index) => {
      card.check(now)
      const latency = latencies[index]
      if (latency !== undefined) card.setLatency(latency + card.plan.latencyMicros)
    })
    if (++this.rounds % REPORT_ROUNDS === 0) this.onReport?.(this.cards.map((card) => card.report()))
  }

  /** After so many pulses an instrument is where it was; 1 for what has no pattern. */
  private pulsesPerPart(output: string | undefined): number {
    const channel = output === undefined ? -1 : PULSE_OUTPUTS[output] - OUT_SYNC
    return this.settings?.sync[channel] ? pulsesPerPart(this.settings, channel) : 1
  }
}

/** Which cards there are. A process of its own asks, so that a driver that hangs keeps nobody. */
export async function listCards(): Promise<readonly OutputCard[]> {
  const child = forkCard()
  try {
    child.send({ kind: "list" } satisfies ToCard)
    const [message] = (await Promise.race([
      once(child, "message", { signal: AbortSignal.timeout(LISTING_MILLIS) }),
      once(child, "exit").then(() => [{ kind: "cards", cards: [] }]),
    ])) as [FromCard]
    return message.kind === "cards" ? message.cards : []
  } finally {
    child.kill("SIGKILL")
  }
}

function cardList(cards: readonly OutputCard[]): string {
  if (cards.length === 0) return "no sound card at all"
  return `${cards.map(({ name, id }) => `${JSON.stringify(name)} (${id})`).join(", ")}`
}

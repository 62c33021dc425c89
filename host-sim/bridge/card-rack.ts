/**
 * The cards a live session plays on: named at the start, or chosen in a panel while it runs. One choice replaces the one before, whole; one
 * at a time, for a card takes seconds to open.
 */
import type { Micros } from "../../src/time"
import type { LiveHost } from "../live/live-host"
import type { OutputCard } from "../cards/output-cards"
import { Bridge, listCards } from "./bridge"
import type { CardPlan } from "./wiring"

export class CardRack {
  private bridge: Bridge | undefined
  private plans: readonly CardPlan[] = []
  private finding: Promise<readonly OutputCard[]> | undefined
  private changing: Promise<unknown> = Promise.resolve()
  private isClosed = false

  /** `news` hears what happens to cards, a line at a time; `say` what panels are to be told. */
  constructor(
    private readonly host: LiveHost,
    private readonly aheadMicros: Micros,
    /** MIDI ports wait for the cards. */
    private readonly midiWaits: boolean,
    private readonly news: (text: string) => void,
    private readonly say: (message: object) => void,
  ) {}

  /** Tells panels which cards the computer has. However many ask, it looks once at a time. */
  async find(): Promise<void> {
    this.finding ??= listCards().finally(() => (this.finding = undefined))
    this.say({ soundCards: await this.finding })
  }

  /** Plays on these from now on, on none where there are none. Returns what is wrong. */
  use(plans: readonly CardPlan[]): Promise<readonly string[]> {
    const done = this.changing.then(() => this.change(plans))
    this.changing = done.catch(() => undefined)
    return done
  }

  /** Plays on cards that are open already. */
  take(bridge: Bridge, plans: readonly CardPlan[]): void {
    this.bridge = bridge
    this.plans = plans
    bridge.attach(this.host)
    if (this.midiWaits) this.host.holdMidi(this.aheadMicros)
    bridge.onReport = (cards) => this.say({ cards, aheadMicros: this.aheadMicros, midiWaits: this.midiWaits })
    for (const text of this.greeting()) this.say(JSON.parse(text) as object)
  }

  /** What a panel is to hear first. */
  greeting(): string[] {
    return [JSON.stringify({ cardPlans: this.plans })]
  }

  /** Twice is fine. */
  close(): void {
    this.isClosed = true
    this.bridge?.close()
  }

  private async change(plans: readonly CardPlan[]): Promise<readonly string[]> {
    if (this.isClosed) return ["the host is ending"]
    this.bridge?.close()
    this.bridge = undefined
    this.plans = []
    this.host.holdMidi(0)
    this.say({ cards: [], cardPlans: [] })
    if (plans.length === 0) return []
    const bridge = (this.bridge = new Bridge(plans, this.aheadMicros, this.news))
    try {
      await bridge.settled()
    } catch (error) {
      return [(error as Error).message.replace(/^--card /, "")]
    }
    if (!this.isClosed) this.take(bridge, plans)
    return []
  }
}

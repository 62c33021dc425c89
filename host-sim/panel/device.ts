/**
 * The device as the page knows it: only what it has said itself. Until it has spoken, and while it is away, there is no state and
 * there are no settings, so nothing can be shown in their place.
 */
import { readSetting, type Settings } from "../../src/settings"
import type { ModuleState } from "../../src/state"
import type { Update } from "../live/engine"
import type { CardReport } from "../bridge/card-report"
import type { NetworkReport } from "../net/network-report"
import type { CardPlan } from "../bridge/wiring"
import type { OutputCard } from "../cards/output-cards"
import type { MidiStatus } from "../midi/midi-status"

export type { Update } from "../live/engine"

/** Carries text to a device and back; it reconnects by itself. */
export interface Transport {
  /** False while there is no connection. */
  send(text: string): boolean
}

export interface TransportEvents {
  open(): void
  text(text: string): void
  closed(): void
  /** What it is doing to get a connection, in words; or that it cannot. */
  status(text: string): void
}

export interface Connection {
  readonly version: string
  /** Where `save` writes; null where there is no file. */
  readonly file: string | null
  /** The MIDI port of a hardware module: it tells its settings and its counters, nothing else. */
  readonly module?: string
}

type FromHost = {
  readonly hello?: Connection & { readonly settings: Settings }
  readonly update?: Update
  readonly settings?: Settings
  readonly answer?: number
  readonly problems?: string[]
  readonly notice?: string
  readonly midi?: MidiStatus
  readonly counters?: Record<string, number>
  readonly cards?: CardReport[]
  readonly network?: NetworkReport
  readonly soundCards?: OutputCard[]
  readonly cardPlans?: CardPlan[]
  readonly aheadMicros?: number
  readonly midiWaits?: boolean
}

/** How long a late event is held against the device. */
const LATELY_MILLISECONDS = 3000

export class Device {
  connection: Connection | undefined
  /** What is being done about a connection, while there is none. */
  status = "looking for the device …"
  settings: Settings | undefined
  state: ModuleState | undefined
  update: Update | undefined
  /** How often each fault has happened, where only that is told. */
  counters: Record<string, number> | undefined
  /** The MIDI ports of the computer it runs on; undefined where it runs on none, or leaves them alone. */
  midi: MidiStatus | undefined
  /** The sound cards that it plays on; undefined where it plays on none. */
  cards: CardReport[] | undefined
  /** Other machines and the clock they share; undefined where it is on no network. */
  network: NetworkReport | undefined
  /** Those that the computer has; undefined until it has looked. */
  soundCards: OutputCard[] | undefined
  /** What plays on which; undefined where they cannot be chosen. */
  cardPlans: CardPlan[] | undefined
  /** How much later than decided they are heard, µs, and whether MIDI ports wait for them. */
  cardsAhead: { readonly micros: number; readonly midiWaits: boolean } | undefined
  /** The device's time at the page's time, ms; the newest pair that came with the least delay. */
  private offset = -Infinity
  private readonly transport: Transport
  private readonly answers = new Map<number, (problems: string[]) => void>()
  private nextId = 1
  private lateAt = -Infinity

  onChange: (() => void)[] = []
  onUpdate: ((update: Update) => void)[] = []
  onNotice: ((text: string) => void)[] = []

  constructor(connect: (events: TransportEvents) => Transport) {
    this.transport = connect({
      open: () => {},
      text: (text) => this.hear(text),
      closed: () => this.forget(),
      status: (text) => {
        this.status = text
        this.changed()
      },
    })
  }

  /** Whether an event was late within the last seconds. */
  get isLateLately(): boolean {
    return this.state !== undefined && performance.now() - this.lateAt < LATELY_MILLISECONDS
  }

  /** The device's time now, µs, as near as the connection allows. */
  now(): number {
    return (performance.now() + this.offset) * 1000
  }

  input(port: string, content: { level?: number; value?: number; bytes?: number[] }): void {
    if (this.connection?.module !== undefined) return // it has jacks and buttons of its own
    void this.ask({ input: { port, ...content } })
  }

  press(key: string): void {
    this.input("keys", { bytes: [key.charCodeAt(0)] })
  }

  /** A button is pressed and let go. */
  click(port: string): void {
    this.input(port, { level: 1 })
    setTimeout(() => this.input(port, { level: 0 }), 60)
  }

  /** Sets one setting by its dotted key; resolves with what is wrong. */
  set(key: string, value: unknown): Promise<string[]> {
    return this.settings ? this.ask({ set: nested(this.settings, key, value) }) : Promise.resolve(["the device is away"])
  }

  ask(request: object): Promise<string[]> {
    const id = this.nextId++
    if (!this.transport.send(JSON.stringify({ id, ...request }))) return Promise.resolve(["the device is away"])
    return new Promise((resolve) => this.answers.set(id, resolve))
  }

  private hear(text: string): void {
    const message = JSON.parse(text) as FromHost
    if (message.hello) {
      this.connection = message.hello
      this.settings = message.hello.settings
      this.changed()
    } else if (message.update) this.take(message.update)
    else if (message.settings) {
      this.settings = message.settings
      this.changed()
    } else if (message.answer !== undefined) {
      this.answers.get(message.answer)?.(message.problems ?? [])
      this.answers.delete(message.answer)
    } else if (message.notice) {
      for (const listener of this.onNotice) listener(message.notice)
    } else {
      this.network = message.network ?? this.network
      this.midi = message.midi ?? this.midi
      this.cards = message.cards ?? this.cards
      this.soundCards = message.soundCards ?? this.soundCards
      this.cardPlans = message.cardPlans ?? this.cardPlans
      if (message.cards) this.cardsAhead = { micros: message.aheadMicros ?? 0, midiWaits: message.midiWaits ?? false }
      this.counters = message.counters ?? this.counters
      this.changed()
    }
  }

  private take(update: Update): void {
    const offset = update.time / 1000 - performance.now()
    // The fastest message tells the time best; a little forgetting follows a clock that drifts.
    this.offset = offset > this.offset - 0.01 ? offset : this.offset - 0.01
    if (this.update && update.late > this.update.late) this.lateAt = performance.now()
    this.update = update
    this.state = update.state
    for (const listener of this.onUpdate) listener(update)
  }

  private forget(): void {
    this.connection = this.settings = this.state = this.update = this.midi = this.counters = this.cards = this.network = undefined
    this.cardsAhead = this.soundCards = this.cardPlans = undefined
    this.offset = -Infinity
    for (const resolve of this.answers.values()) resolve(["the device went away"])
    this.answers.clear()
    this.changed()
  }

  private changed(): void {
    for (const listener of this.onChange) listener()
  }
}

/** `{sync: [{}, {}, {ppqn: 4}]}` for "sync.2.ppqn": lists keep what they hold before the place that changes. */
export function nested(settings: Settings, key: string, value: unknown): object {
  const names = key.split(".")
  let node = value
  for (let i = names.length - 1; i >= 0; i--) {
    const held = readSetting(settings, names.slice(0, i).join("."))
    if (i > 0 && Array.isArray(held)) {
      const index = Number(names[i])
      node = [...held.slice(0, index).map((item) => (typeof item === "object" ? {} : item)), node]
    } else node = { [names[i]]: node }
  }
  return node as object
}

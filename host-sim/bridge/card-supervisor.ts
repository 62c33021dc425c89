/**
 * A card as the bridge sees it: a process that comes and goes, and the pulses that its instruments ought to have had. A pulse is
 * kept until the process says that it has been heard. What was missed is made up for when the card is back, less whole rounds of the
 * pattern: so an instrument stands on the right step again, a quarter of a second after its card.
 *
 * Confession: a pulse under way when the cable was pulled, or one that an underrun ate, may count as heard; then the channel's realign key is
 * the cure.
 */
import { type ChildProcess, fork } from "node:child_process"
import { join } from "node:path"
import type { Micros } from "../../src/time"
import type { OutputCard } from "../cards/output-cards"
import { WANDERING_MICROS } from "../cards/said-latency"
import type { CardStatus, FromCard, ToCard } from "./card-messages"
import type { CardReport, CardState } from "./card-report"
import { monotonicMicros } from "./monotonic"
import type { Pulse } from "./track"
import type { CardPlan } from "./wiring"

/** A process that plays says something every 50 ms. */
const SILENCE_MICROS = 700_000
/** One that opens a card may be kept by its driver. */
const OPENING_MICROS = 15_000_000
/** What a driver says of its latency is believed after this time. */
const SETTLED_MICROS = 1_000_000

export class CardSupervisor {
  state: CardState = "opening"
  problem = ""
  losses = 0
  /** What there was when the card was not. */
  cards: readonly OutputCard[] = []
  status: CardStatus | undefined
  /** What the driver says of its latency; undefined until it can be believed. */
  saidLatency: Micros | undefined
  private process: ChildProcess
  private lastWord = 0
  private latency: Micros | undefined
  private heard: [number, number] = [0, 0]
  private late = 0
  private readonly pending: readonly [Pulse[], Pulse[]] = [[], []]
  private readonly outbox: number[] = []
  private isClosed = false

  /** `pulsesPerPart`: after how many pulses of a side its instrument is where it was. */
  constructor(
    readonly plan: CardPlan,
    private readonly pulsesPerPart: (side: number) => number,
    private readonly news: (text: string) => void,
    private readonly gulpSeconds: number,
  ) {
    this.process = this.start()
  }

  add(side: number, pulse: Pulse): void {
    this.pending[side].push(pulse)
    if (this.state !== "playing") return void this.forgetRounds(side)
    // What comes at once goes at once: left and right of a pulse are put by the same reading of the card's clock.
    if (this.outbox.length === 0) queueMicrotask(() => this.send({ kind: "pulses", pulses: this.outbox.splice(0) }))
    this.outbox.push(side, pulse.time, pulse.widthMicros, pulse.level)
  }

  /** From a frame's taking to its sound, as it is to be reckoned with. */
  setLatency(micros: Micros): void {
    if (this.latency !== undefined && Math.abs(micros - this.latency) < 1) return
    this.latency = micros
    this.send({ kind: "latency", micros })
  }

  /** Is the process alive? To be called some times a second. */
  check(now: Micros): void {
    const patience = this.state === "opening" || this.state === "absent" ? OPENING_MICROS : SILENCE_MICROS
    if (now - this.lastWord > patience) this.replace("hangs")
  }

  report(): CardReport {
    const { plan, state, problem, status, latency, losses } = this
    return {
      card: status?.name ?? plan.card,
      state,
      problem,
      ppm: status && (state === "playing" || state === "listening") ? status.ppm : null,
      latencyMicros: latency ?? 0,
      late: this.late + (status?.late ?? 0),
      losses,
      outputs: [plan.sides[0]?.output ?? "-", plan.sides[1]?.output ?? "-"],
    }
  }

  /** Twice is fine. */
  close(): void {
    this.isClosed = true
    this.process.kill("SIGKILL")
  }

  private start(): ChildProcess {
    // The libraries of the system write what they please: to nobody.
    const child = forkCard()
    this.lastWord = monotonicMicros()
    child.on("message", (message: FromCard) => child === this.process && this.hear(message))
    child.on("exit", () => child === this.process && !this.isClosed && this.replace("lost its process"))
    child.on("error", () => undefined)
    const rate = (this.status?.ppm ?? 0) / 1e6
    child.send({ kind: "open", card: this.plan.card, gulpSeconds: this.gulpSeconds, rate } satisfies ToCard)
    return child
  }

  private send(message: ToCard): void {
    if (this.process.connected) this.process.send(message, () => undefined)
  }

  private hear(message: FromCard): void {
    this.lastWord = monotonicMicros()
    if (message.kind === "absent") this.hearAbsent(message.problem, message.cards)
    else if (message.kind === "status") this.hearStatus(message)
    else if (message.kind === "broken") this.replace(message.problem)
  }

  private hearAbsent(problem: string, cards: readonly OutputCard[]): void {
    this.cards = cards
    this.state = "absent"
    this.problem = problem
  }

  private hearStatus(status: CardStatus): void {
    this.status = status
    status.heard.forEach((count, side) => {
      this.pending[side].splice(0, count - this.heard[side])
      this.heard[side] = count
    })
    if (status.watchedMicros > SETTLED_MICROS) this.believe(status.latencyMicros)
    if (this.state === "opening" || this.state === "absent") this.state = "listening"
    // A card known from before plays at once, another when its clock has been heard for a while.
    if (this.state === "listening" && status.isReady && this.latency !== undefined) this.joinIn(this.latency)
  }

  /** What was believed once stays, also for a card that has come back: what is heard must not move with a driver's moods. */
  private believe(said: Micros): void {
    if (said === 0) return
    if (this.saidLatency === undefined || Math.abs(said - this.saidLatency) > WANDERING_MICROS) this.saidLatency = said
  }

  private joinIn(latency: Micros): void {
    this.state = "playing"
    this.problem = ""
    this.send({ kind: "latency", micros: latency })
    const made = this.pending.map((pulses, side) => {
      const missed = this.forgetRounds(side)
      this.outbox.push(...pulses.flatMap(({ time, widthMicros, level }) => [side, time, widthMicros, level]))
      return missed
    })
    this.send({ kind: "pulses", pulses: this.outbox.splice(0) })
    const makingUp = made.some((count) => count > 0) ? `, ${made.join(" and ")} pulses are made up for` : ""
    if (this.losses > 0) this.news(`${this.plan.card}: plays again${makingUp}`)
  }

  /** Of what was missed only the part of a round counts. Returns how many pulses that is. */
  private forgetRounds(side: number): number {
    const now = monotonicMicros()
    const pulses = this.pending[side]
    let missed = 0
    while (missed < pulses.length && pulses[missed].time < now) missed++
    const rounds = missed - (missed % this.pulsesPerPart(side))
    pulses.splice(0, rounds)
    return missed - rounds
  }

  /** The process is of no more use: another one takes over. */
  private replace(problem: string): void {
    if (this.isClosed) return
    const old = this.process
    if (this.state === "playing" || this.problem !== problem) this.news(`${this.plan.card}: ${problem}; it is tried again`)
    if (this.state === "playing" || this.state === "listening") this.losses++
    this.late += this.status?.late ?? 0
    this.state = "opening"
    this.problem = problem
    this.heard = [0, 0]
    this.process = this.start()
    old.kill("SIGKILL")
  }
}

export function forkCard(): ChildProcess {
  return fork(join(__dirname, "card-process.cjs"), { stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] })
}

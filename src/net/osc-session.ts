/**
 * A module that is played by OSC: packets come in, wait for their timetags, and become inputs of the core at exactly that time;
 * beats go out ahead of theirs. It owns no socket and no clock, so the same code runs on real sockets and in virtual time.
 *
 * A command with timetag T is told to the core one commit lead before T, so what it causes stands at T. Ticks are pulses at the
 * core's clock input: they are told at T, where they stand; whoever listens to them lets the core predict (`source: cv`).
 */
import { LEAD_MICROS } from "../backend"
import { ForwardDelay } from "../clock-map/forward-delay"
import { IN_CV, levelEvent, REMOTE_PLAY, REMOTE_STOP } from "../event"
import type { OscMessage } from "../osc/message"
import { START_LEAD_MICROS } from "../output/output"
import { AddressMatcher } from "../osc/pattern"
import { OscReader, type OscListener } from "../osc/reader"
import { TimedQueue, type LatePolicy } from "../osc/timed-queue"
import { isImmediately, sharedOfTimetag, timetagFraction, timetagSeconds, type SharedMicros } from "../osc/timetag"
import { OscWriter } from "../osc/writer"
import { shownSetting } from "../settings"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT, type Micros } from "../time"
import { RUNNING } from "../transport"
import type { ModuleHand } from "./module-hand"
import { channelKey, commandsOf, ERROR_ADDRESS, isTempo, transportEvent, type Command } from "./osc-commands"
import type { TwoWayClock } from "./timeline-player"

export interface OscOptions {
  /** Where beats go: an address and its text. Empty: nowhere. */
  beatAddress?: string
  beatText?: string
  /** D of the beats sent, us; `auto` from measured delays. */
  forwardMicros?: number | "auto"
  /** Fraction of late packets that `auto` aims at. */
  targetLoss?: number
  /** Beats without a timetag, at their time, as the workshop's second example sends them. */
  isImmediate?: boolean
  latePolicy?: LatePolicy
  furthestMicros?: number
  /** Longer packets, and messages beyond this many of one packet, are refused; the queue holds so many commands. */
  mostBytes?: number
  mostMessages?: number
  mostWaiting?: number
}

/** Whoever leads others: what would move this module's song moves everybody's instead, each at its shared time. */
export interface Conducting {
  play(at: SharedMicros): void
  /** From where it stands; one that runs goes on. */
  continue(at: SharedMicros): void
  stop(at: SharedMicros): void
  tempo(at: SharedMicros, bpm: number): void
}

export type Reply = (packet: Uint8Array) => void

/** `seconds` and `fraction` are the timetag. */
export type Intercept = (message: OscMessage, seconds: number, fraction: number, reply: Reply) => boolean

interface Waiting {
  command: Command
  reply: Reply
}

/** An input of the core that waits for its time. */
interface Planned {
  time: Micros
  run: (told: Micros) => void
}

/** A start is told to the core at least this long ahead: the commit lead, its start message, and a millisecond to be sure. */
const START_MICROS = LEAD_MICROS + START_LEAD_MICROS + 1000

/** A leader's changes are heard of this long before their time: two heartbeats may be lost. */
export const CONDUCTING_MICROS = 800_000

/** What has been given a time may be announced so much later than that: a loop that was held up moves no beat. */
const SPARE_MICROS = 200_000

/** Who announces beats far ahead has as much planned ahead; beyond this it stays in the queue, which is bounded. */
const MOST_PLANNED = 1024

/** A pulse at the clock input is this long. */
const PULSE_MICROS = 2000

export class OscSession implements OscListener {
  readonly reader: OscReader
  readonly queue: TimedQueue<Waiting>
  readonly delay = new ForwardDelay()
  /** Messages that asked for nothing known, or wrongly. */
  refused = 0
  beatsSent = 0
  /** Told of each text that comes with a tick (the workshop's first example sends greetings). */
  onText: (text: string) => void = () => undefined
  /** Told of each tick's time on our clock, and what it was on the shared one. */
  onTick: (at: Micros, shared: SharedMicros) => void = () => undefined
  /** The same of each beat sent. */
  onBeat: (at: Micros, shared: SharedMicros) => void = () => undefined

  /** Set where this machine leads. */
  conducting: Conducting | undefined
  /** Sees every message first; true where it was meant for it. */
  intercept: Intercept = () => false

  private readonly matcher = new AddressMatcher()
  private readonly writer = new OscWriter()
  private arrived: SharedMicros = 0
  private reply: Reply = () => undefined
  /** Messages of the packet that is being read. */
  private messages = 0
  private sentBeat = -Infinity
  private sentBase = NaN
  private told: Micros = 0
  /** When everybody can have heard of what is announced now. */
  private soonest: SharedMicros = 0
  /** D of the beats now sent. */
  private ahead = 0
  private readonly planned: Planned[] = []

  constructor(
    private readonly hand: ModuleHand,
    private readonly clock: TwoWayClock,
    private readonly options: OscOptions = {},
  ) {
    if (options.beatAddress && !options.isImmediate) this.ahead = this.forwardMicros(0)
    const { mostBytes = 65536, mostWaiting = 1024 } = options
    this.reader = new OscReader(mostBytes, 64)
    this.queue = new TimedQueue(mostWaiting, options.latePolicy, options.furthestMicros)
  }

  /** A packet that arrived at this local time. */
  receive(packet: Uint8Array, arrived: Micros, reply: Reply = () => undefined): void {
    this.begin(packet, arrived, reply)
    while (this.isReading) this.hearNext()
  }

  /** The same in steps: first this, and then `hearNext` as long as it is reading. */
  begin(packet: Uint8Array, arrived: Micros, reply: Reply): void {
    this.reader.drop()
    if (packet.length > this.reader.bytes.length) {
      this.refused++
      return
    }
    this.reader.bytes.set(packet)
    this.messages = 0
    this.arrived = this.clock.sharedAt(arrived)
    this.reply = reply
    this.reader.judge(packet.length)
  }

  /** Messages of a packet wait to be heard. */
  get isReading(): boolean {
    return this.reader.waiting > 0
  }

  hearNext(): void {
    const { mostMessages = Infinity } = this.options
    if (++this.messages <= mostMessages) return this.reader.deliver(this)
    this.refused += this.reader.waiting
    this.reader.drop()
  }

  message(message: OscMessage, seconds: number, fraction: number): void {
    if (this.intercept(message, seconds, fraction, this.reply)) return
    for (const command of commandsOf(message, this.matcher)) {
      if (typeof command === "string") {
        this.refused++
        this.answer(this.reply, ERROR_ADDRESS, command)
      } else if (!isImmediately(seconds, fraction))
        this.queue.add(sharedOfTimetag(seconds, fraction), this.arrived, { command, reply: this.reply })
      else if (!this.conducts(command, this.arrived + CONDUCTING_MICROS))
        this.queue.addNow(this.arrived + this.announced(command), { command, reply: this.reply })
    }
  }

  /** When `pump` has something to do next, of what is heard of by `now`. */
  nextDue(now: Micros): Micros {
    this.gather(now)
    return this.planned.length > 0 ? this.planned[0].time : Infinity
  }

  /** Does what is due; call before the module is rendered for `now`. */
  pump(now: Micros): void {
    this.gather(now)
    while (this.planned.length > 0 && this.planned[0].time <= now) {
      const { time, run } = this.planned.shift() as Planned
      this.told = Math.max(this.told, time)
      run(this.told)
    }
    this.told = Math.max(this.told, now)
  }

  /** When `pump` is to be called next, without looking again before. */
  nextWake(): Micros {
    const planned = this.planned.length > 0 ? this.planned[0].time : Infinity
    if (this.queue.length === 0) return planned
    return Math.min(planned, this.clock.localAt(this.queue.nextTime) - START_MICROS - this.ahead + 1)
  }

  private gather(now: Micros): void {
    if (this.queue.length === 0 || this.planned.length >= MOST_PLANNED) return
    const told = START_MICROS + this.ahead
    this.soonest = this.clock.sharedAt(now) + CONDUCTING_MICROS - SPARE_MICROS
    this.queue.run(this.clock.sharedAt(now + (this.conducting ? Math.max(told, CONDUCTING_MICROS) : told)), this.planItem)
  }

  private readonly planItem = (time: SharedMicros, { command, reply }: Waiting): void => {
    if (this.conducts(command, Math.max(time, this.soonest))) return
    const at = this.clock.localAt(time)
    if (command.kind === "transport" && command.value === REMOTE_PLAY)
      this.plan(at - START_MICROS - this.ahead, (told) => this.play(told, at))
    else if (command.kind === "tick") this.expectPulse(Math.max(at, this.told), time, command.text)
    else this.plan(at - LEAD_MICROS, (told) => this.execute(command, told, reply))
  }

  /** D as it stands, us; `clockError` is that of both machines. */
  forwardMicros(clockError: number): Micros {
    const { forwardMicros = "auto", targetLoss = 0.001 } = this.options
    return forwardMicros === "auto" ? this.delay.choose(targetLoss, clockError) : forwardMicros
  }

  /** Sends each beat whose time is within D, once, with its timetag. */
  sendBeats(now: Micros, clockError: number, send: (packet: Uint8Array) => void): void {
    const { beatAddress, beatText = "tick", isImmediate } = this.options
    const { line, transport } = this.hand.module
    if (beatAddress && !isImmediate) this.ahead = this.forwardMicros(clockError)
    if (!beatAddress || transport.state !== RUNNING || !line.isKnown()) return
    if (transport.songBase !== this.sentBase) {
      this.sentBase = transport.songBase
      this.sentBeat = Math.ceil((transport.startTick - transport.songBase) / TICKS_PER_BEAT - 1e-9) - 1
    }
    const { ahead } = this
    for (;;) {
      const tick = transport.songBase + (this.sentBeat + 1) * TICKS_PER_BEAT
      const at = line.timeOf(tick)
      if (at > now + ahead || tick > line.limit) return
      this.sentBeat++
      this.beatsSent++
      const shared = this.clock.sharedAt(at)
      this.onBeat(at, shared)
      this.writer.begin()
      if (!isImmediate) this.writer.openBundle(timetagSeconds(shared), timetagFraction(shared))
      this.writer.message(beatAddress, "s")
      this.writer.string(beatText)
      if (!isImmediate) this.writer.closeBundle()
      send(this.writer.bytes.slice(0, this.writer.finish()))
    }
  }

  /** A start is told early, so that its first beats can be announced; a running song is begun anew where it stands. */
  private play(told: Micros, at: Micros): void {
    const { hand } = this
    const { module } = hand
    const earliest = Math.max(at, told + START_MICROS)
    if (module.transport.state === RUNNING) this.plan(earliest - START_MICROS, (later) => hand.event(later, transportEvent(REMOTE_PLAY)))
    else hand.line(told, { at: earliest, tick: 0, period: TICK_MICROS_AT_1_BPM / module.settings.tempo, starts: true })
  }

  private execute(command: Exclude<Command, { kind: "tick" }>, told: Micros, reply: Reply): void {
    const { hand } = this
    switch (command.kind) {
      case "transport":
        return hand.event(told, transportEvent(command.value))
      case "inputs":
        return command.events.forEach((event) => hand.event(told, event))
      case "channel": {
        const { state, pending } = hand.module.bank.channels[command.channel]
        const pressed = channelKey(command, state, pending)
        return pressed === undefined ? undefined : hand.event(told, pressed)
      }
      case "settings": {
        const problems = hand.set(told, command.change)
        if (problems.length > 0) this.refused++
        return problems.forEach((problem) => this.answer(reply, ERROR_ADDRESS, problem))
      }
      case "tempo-query":
        return this.answer(reply, command.address, this.tempo())
      case "query": {
        const value = shownSetting(hand.module.settings, command.key)
        if (value === undefined || typeof value === "object") return this.answer(reply, ERROR_ADDRESS, `${command.key} is not a setting`)
        return this.answer(reply, command.address, value as string | number | boolean)
      }
    }
  }

  /** What is played, where that is known: a clock or a leader gives another tempo than the settings. One that waits for its part goes before. */
  private tempo(): number {
    const { line, bank, settings } = this.hand.module
    if (bank.targetTempo > 0) return bank.targetTempo
    return line.isKnown() ? Math.round((TICK_MICROS_AT_1_BPM / line.period) * 100) / 100 : settings.tempo
  }

  private expectPulse(at: Micros, shared: SharedMicros, text: string): void {
    this.plan(at, (told) => {
      this.onText(text)
      this.onTick(at, shared)
      this.hand.event(told, levelEvent(IN_CV, 1))
    })
    this.plan(at + PULSE_MICROS, (told) => this.hand.event(told, levelEvent(IN_CV, 0)))
  }

  /** Inputs of the core come in order of time, whatever order they were heard in. */
  private plan(time: Micros, run: (told: Micros) => void): void {
    let slot = this.planned.length
    while (slot > 0 && this.planned[slot - 1].time > time) slot--
    this.planned.splice(slot, 0, { time, run })
  }

  /**
   * A leader announces what is to be at `at`, as soon before as everybody can hear of it and no sooner: changes come to rule in the order
   * in which they are announced, and a stop at the end of the song would hold up a tempo in its midst.
   */
  private conducts(command: Command, at: SharedMicros): boolean {
    const to = this.conducting
    if (to === undefined) return false
    if (command.kind === "transport" && command.value === REMOTE_STOP) to.stop(at)
    else if (command.kind === "transport" && command.value === REMOTE_PLAY) to.play(at)
    else if (command.kind === "transport") to.continue(at)
    else if (command.kind === "settings" && isTempo(Number(command.change.tempo))) to.tempo(at, Number(command.change.tempo))
    else return false // a tempo that is none, too: the settings say what is wrong with it
    return true
  }

  /** What changes the beat waits for D when it is to happen at once: the beats until then have been announced already. */
  private announced(command: Command): Micros {
    return command.kind === "transport" || command.kind === "settings" ? this.ahead : 0
  }

  private answer(reply: Reply, address: string, value: string | number | boolean): void {
    const { writer } = this
    writer.begin()
    writer.message(address, typeof value === "number" ? "d" : typeof value === "boolean" ? (value ? "T" : "F") : "s")
    if (typeof value === "number") writer.double(value)
    else if (typeof value === "string") writer.string(value)
    if (writer.overflow) return // only to a question longer than any honest one
    reply(writer.bytes.slice(0, writer.finish()))
  }
}

/**
 * One machine of a rig in real time, all in one thread: the core on its internal or followed clock, and a station of the network that tells it
 * what others want. Everything that decides lives in parts that run in virtual time as well; here are sockets and a timer.
 */
import { LEAD_MICROS } from "../../src/backend"
import type { ClockMap } from "../../src/clock-map/clock-map"
import type { EventWord } from "../../src/event"
import { Module } from "../../src/module"
import type { Election } from "../../src/net/election"
import { ModuleHand } from "../../src/net/module-hand"
import type { Intercept, OscSession } from "../../src/net/osc-session"
import { Station, type StationOptions } from "../../src/net/station"
import type { TimelinePlayer } from "../../src/net/timeline-player"
import type { Micros } from "../../src/time"
import type { NestedSettings, TimedInput } from "../input/timed-input"
import type { Noted } from "../live/recorder"
import { OrderedQueue } from "../ordered-queue"
import { localMicros } from "./local-clock"
import { type Address, type SocketOptions, Sockets } from "./sockets"

const PUMP_MILLIS = 2
const NOTE_MILLIS = 100

export interface NodeOptions extends SocketOptions, StationOptions {
  readonly settings: object
}

export class LiveNode {
  /** What the module began with. */
  readonly settings: NestedSettings
  readonly module: Module
  readonly hand: ModuleHand
  readonly station!: Station
  /** Told of everything that the module was told and has said, a tenth of a second at a time. */
  onUpdate: ((update: Noted) => void) | undefined
  /** Hears each event as it falls due. */
  deliver: (time: Micros, word: EventWord) => void = () => undefined
  /** Output events delivered, and those whose time had passed when the loop came to them by more than 5 ms. */
  delivered = 0
  late = 0
  readonly sockets!: Sockets

  private readonly queue = new OrderedQueue()
  private now: Micros = 0
  private heard: TimedInput[] = []
  private said: number[] = []
  private readonly closing: (() => void)[] = []

  private constructor(readonly options: NodeOptions) {
    this.settings = { source: "internal", transport: { start: "button" }, ...options.settings }
    this.module = new Module(this.settings)
    this.hand = new ModuleHand(this.module, this.queueing)
    this.hand.onInput = (input) => {
      if (this.onUpdate) this.heard.push(input)
    }
  }

  static async open(options: NodeOptions): Promise<LiveNode> {
    const node = new LiveNode(options)
    const sockets = await Sockets.open(
      { ...options, isReference: options.role === "lead" },
      {
        packet: (packet, arrived, reply, from) => node.station?.receive(packet, arrived, reply, `${from.address}:${from.port}`),
        roundTrip: (micros) => node.station?.session.delay.observe(micros),
      },
    )
    node.start(sockets)
    return node
  }

  get port(): number {
    return this.sockets.port
  }

  get peers(): Address[] {
    return this.sockets.peers
  }

  get map(): ClockMap {
    return this.sockets.map
  }

  get session(): OscSession {
    return this.station.session
  }

  get player(): TimelinePlayer {
    return this.station.player
  }

  get election(): Election {
    return this.station.election
  }

  /** Sees every message first. */
  set alsoHears(intercept: Intercept) {
    this.station.alsoHears = intercept
  }

  /** Twice is fine. */
  close(): void {
    if (this.closing.length > 0) this.note()
    this.closing.splice(0).forEach((close) => close())
  }

  private readonly queueing = {
    schedule: (time: Micros, word: EventWord) => {
      this.queue.push(time, word)
      return true
    },
  }

  private start(sockets: Sockets): void {
    const station = new Station(this.hand, sockets.map, this.options, sockets)
    station.onHello = (_, from) => sockets.met(addressAt(from))
    station.onLeader = (leader, from) => sockets.leaderIs(leader, addressAt(from))
    Object.assign(this, { sockets, station })
    const timers = [setInterval(() => this.pump(), PUMP_MILLIS), setInterval(() => this.note(), NOTE_MILLIS)]
    this.closing.push(
      () => sockets.close(),
      () => timers.forEach(clearInterval),
    )
  }

  /** What has happened since the last time. */
  private note(): void {
    const { now: time, heard: inputs, said: outputs, late } = this
    this.heard = []
    this.said = []
    this.onUpdate?.({ time, inputs, outputs, late, counters: this.module.counters() })
  }

  private pump(): void {
    const now = localMicros()
    this.station.pump(now)
    this.module.render(now + LEAD_MICROS, this.queueing)
    this.queue.deliver(now, (time, word) => {
      this.delivered++
      if (now - time > 5000) this.late++
      this.deliver(time, word)
      if (this.onUpdate) this.said.push(time, word)
    })
    this.now = now
    this.station.speak(now)
  }
}

/** `192.168.1.10:8000` taken apart. */
export function addressAt(text: string): Address {
  const colon = text.lastIndexOf(":")
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
}

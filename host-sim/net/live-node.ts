/**
 * One machine of a rig in real time: the core on its internal or followed clock, OSC in and out, the shared clock, and a leader's
 * timeline to give or to take. Everything that decides lives in parts that run in virtual time as well; here are sockets and timers.
 */
import { Bonjour } from "bonjour-service"
import { LEAD_MICROS } from "../../src/backend"
import { ClockMap } from "../../src/clock-map/clock-map"
import type { EventWord } from "../../src/event"
import { Module } from "../../src/module"
import { OscWriter } from "../../src/osc/writer"
import type { Micros } from "../../src/time"
import type { NestedSettings, TimedInput } from "../input/timed-input"
import type { Noted } from "../live/recorder"
import { ModuleHand } from "../../src/net/module-hand"
import { OrderedQueue } from "../ordered-queue"
import { Election, type LossPolicy } from "../../src/net/election"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"
import { NtpClient } from "./ntp-client"
import { NtpServer } from "./ntp-server"
import { OscSession, type Intercept, type OscOptions } from "../../src/net/osc-session"
import { TimelineLeader } from "../../src/net/shared-timeline"
import { pumpInOrder } from "../../src/net/pump"
import { SystemClock } from "./system-clock"
import { HELLO_ADDRESS, readChange, readHello, TIMELINE_ADDRESS, writeHeartbeat, writeHello } from "../../src/net/timeline-messages"
import { TimelinePlayer, type TwoWayClock } from "../../src/net/timeline-player"
import { UdpPort } from "./udp-port"

const PUMP_MILLIS = 2
const HEARTBEAT_MILLIS = 250
const HELLO_MILLIS = 1000
const NOTE_MILLIS = 100

export interface Address {
  readonly address: string
  readonly port: number
}

export interface NodeOptions {
  readonly on: NetworkInterface
  readonly listen: number
  readonly name: string
  readonly settings: object
  readonly osc: OscOptions
  /** Where beats go. */
  readonly sendTo?: Address
  /** Who hears the timeline and the hellos; found ones are added. */
  readonly peers: readonly Address[]
  readonly role: "lead" | "follow" | "alone"
  readonly priority: number
  readonly onLoss: LossPolicy
  readonly server?: Address
  readonly serve?: number
  readonly discover: boolean
  /** The shared clock, where somebody else keeps it. */
  readonly map?: ClockMap
}

export class LiveNode {
  /** What the module began with. */
  readonly settings: NestedSettings
  readonly module: Module
  readonly hand: ModuleHand
  readonly session: OscSession
  readonly player: TimelinePlayer
  readonly election: Election
  readonly peers: Address[]
  /** Sees every message first. */
  alsoHears: Intercept = () => false
  /** Told of everything that the module was told and has said, a tenth of a second at a time. */
  onUpdate: ((update: Noted) => void) | undefined
  /** Hears each event as it falls due. */
  deliver: (time: Micros, word: EventWord) => void = () => undefined
  /** Output events delivered, and those whose time had passed when the loop came to them by more than 5 ms. */
  delivered = 0
  late = 0
  clock!: TwoWayClock
  map!: ClockMap

  private readonly queue = new OrderedQueue()
  private now: Micros = 0
  private heard: TimedInput[] = []
  private said: number[] = []
  private readonly writer = new OscWriter()
  private readonly closing: (() => void)[] = []
  private readonly sharing: TwoWayClock = {
    sharedAt: (local) => this.clock.sharedAt(local),
    localAt: (shared) => this.clock.localAt(shared),
  }
  private udp!: UdpPort

  private constructor(readonly options: NodeOptions) {
    const out = {
      schedule: (time: Micros, event: number) => {
        this.queue.push(time, event)
        return true
      },
    }
    this.peers = [...options.peers]
    this.settings = { source: "internal", transport: { start: "button" }, ...options.settings }
    this.module = new Module(this.settings)
    this.hand = new ModuleHand(this.module, out)
    this.session = new OscSession(this.hand, this.sharing, options.osc)
    this.player = new TimelinePlayer(this.hand, this.sharing)
    this.election = new Election({ id: options.name, priority: options.priority }, options.onLoss)
    this.hand.onInput = (input) => {
      if (this.onUpdate) this.heard.push(input)
    }
    this.session.intercept = (message, seconds, fraction, reply) => {
      if (this.alsoHears(message, seconds, fraction, reply)) return true
      const now = localMicros()
      if (message.addressHas(0, TIMELINE_ADDRESS)) {
        const change = options.role === "alone" ? undefined : readChange(message)
        if (change) {
          this.player.timeline.hear(change)
          const { newest } = this.player.timeline
          if (newest && change.leader === newest.leader && change.term === newest.term) this.election.heartbeat(change.leader, now)
          if (this.session.conducting && newest?.leader !== options.name) this.session.conducting = undefined
        }
        return true
      }
      if (!message.addressHas(0, HELLO_ADDRESS)) return false
      const rank = readHello(message)
      if (rank) this.election.hello(rank, now)
      return true
    }
  }

  static async open(options: NodeOptions): Promise<LiveNode> {
    const node = new LiveNode(options)
    await node.openClock()
    node.udp = await UdpPort.open(options.on, options.listen, (packet, from, arrived) =>
      node.session.receive(packet, arrived, (reply) => node.udp.send(reply, from.port, from.address)),
    )
    node.closing.push(() => node.udp.close())
    if (options.role === "lead") node.lead(Math.floor(node.map.sharedAt(localMicros()) / 1e6))
    node.every(PUMP_MILLIS, () => node.pump())
    node.every(HEARTBEAT_MILLIS, () => node.heartbeat())
    node.every(HELLO_MILLIS, () => node.sayHello())
    node.every(NOTE_MILLIS, () => node.note())
    if (options.discover) node.discover()
    return node
  }

  get port(): number {
    return this.udp.port
  }

  /** What has happened since the last time. */
  private note(): void {
    const { now: time, heard: inputs, said: outputs, late } = this
    this.heard = []
    this.said = []
    this.onUpdate?.({ time, inputs, outputs, late, counters: this.module.counters() })
  }

  /** Twice is fine. */
  close(): void {
    if (this.closing.length > 0) this.note()
    this.closing.splice(0).forEach((close) => close())
  }

  private async openClock(): Promise<void> {
    const { on, server, serve, map } = this.options
    if (map) this.map = map
    else if (server) {
      this.map = new ClockMap()
      const client = await NtpClient.open(on, server, this.map)
      // The slower of the two ways may have taken nearly all of it.
      client.onRoundTrip = (micros) => this.session.delay.observe(micros)
      this.closing.push(() => client.close())
    } else {
      const system = new SystemClock()
      this.map = system.map
      this.closing.push(() => system.close())
    }
    this.clock = this.map
    if (serve === undefined) return
    const ntp = await NtpServer.open(on, serve, {
      sharedAt: (local) => this.map.sharedAt(local),
      standing: (local) => ({
        stratum: this.map.isSet ? 10 : 16,
        rootDelayMicros: this.map.roundTripMicros,
        rootDispersionMicros: Math.min(1e9, this.map.errorMicros(local)),
        referenceId: 0x4c4f434c,
      }),
    })
    this.closing.push(() => ntp.close())
  }

  /**
   * Everybody follows this machine from now on; the song, if there is one, goes on as it is. The term of one who is told to lead is
   * the second in which it was: started anew, it goes before what it was before.
   */
  private lead(term: number): void {
    const hand = new TimelineLeader(this.options.name, term, this.player.timeline)
    this.election.heartbeat(this.options.name, localMicros())
    hand.takeOver(this.map.sharedAt(localMicros()) + HEARTBEAT_MILLIS * 1000)
    this.session.conducting = {
      play: (at) => this.announce(hand.play(at, 0, this.module.settings.tempo)),
      stop: (at) => this.announce(hand.stop(at)),
      tempo: (at, bpm) => this.announce(hand.tempo(at, bpm)),
    }
  }

  private announce(change: unknown): void {
    if (change) this.heartbeat()
  }

  private pump(): void {
    const now = localMicros()
    if (this.map.isSet) pumpInOrder(this.session, this.player, now)
    this.module.render(now + LEAD_MICROS, { schedule: (time, event) => (this.queue.push(time, event), true) })
    this.queue.deliver(now, (time, word) => {
      this.delivered++
      if (now - time > 5000) this.late++
      this.deliver(time, word)
      if (this.onUpdate) this.said.push(time, word)
    })
    this.now = now
    const { sendTo } = this.options
    if (sendTo && this.map.isSet)
      this.session.sendBeats(now, 2 * this.map.errorMicros(now), (packet) => this.udp.send(packet, sendTo.port, sendTo.address))
  }

  private heartbeat(): void {
    const { timeline } = this.player
    const state = this.election.state(localMicros())
    if (state === "elect") this.lead((timeline.newest?.term ?? 0) + 1)
    if (state === "stand" && timeline.current?.isRunning) {
      const hand = new TimelineLeader(this.options.name, (timeline.newest?.term ?? 0) + 1, timeline)
      hand.stop(this.map.sharedAt(localMicros()) + LEAD_MICROS * 2)
    }
    if (!this.session.conducting) return
    const changes = [timeline.current, ...timeline.pending].flatMap((change) => change ?? [])
    if (changes.length === 0) return
    writeHeartbeat(this.writer, changes)
    this.sendToPeers()
  }

  private sayHello(): void {
    if (this.options.role === "alone") return
    writeHello(this.writer, this.election.own)
    this.sendToPeers()
  }

  private sendToPeers(): void {
    const packet = this.writer.bytes.slice(0, this.writer.finish())
    for (const { address, port } of this.peers) this.udp.send(packet, port, address)
  }

  /** DNS-SD: says that it is here, and adds others of its kind on the interface's network. */
  private discover(): void {
    const bonjour = new Bonjour({ interface: this.options.on.address, bind: "0.0.0.0" } as object, () => undefined)
    bonjour.publish({
      name: `tactus ${this.options.name}`,
      type: "osc",
      protocol: "udp",
      port: this.port,
      txt: { tactus: this.options.name },
      probe: false,
    })
    const browser = bonjour.find({ type: "osc", protocol: "udp" }, (found) => {
      // Its own word first; the loopback, say, is nobody's own word, but it came from there.
      const addresses = [...(found.addresses ?? []), found.referer?.address ?? ""]
      const address = addresses.find((each) => each !== "" && this.options.on.includes(each))
      const name = (found.txt as { tactus?: string } | undefined)?.tactus
      if (!address || !name || name === this.options.name) return
      if (!this.peers.some((peer) => peer.address === address && peer.port === found.port)) this.peers.push({ address, port: found.port })
    })
    this.closing.push(() => {
      browser.stop()
      bonjour.unpublishAll(() => bonjour.destroy())
    })
  }

  private every(milliseconds: number, run: () => void): void {
    const timer = setInterval(run, milliseconds)
    this.closing.push(() => clearInterval(timer))
  }
}

/**
 * A machine's sockets and its clock: OSC in and out, a time server to ask, the time it gives itself, and others found by DNS-SD. It
 * decides nothing: what comes in is stamped and handed on, what goes out is sent where it belongs.
 *
 * Machines of a rig also ask each other for the time at the port where they hear OSC, from the same port (a packet of NTP cannot be
 * taken for one of OSC), so that a rig needs no time server: whoever follows asks whoever leads.
 */
import { Bonjour } from "bonjour-service"
import { isIPv4 } from "node:net"
import { ClockMap } from "../../src/clock-map/clock-map"
import { isNtpAnswer } from "../../src/clock-map/ntp"
import type { Address } from "../../src/net/ntp-exchange"
import type { Micros } from "../../src/time"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"
import { type ClockFeed, NtpClient } from "./ntp-client"
import { NtpAnswers, NtpServer, type SharedClock } from "./ntp-server"
import { Peers } from "./peers"
import { answerLimit } from "./rate-limit"
import { SystemClock } from "./system-clock"
import { UdpPort } from "./udp-port"

export type { Address } from "../../src/net/ntp-exchange"

export interface SocketOptions {
  readonly on: NetworkInterface
  /** Where OSC comes in; 0 takes a free port. */
  readonly listen: number
  readonly name: string
  /** Where beats go. */
  readonly sendTo?: Address
  /** Who hears the timeline and the hellos; found ones, and those who say hello, are added. */
  readonly peers: readonly Address[]
  /** The time server to follow; `leader`: whoever leads. Without one the system's clock is the shared one. */
  readonly server?: Address | "leader"
  /** Where to be a time server. */
  readonly serve?: number
  readonly discover: boolean
  /** Others take this machine's clock for the shared one, as they do where it is a time server. */
  readonly isReference?: boolean
  /** The shared clock, where somebody else keeps it. */
  readonly map?: ClockMap
}

export interface SocketListener {
  packet(packet: Uint8Array, arrived: Micros, reply: (packet: Uint8Array) => void, from: Address): void
  /** A packet to the time server and back took so long. */
  roundTrip(micros: Micros): void
  /** What the clock learns, for a copy of it elsewhere. */
  exchange?: ClockFeed["exchange"]
}

export interface SocketCounters {
  readonly received: number
  /** Packets from outside the interface's network: not answered, not heard. */
  readonly foreign: number
  readonly failedSends: number
  /** Answers to senders who ask too often. */
  readonly answersRefused: number
  readonly timeGiven: number
  readonly timeRefused: number
}

export class Sockets {
  readonly map: ClockMap
  /** What the shared clock comes from, in words. */
  clockSource: () => string = () => "another part of this machine"
  readonly answers = answerLimit()

  private readonly others: Peers
  private readonly closing: (() => void)[] = []
  private readonly clock: SharedClock
  private readonly given: NtpAnswers
  private udp!: UdpPort
  private readonly feed: ClockFeed
  private leaderClient: NtpClient | undefined
  private timeServer: NtpServer | undefined

  private constructor(
    private readonly options: SocketOptions,
    private readonly listener: SocketListener,
  ) {
    this.others = new Peers(options.peers)
    this.map = options.map ?? new ClockMap()
    const { map } = this
    this.clock = {
      sharedAt: (local) => map.sharedAt(local),
      standing: (local) => ({
        stratum: map.isSet ? 10 : 16,
        rootDelayMicros: map.roundTripMicros,
        rootDispersionMicros: Math.min(1e9, map.errorMicros(local)),
        referenceId: 0x4c4f434c,
      }),
    }
    this.given = new NtpAnswers(this.clock)
    this.feed = {
      exchange: (...times) => {
        listener.exchange?.(...times)
        return map.exchange(...times)
      },
    }
  }

  static async open(options: SocketOptions, listener: SocketListener): Promise<Sockets> {
    const sockets = new Sockets(options, listener)
    try {
      await sockets.openAll()
    } catch (fault) {
      sockets.close()
      throw fault
    }
    return sockets
  }

  get peers(): Address[] {
    return this.others.all
  }

  get address(): string {
    return this.options.on.address
  }

  get port(): number {
    return this.udp.port
  }

  toPeers(packet: Uint8Array): void {
    for (const { address, port } of this.peers) this.udp.send(packet, port, address)
  }

  /** An answer to one who asked, if it has not asked too often. */
  reply(packet: Uint8Array, to: Address): void {
    if (this.answers.allows(to.address, localMicros())) this.udp.send(packet, to.port, to.address)
  }

  beat(packet: Uint8Array): void {
    const { sendTo } = this.options
    if (sendTo) this.udp.send(packet, sendTo.port, sendTo.address)
  }

  /** One of our kind has said hello from here, or is said to be here: it hears what peers hear. */
  met(at: Address): void {
    const isPlace = isIPv4(at.address) && at.port > 0 && at.port < 65536 && this.options.on.includes(at.address)
    if (!isPlace || (at.address === this.address && at.port === this.port)) return
    this.others.met(at, localMicros())
  }

  /** Whoever leads says so from here: the clock is asked for there, if it is the leader's that is followed. */
  leaderIs(name: string, at: Address): void {
    this.leaderClient?.ask(at, name)
  }

  /** What was not answered, and what was. */
  counters(): SocketCounters {
    return {
      received: this.udp.received,
      foreign: this.udp.foreign + (this.timeServer?.udp.foreign ?? 0),
      failedSends: this.udp.failedSends,
      answersRefused: this.answers.refused,
      timeGiven: this.given.answered + (this.timeServer?.answered ?? 0),
      timeRefused: this.given.limit.refused + (this.timeServer?.limit.refused ?? 0),
    }
  }

  /** Twice is fine. */
  close(): void {
    this.closing.splice(0).forEach((close) => close())
  }

  private async openAll(): Promise<void> {
    const { on, listen, serve, server, map, discover } = this.options
    await this.openClock()
    this.udp = await UdpPort.open(on, listen, (packet, from, arrived) => {
      if (this.given.answer(packet, from, arrived, this.udp)) return
      if (isNtpAnswer(new DataView(packet.buffer, packet.byteOffset, packet.length), packet.length))
        return this.leaderClient?.receive(packet, from, arrived)
      this.listener.packet(packet, arrived, (answer) => this.reply(answer, from), from)
    })
    this.closing.push(() => this.udp.close())
    if (server === "leader" && !map) {
      this.leaderClient = this.listenTo(NtpClient.through(this.udp, this.feed))
      this.clockSource = () => "the leader's clock"
    }
    if (serve !== undefined) {
      const timeServer = await NtpServer.open(on, serve, this.clock)
      this.timeServer = timeServer
      this.closing.push(() => timeServer.close())
    }
    if (discover) this.discover()
  }

  private async openClock(): Promise<void> {
    const { on, server, map } = this.options
    if (map || server === "leader") return
    if (server === undefined) {
      const isReference = this.options.isReference || this.options.serve !== undefined
      const system = new SystemClock(this.map, this.feed, isReference ? 0 : undefined)
      this.clockSource = () => system.source
      this.closing.push(() => system.close())
      return
    }
    const client = this.listenTo(await NtpClient.open(on, server, this.feed))
    this.clockSource = () => `${server.address}:${server.port}, stratum ${client.stratum}`
  }

  private listenTo(client: NtpClient): NtpClient {
    client.onRoundTrip = (micros) => this.listener.roundTrip(micros)
    this.closing.push(() => client.close())
    return client
  }

  /** DNS-SD: says that it is here, and adds others of its kind on the interface's network. */
  private discover(): void {
    const { on, name } = this.options
    const bonjour = new Bonjour({ interface: on.address, bind: "0.0.0.0" } as object, () => undefined)
    bonjour.publish({ name: `tactus ${name}`, type: "osc", protocol: "udp", port: this.port, txt: { tactus: name }, probe: false })
    const browser = bonjour.find({ type: "osc", protocol: "udp" }, (found) => {
      // Its own word first; the loopback, say, is nobody's own word, but it came from there.
      const addresses = [...(found.addresses ?? []), found.referer?.address ?? ""]
      const address = addresses.find((each) => each !== "" && on.includes(each))
      const theirs = (found.txt as { tactus?: string } | undefined)?.tactus
      // Its own word comes back, from each of its addresses; another machine of the same name is met, and both say so.
      const isOwn = theirs === name && addresses.includes(on.address) && found.port === this.port
      if (!address || !theirs || isOwn) return
      this.met({ address, port: found.port })
    })
    this.closing.push(() => {
      browser.stop()
      bonjour.unpublishAll(() => bonjour.destroy())
    })
  }
}

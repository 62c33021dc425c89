/**
 * Asks a time server over a socket, at the pace that is due to it, and hands what it learns to a ClockMap: four questions a second between
 * machines of one rig (a tactus server), one in 64 s for strangers, as their operators expect. What is asked, and what an answer is
 * worth, is src/net/ntp-exchange.ts.
 */
import { randomBytes } from "node:crypto"
import { NtpExchange, type ClockFeed, type NtpPace, type Address } from "../../src/net/ntp-exchange"
import type { Micros } from "../../src/time"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"
import { UdpPort } from "./udp-port"

export type { ClockFeed } from "../../src/net/ntp-exchange"

/** Between machines that belong together: a pair of 76 bytes twice a second, and at first, for some 24 seconds, eight times. */
export const RIG_PACE: NtpPace = { burst: 400, burstMicros: 120_000, micros: 500_000, isPaired: true }

/** For servers of others: what `iburst` and the default poll of ntpd are. */
export const PUBLIC_PACE: NtpPace = { burst: 8, burstMicros: 2_000_000, micros: 64_000_000 }

/** A number nobody can guess, 0..1, below 1. */
function chance(): number {
  return randomBytes(4).readUInt32BE(0) / 0x100000000
}

export class NtpClient {
  /** Told of each measured round trip, us: half of it is a delay that a packet of ours may have. */
  onRoundTrip: (micros: number) => void = () => undefined

  private readonly exchange: NtpExchange
  private timer: NodeJS.Timeout | undefined
  private isClosed = false
  private udp!: UdpPort

  private constructor(map: ClockFeed, server: Address | undefined, pace: NtpPace) {
    this.exchange = new NtpExchange(map, pace, chance, server)
  }

  static async open(on: NetworkInterface, server: Address, map: ClockFeed, pace = RIG_PACE): Promise<NtpClient> {
    const client = new NtpClient(map, server, pace)
    client.udp = await UdpPort.open(on, 0, (packet, from, arrived) => client.receive(packet, from, arrived), server.address)
    client.askNext()
    return client
  }

  /** Asks through a socket that is there for other things as well, and hands `receive` what may be an answer. It waits for `ask`. */
  static through(udp: UdpPort, map: ClockFeed, pace = RIG_PACE): NtpClient {
    const client = new NtpClient(map, undefined, pace)
    client.udp = udp
    return client
  }

  get asked(): number {
    return this.exchange.asked
  }

  get answered(): number {
    return this.exchange.answered
  }

  /** Answers that contradicted what was known, were forged, or came twice. */
  get discarded(): number {
    return this.exchange.discarded
  }

  /** The server's stratum; 16 until it has answered. */
  get stratum(): number {
    return this.exchange.stratum
  }

  /** This server from now on, known by `name`; said again, nothing changes, nor while another of its addresses answers. */
  ask(server: Address, name: string): void {
    if (!this.exchange.goTo(name, server.address, server.port, localMicros())) return
    clearTimeout(this.timer)
    this.askNext()
  }

  /** The socket with it. Twice is fine. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.udp.close()
  }

  receive(packet: Buffer, from: { address: string; port: number }, arrived: Micros): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    const isFromServer = this.exchange.isFrom(from.address, from.port)
    const roundTrip = this.exchange.hear(view, packet.length, arrived, isFromServer)
    if (roundTrip >= 0) this.onRoundTrip(roundTrip)
    if (this.exchange.wantsSecond) this.question(true)
  }

  private askNext(): void {
    if (this.isClosed || !this.exchange.server) return
    const now = localMicros()
    this.question()
    this.timer = setTimeout(() => this.askNext(), (this.exchange.nextAsk - now) / 1000).unref()
  }

  private question(isSecond = false): void {
    const { exchange } = this
    const { server } = exchange
    if (this.isClosed || !server) return
    exchange.ask(localMicros(), isSecond)
    exchange.leaves(localMicros())
    this.udp.send(exchange.request, server.port, server.address)
  }
}

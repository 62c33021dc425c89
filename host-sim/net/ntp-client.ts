/**
 * Asks a time server and hands what it learns to a ClockMap. A burst at the start, then a steady pace: four a second between
 * machines of one rig (a tactus server), every 64 s with strangers, as their operators expect. Answers must come from the server
 * asked and bring back the request's random number; the second copy of a doubled answer is ignored. A server that says it is
 * asked too often ("RATE") is asked half as often.
 */
import { randomBytes } from "node:crypto"
import type { ClockMap } from "../../src/clock-map/clock-map"
import { NTP_BYTES, isNtpReply, ntpArrival, ntpDeparture, ntpErrorMicros, ntpStratum, writeNtpRequest } from "../../src/clock-map/ntp"
import type { Micros } from "../../src/time"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"
import { UdpPort } from "./udp-port"

/** Whatever learns from exchanges. */
export type ClockFeed = Pick<ClockMap, "exchange">

export interface NtpPace {
  burst: number
  burstSeconds: number
  seconds: number
}

/** Between machines that belong together: 76 bytes four times a second. */
export const RIG_PACE: NtpPace = { burst: 16, burstSeconds: 0.05, seconds: 0.25 }

/** For servers of others: what `iburst` and the default poll of ntpd are. */
export const PUBLIC_PACE: NtpPace = { burst: 8, burstSeconds: 2, seconds: 64 }

interface Server {
  readonly address: string
  readonly port: number
}

/** "RATE" as four bytes. */
const KISS_RATE = 0x52415445

export class NtpClient {
  asked = 0
  answered = 0
  /** Answers that contradicted what was known, were forged, or came twice. */
  discarded = 0
  /** The server's stratum; 16 until it has answered. */
  stratum = 16

  /** Told of each measured round trip, us: half of it is a delay that a packet of ours may have. */
  onRoundTrip: (micros: number) => void = () => undefined

  private slowdown = 1
  private timer: NodeJS.Timeout | undefined
  private sent: Micros = 0
  private nonceHigh = 0
  private nonceLow = 0
  private isWaiting = false
  private isClosed = false
  private readonly request = new Uint8Array(NTP_BYTES)
  private udp!: UdpPort

  private constructor(
    private readonly map: ClockFeed,
    private server: Server | undefined,
    private readonly pace: NtpPace,
  ) {}

  static async open(on: NetworkInterface, server: Server, map: ClockFeed, pace = RIG_PACE): Promise<NtpClient> {
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

  /** This server from now on; said again, nothing changes. */
  ask(server: Server): void {
    const { server: before } = this
    if (before && before.address === server.address && before.port === server.port) return
    this.server = server
    this.asked = 0
    this.isWaiting = false
    clearTimeout(this.timer)
    this.askNext()
  }

  /** The socket with it. Twice is fine. */
  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.udp.close()
  }

  private askNext(): void {
    const { server } = this
    if (this.isClosed || !server) return
    const nonce = randomBytes(8)
    this.nonceHigh = nonce.readUInt32BE(0)
    this.nonceLow = nonce.readUInt32BE(4)
    writeNtpRequest(new DataView(this.request.buffer), this.nonceHigh, this.nonceLow)
    this.isWaiting = true
    this.asked++
    const seconds = (this.asked < this.pace.burst ? this.pace.burstSeconds : this.pace.seconds) * this.slowdown
    // Up to a tenth early: two machines do not stay in step with each other, nor with anything periodic on the network.
    this.timer = setTimeout(() => this.askNext(), seconds * 1000 * (0.9 + Math.random() / 10)).unref()
    this.sent = localMicros()
    this.udp.send(this.request, server.port, server.address)
  }

  receive(packet: Buffer, from: { address: string; port: number }, arrived: Micros): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    const isFromServer = from.address === this.server?.address && from.port === this.server.port
    if (isFromServer && this.isWaiting && packet.length >= NTP_BYTES && view.getUint8(1) === 0 && view.getUint32(12) === KISS_RATE) {
      this.slowdown = Math.min(64, this.slowdown * 2)
      return
    }
    if (!isFromServer || !this.isWaiting || !isNtpReply(view, packet.length, this.nonceHigh, this.nonceLow)) {
      this.discarded++
      return
    }
    this.isWaiting = false
    this.answered++
    this.stratum = ntpStratum(view)
    this.onRoundTrip(arrived - this.sent - (ntpDeparture(view) - ntpArrival(view)))
    if (!this.map.exchange(this.sent, ntpArrival(view), ntpDeparture(view), arrived, ntpErrorMicros(view))) this.discarded++
  }
}

/**
 * tactus as a time server on a port of its choice, so that machines without internet agree. It answers client requests only, with
 * as many bytes as the shortest request there is, at a limited rate for each sender: no use to anyone who wants to flood a third.
 * While it does not know the time itself it says so (stratum 16), and clients look elsewhere.
 */
import { NTP_BYTES, isNtpRequest, writeNtpDeparture, writeNtpReply, type NtpStanding } from "../../src/clock-map/ntp"
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"
import { RateLimit } from "./rate-limit"
import { UdpPort } from "./udp-port"

/** The clock that is served. */
export interface SharedClock {
  sharedAt(local: Micros): SharedMicros
  standing(local: Micros): NtpStanding
}

const ANSWERS_PER_SECOND = 20
const BURST = 40

export class NtpServer {
  answered = 0
  readonly limit = new RateLimit(ANSWERS_PER_SECOND, BURST)
  udp!: UdpPort

  private constructor(private readonly clock: SharedClock) {}

  static async open(on: NetworkInterface, port: number, clock: SharedClock): Promise<NtpServer> {
    const server = new NtpServer(clock)
    server.udp = await UdpPort.open(on, port, (packet, from, arrived) => server.receive(packet, from, arrived))
    return server
  }

  get port(): number {
    return this.udp.port
  }

  /** Twice is fine. */
  close(): void {
    this.udp.close()
  }

  private receive(packet: Buffer, from: { address: string; port: number }, arrived: Micros): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    if (!isNtpRequest(view, packet.length) || !this.limit.allows(from.address, arrived)) return
    writeNtpReply(view, this.clock.standing(arrived), this.clock.sharedAt(arrived))
    writeNtpDeparture(view, this.clock.sharedAt(localMicros()))
    this.udp.send(packet.subarray(0, NTP_BYTES), from.port, from.address)
    this.answered++
  }
}

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

/** The answers alone, through whatever socket the question came by. */
export class NtpAnswers {
  answered = 0
  readonly limit = new RateLimit(ANSWERS_PER_SECOND, BURST)

  constructor(private readonly clock: SharedClock) {}

  /** False where the packet is no request: it may be something else. */
  answer(packet: Buffer, from: { address: string; port: number }, arrived: Micros, through: UdpPort): boolean {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    if (!isNtpRequest(view, packet.length)) return false
    if (!this.limit.allows(from.address, arrived)) return true
    writeNtpReply(view, this.clock.standing(arrived), this.clock.sharedAt(arrived))
    writeNtpDeparture(view, this.clock.sharedAt(localMicros()))
    through.send(packet.subarray(0, NTP_BYTES), from.port, from.address)
    this.answered++
    return true
  }
}

/** A port for nothing else. */
export class NtpServer extends NtpAnswers {
  udp!: UdpPort

  static async open(on: NetworkInterface, port: number, clock: SharedClock): Promise<NtpServer> {
    const server = new NtpServer(clock)
    server.udp = await UdpPort.open(on, port, (packet, from, arrived) => void server.answer(packet, from, arrived, server.udp))
    return server
  }

  get port(): number {
    return this.udp.port
  }

  /** Twice is fine. */
  close(): void {
    this.udp.close()
  }
}

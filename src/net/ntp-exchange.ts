/**
 * The asking side of NTP without a socket: when to ask, what, and what an answer is worth. A burst at the start, then a steady pace. An
 * answer must come from the server that was asked and bring back the question's random number; the second copy of one is ignored. A
 * server that says it is asked too often ("RATE") is asked half as often.
 */
import type { ClockMap } from "../clock-map/clock-map"
import { NTP_BYTES, isNtpReply, ntpArrival, ntpDeparture, ntpErrorMicros, ntpStratum, writeNtpRequest } from "../clock-map/ntp"
import type { Micros } from "../time"

/** Whatever learns from exchanges. */
export type ClockFeed = Pick<ClockMap, "exchange">

export interface NtpPace {
  readonly burst: number
  readonly burstMicros: Micros
  readonly micros: Micros
}

/** "RATE" as four bytes. */
const KISS_RATE = 0x52415445
const MOST_SLOWDOWN = 64

export class NtpExchange {
  asked = 0
  answered = 0
  /** Answers that contradicted what was known, were forged, or came twice. */
  discarded = 0
  /** The server's stratum; 16 until it has answered. */
  stratum = 16
  /** When the next question is due. */
  nextAsk: Micros = -Infinity
  /** The question, once `ask` has written it. */
  readonly request = new Uint8Array(NTP_BYTES)

  private readonly view = new DataView(this.request.buffer)
  private slowdown = 1
  private sent: Micros = 0
  private nonceHigh = 0
  private nonceLow = 0
  private isWaiting = false

  /** `chance` gives numbers in 0..1, below 1. */
  constructor(
    private readonly map: ClockFeed,
    private readonly pace: NtpPace,
    private readonly chance: () => number,
  ) {}

  /** Another server from now on: begins with a burst. */
  begin(): void {
    this.asked = 0
    this.isWaiting = false
    this.nextAsk = -Infinity
  }

  /** Writes a question, to be sent at once; then say in `leaves` when it was. */
  ask(now: Micros): void {
    const pace = this.pace
    this.nonceHigh = Math.floor(this.chance() * 0x100000000)
    this.nonceLow = Math.floor(this.chance() * 0x100000000)
    writeNtpRequest(this.view, this.nonceHigh, this.nonceLow)
    this.isWaiting = true
    this.asked++
    this.leaves(now)
    // Up to a tenth early: two machines do not stay in step with each other, nor with anything periodic on the network.
    this.nextAsk = now + (this.asked < pace.burst ? pace.burstMicros : pace.micros) * this.slowdown * (0.9 + this.chance() / 10)
  }

  /** The question leaves at this moment: what it took to write it is not time on the way. */
  leaves(at: Micros): void {
    this.sent = at
  }

  /** What came back. The round trip's time, or -1 where it was no answer. */
  hear(view: DataView, length: number, arrived: Micros, isFromServer: boolean): Micros {
    if (isFromServer && this.isWaiting && length >= NTP_BYTES && view.getUint8(1) === 0 && view.getUint32(12) === KISS_RATE) {
      this.slowdown = Math.min(MOST_SLOWDOWN, this.slowdown * 2)
      return -1
    }
    if (!isFromServer || !this.isWaiting || !isNtpReply(view, length, this.nonceHigh, this.nonceLow)) {
      this.discarded++
      return -1
    }
    this.isWaiting = false
    this.answered++
    this.stratum = ntpStratum(view)
    if (!this.map.exchange(this.sent, ntpArrival(view), ntpDeparture(view), arrived, ntpErrorMicros(view))) this.discarded++
    return arrived - this.sent - (ntpDeparture(view) - ntpArrival(view))
  }
}

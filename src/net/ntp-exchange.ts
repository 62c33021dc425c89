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
  /**
   * Each question is followed by a second one as soon as it is answered. The first finds the other machine, its radio and whatever lies between
   * asleep, and takes longer on its way than the answer, which finds all awake; the second is as quick as its answer.
   */
  readonly isPaired?: boolean
}

export interface Address {
  readonly address: string
  readonly port: number
}

/** "RATE" as four bytes. */
const KISS_RATE = 0x52415445

/** A server that has not answered for so long is not the one to stay with. */
const SILENCE_MICROS = 5_000_000
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
  /** The second question of a pair is due now. */
  wantsSecond = false
  /** The question, once `ask` has written it. */
  readonly request = new Uint8Array(NTP_BYTES)

  private readonly view = new DataView(this.request.buffer)
  private slowdown = 1
  private sent: Micros = 0
  private nonceHigh = 0
  private nonceLow = 0
  private isWaiting = false
  private isSecond = false
  /** When the server was chosen, or has answered. */
  private lastHeard: Micros = -Infinity
  /** By what name the server was heard. */
  private name = ""

  /** `chance` gives numbers in 0..1, below 1. */
  constructor(
    private readonly map: ClockFeed,
    private readonly pace: NtpPace,
    private readonly chance: () => number,
    public server?: Address,
  ) {}

  /**
   * The machine `name` is heard from this address: it is asked there from now on. False: nothing changes, for it is said again, or another of its
   * addresses answers. (One may be heard from two of them, by turns: who goes over to the other each time begins each time anew.)
   */
  goTo(name: string, address: string, port: number, now: Micros): boolean {
    if (name === this.name && !this.isSilent(now)) return false
    this.name = name
    if (this.isFrom(address, port)) return false
    this.server = { address, port }
    this.begin(now)
    return true
  }

  /** Another server from now on: begins with a burst. */
  begin(now: Micros): void {
    this.lastHeard = now
    this.asked = 0
    this.isWaiting = false
    this.nextAsk = -Infinity
  }

  /** Whether this is where it is asked. */
  isFrom(address: string, port: number): boolean {
    const { server } = this
    return server !== undefined && server.address === address && server.port === port
  }

  /** Whether it is time to try another address of the same machine. */
  isSilent(now: Micros): boolean {
    return now - this.lastHeard > SILENCE_MICROS
  }

  /** Writes a question, to be sent at once; then say in `leaves` when it was. */
  ask(now: Micros, isSecond = false): void {
    const pace = this.pace
    this.isSecond = isSecond
    this.wantsSecond = false
    this.nonceHigh = Math.floor(this.chance() * 0x100000000)
    this.nonceLow = Math.floor(this.chance() * 0x100000000)
    writeNtpRequest(this.view, this.nonceHigh, this.nonceLow)
    this.isWaiting = true
    this.asked++
    this.leaves(now)
    if (isSecond) return
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
    this.lastHeard = arrived
    this.wantsSecond = this.pace.isPaired === true && !this.isSecond
    this.answered++
    this.stratum = ntpStratum(view)
    if (!this.map.exchange(this.sent, ntpArrival(view), ntpDeparture(view), arrived, ntpErrorMicros(view))) this.discarded++
    return arrived - this.sent - (ntpDeparture(view) - ntpArrival(view))
  }
}

/**
 * The 48 bytes of an NTP packet (RFC 5905, section 7.3), as a client asks and a server answers. No extension fields and no
 * authentication: what is longer is read as its first 48 bytes, and our answer is never longer than what was asked.
 *
 *      0 leap | version | mode    1 stratum     2 poll    3 precision
 *      4 root delay     8 root dispersion     12 reference id    16 reference time
 *     24 origin time   32 receive time        40 transmit time           (seconds since 1900, fraction)
 */
import { sharedOfTimetag, timetagFraction, timetagSeconds, type SharedMicros } from "../osc/timetag"

export const NTP_BYTES = 48

const VERSION = 4
const MODE_CLIENT = 3
const MODE_SERVER = 4
const LEAP_UNKNOWN = 3

/** Root delay and dispersion are seconds in 16.16 fixed point. */
const SHORT_PER_MICRO = 65536 / 1e6

/** What a server says of itself. */
export interface NtpStanding {
  /** 1 with a clock of its own, one more than its source's else; 16 means not synchronised. */
  stratum: number
  rootDelayMicros: number
  rootDispersionMicros: number
  /** Four bytes that name the source. */
  referenceId: number
}

/**
 * A request. In place of our time it carries a random number (`nonceHigh`, `nonceLow`) that the answer must bring back: nobody
 * who has not seen the request can forge one, and our clock stays our own affair (RFC 9769's data minimisation).
 */
export function writeNtpRequest(view: DataView, nonceHigh: number, nonceLow: number): void {
  for (let at = 0; at < NTP_BYTES; at += 4) view.setUint32(at, 0)
  view.setUint8(0, (VERSION << 3) | MODE_CLIENT)
  view.setUint32(40, nonceHigh)
  view.setUint32(44, nonceLow)
}

/** Whether the first `length` bytes are a client's question. It has no stratum: "#bundle", which begins like one, is none. */
export function isNtpRequest(view: DataView, length: number): boolean {
  if (length < NTP_BYTES || view.getUint8(1) > 16) return false
  const version = (view.getUint8(0) >> 3) & 7
  return (view.getUint8(0) & 7) === MODE_CLIENT && version >= 1 && version <= VERSION
}

/** Whether it may be an answer to somebody's request; no OSC packet is. */
export function isNtpAnswer(view: DataView, length: number): boolean {
  return length >= NTP_BYTES && (view.getUint8(0) & 7) === MODE_SERVER
}

/** Turns a request into its answer, in place; `writeNtpDeparture` completes it. */
export function writeNtpReply(view: DataView, standing: NtpStanding, arrived: SharedMicros): void {
  const version = (view.getUint8(0) >> 3) & 7
  const isSynchronised = standing.stratum < 16
  const nonceHigh = view.getUint32(40)
  const nonceLow = view.getUint32(44)
  view.setUint8(0, ((isSynchronised ? 0 : LEAP_UNKNOWN) << 6) | (version << 3) | MODE_SERVER)
  view.setUint8(1, isSynchronised ? standing.stratum : 0)
  view.setInt8(3, -20) // 2^-20 s, a microsecond
  view.setUint32(4, Math.round(standing.rootDelayMicros * SHORT_PER_MICRO))
  view.setUint32(8, Math.min(0xffffffff, Math.ceil(standing.rootDispersionMicros * SHORT_PER_MICRO)))
  view.setUint32(12, standing.referenceId)
  writeTime(view, 16, arrived)
  view.setUint32(24, nonceHigh)
  view.setUint32(28, nonceLow)
  writeTime(view, 32, arrived)
}

/** The last thing before sending: the time of sending. */
export function writeNtpDeparture(view: DataView, departed: SharedMicros): void {
  writeTime(view, 40, departed)
}

/** Whether this answers the request with that nonce, from a server that says it knows the time. */
export function isNtpReply(view: DataView, length: number, nonceHigh: number, nonceLow: number): boolean {
  if (length < NTP_BYTES || (view.getUint8(0) & 7) !== MODE_SERVER) return false
  if (view.getUint8(0) >> 6 === LEAP_UNKNOWN || view.getUint8(1) === 0 || view.getUint8(1) > 15) return false
  return view.getUint32(24) === nonceHigh && view.getUint32(28) === nonceLow
}

export function ntpArrival(view: DataView): SharedMicros {
  return sharedOfTimetag(view.getUint32(32), view.getUint32(36))
}

export function ntpDeparture(view: DataView): SharedMicros {
  return sharedOfTimetag(view.getUint32(40), view.getUint32(44))
}

/** The server's own error as it states it: half its root delay and its dispersion, us. */
export function ntpErrorMicros(view: DataView): number {
  return (view.getUint32(4) / 2 + view.getUint32(8)) / SHORT_PER_MICRO
}

export function ntpStratum(view: DataView): number {
  return view.getUint8(1)
}

function writeTime(view: DataView, at: number, time: SharedMicros): void {
  view.setUint32(at, timetagSeconds(time))
  view.setUint32(at + 4, timetagFraction(time))
}

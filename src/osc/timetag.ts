/**
 * OSC and NTP write time as two unsigned 32-bit words: seconds since 1900 and a binary fraction. Shared time here is a double,
 * microseconds since 1970 UTC, whose grain is 0.25 us until 2255: finer than any clock that is shared. The seconds wrap in 2036;
 * a first bit of 0 is taken for the era after (RFC 4330, section 3), so 1968..2104 can be told.
 */

/** Microseconds since 1970-01-01 UTC on the clock that all machines share, a double. */
export type SharedMicros = number

/** Seconds from 1900 to 1970: 70 years with 17 leap days (RFC 5905, figure 4). */
const NTP_TO_UNIX_SECONDS = 2208988800

const WORD = 4294967296

/** The OSC timetag "immediately" is seconds 0, fraction 1 (OSC 1.0, "OSC time tags"). */
export function isImmediately(seconds: number, fraction: number): boolean {
  return seconds === 0 && fraction <= 1
}

/** Shared time of a timetag; both words as unsigned numbers. */
export function sharedOfTimetag(seconds: number, fraction: number): SharedMicros {
  const era = seconds < WORD / 2 ? WORD : 0
  return (seconds + era - NTP_TO_UNIX_SECONDS) * 1e6 + (fraction / WORD) * 1e6
}

/** The seconds word of a shared time. */
export function timetagSeconds(shared: SharedMicros): number {
  const seconds = Math.floor(shared / 1e6) + NTP_TO_UNIX_SECONDS
  return seconds - Math.floor(seconds / WORD) * WORD
}

/** The fraction word of a shared time. */
export function timetagFraction(shared: SharedMicros): number {
  const micros = shared - Math.floor(shared / 1e6) * 1e6
  return Math.floor((micros / 1e6) * WORD)
}

/**
 * Who is there: the Universal Identity Request (MIDI 1.0, non-real-time 06 01) and its answer.
 *
 *   F0 7E dd 06 01 F7   ->   F0 7E 7F 06 02 7D 74 63 01 00 major minor patch 00 F7
 *
 * Manufacturer 7D (non-commercial), family 74 63 ("tc"), member 1. `dd` is any device number.
 */
import { VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH } from "../version"

const IDENTITY: readonly number[] = [
  0xf0,
  0x7e,
  0x7f,
  0x06,
  0x02,
  0x7d,
  0x74,
  0x63,
  0x01,
  0x00,
  VERSION_MAJOR,
  VERSION_MINOR,
  VERSION_PATCH,
  0x00,
  0xf7,
]
export const IDENTITY_LENGTH = 15

export function isIdentityRequest(bytes: ArrayLike<number>, length: number): boolean {
  return length === 6 && bytes[1] === 0x7e && bytes[3] === 0x06 && bytes[4] === 0x01
}

/** The answer, F0 and F7 included. Not to be changed. */
export function identity(): ArrayLike<number> {
  return IDENTITY
}

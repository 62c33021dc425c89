/**
 * Bytes in, messages out, one byte at a time: running status, real-time bytes inside anything, SysEx up to 512 bytes. A longer
 * SysEx is dropped whole and counted; so is one that a status byte cuts short, and data without a status.
 *
 * `parse` says what the byte completed; the message itself is read from the fields, which stay until the next call.
 */

import type { EventWord } from "../event"

export const NOTHING = 0
export const MESSAGE = 1
export const REAL_TIME = 2
export const SYSEX = 3

/** Longest SysEx taken, F0 and F7 included. */
export const LONGEST_SYSEX = 512

export class MidiParser {
  /** The last message: 1..3 bytes. */
  length = 0
  status = 0
  data1 = 0
  data2 = 0
  /** The last SysEx, F0 and F7 included. */
  readonly sysex = new Uint8Array(LONGEST_SYSEX)
  sysexLength = 0
  /** What was dropped: SysEx too long, SysEx cut short, data bytes without a status. */
  tooLong = 0
  broken = 0
  private running = 0
  private expected = 0
  private received = 0
  private inSysex = false
  private overlong = false

  parse(byte: number): number {
    if (byte >= 0xf8) {
      this.status = byte
      this.length = 1
      return byte === 0xf9 || byte === 0xfd ? NOTHING : REAL_TIME
    }
    if (byte >= 0x80) return this.parseStatus(byte)
    if (this.inSysex) {
      this.store(byte)
      return NOTHING
    }
    if (this.running === 0) {
      this.broken++
      return NOTHING
    }
    if (this.received === 0) this.first = byte
    this.received++
    if (this.received < this.expected) return NOTHING
    this.received = 0
    return this.complete(byte)
  }

  /** The same for an event at once, where all its bytes are data of an open SysEx. False: nothing was done. */
  takeData(event: EventWord): boolean {
    const end = this.sysexLength
    if (!this.inSysex || (event & 0x808080) !== 0 || end + 3 >= LONGEST_SYSEX) return false
    const length = (event >>> 24) & 3 // as `lengthOf`, without the call
    if (length === 0) return false
    const sysex = this.sysex
    sysex[end] = event & 0x7f
    if (length > 1) sysex[end + 1] = (event >> 8) & 0x7f
    if (length > 2) sysex[end + 2] = (event >> 16) & 0x7f
    this.sysexLength = end + length
    return true
  }

  private first = 0

  private parseStatus(byte: number): number {
    if (byte === 0xf7) return this.endSysex()
    if (this.inSysex) {
      this.inSysex = false
      this.broken++
    }
    this.received = 0
    this.running = 0
    if (byte === 0xf0) {
      this.inSysex = true
      this.overlong = false
      this.sysexLength = 0
      this.store(byte)
      return NOTHING
    }
    this.expected = dataBytes(byte)
    if (this.expected === 0) {
      if (byte !== 0xf6) return NOTHING
      this.status = byte
      this.length = 1
      return MESSAGE
    }
    this.running = byte
    return NOTHING
  }

  private complete(byte: number): number {
    this.status = this.running
    this.length = 1 + this.expected
    this.data1 = this.expected === 2 ? this.first : byte
    this.data2 = this.expected === 2 ? byte : 0
    if (this.running >= 0xf0) this.running = 0
    return MESSAGE
  }

  private store(byte: number): void {
    if (this.sysexLength < LONGEST_SYSEX) this.sysex[this.sysexLength++] = byte
    else this.overlong = true
  }

  private endSysex(): number {
    this.running = 0
    if (!this.inSysex) {
      this.broken++
      return NOTHING
    }
    this.inSysex = false
    this.store(0xf7)
    if (!this.overlong) return SYSEX
    this.tooLong++
    return NOTHING
  }
}

/** Data bytes that follow a status byte; 0 for those that stand alone or mean nothing. */
export function dataBytes(status: number): number {
  if (status < 0xc0) return 2
  if (status < 0xe0) return 1
  if (status < 0xf0) return 2
  if (status === 0xf2) return 2
  return status === 0xf1 || status === 0xf3 ? 1 : 0
}

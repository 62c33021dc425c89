/**
 * The MIDI DIN wire: one byte at a time, 320 us each. The schedule is known ahead, so other bytes give way to the clock: they
 * are laid into the gaps between the real-time bytes that are already committed, and never beyond what is committed. A clock
 * byte therefore finds the wire free, always.
 *
 * A song position belongs to a start and goes by the time of the clocks, even where a message is on the wire: that one begins anew
 * behind it, since a receiver has forgotten the first half.
 *
 * With a clock that answers pulses as they come (`follow`) there is no schedule to look at: there a waiting byte starts only
 * outside the window in which the next pulse is expected (`guardFrom..guardUntil`), and a pulse that comes outside its window
 * may find a byte under way, 320 us at the most.
 */
import { OUT_MIDI_DIN, byteEvent } from "../event"
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import { DIN_BYTE_MICROS } from "../time"
import { MIDI_SONG_POSITION } from "../transport"
import { dataBytes } from "./parser"

/** The rest of a SysEx, as a count of bytes. */
const UNTIL_ITS_END = 1e9

/** Typed arrays: on XS they are made at once, and a garbage collection does not look inside (1.8 us a slot). */
const QUEUE_BYTES = 1024
/** A plain array: each clock writes to it, and that takes XS half as long (9 us less). */
const REAL_TIME_BYTES = 64
const DIN_BYTE = byteEvent(OUT_MIDI_DIN, 0)

export class DinWire {
  /** How many are waiting. */
  count = 0
  /** End of the last real-time byte, and of the last other byte. */
  private realTimeEnd: Micros = 0
  private otherEnd: Micros = 0
  private realTimeCount = 0
  private realTimeHead = 0
  /** When real-time bytes that are committed begin: each the first of those that leave no room between them. */
  private readonly realTime: Micros[] = []
  /** Where such a row of several ends; anything before its begin means that it is one. */
  private readonly ends: Micros[] = []
  /** Bytes that found the queue full. */
  dropped = 0
  /** No waiting byte may be on the wire within this window. */
  guardFrom: Micros = Infinity
  guardUntil: Micros = -1
  private readonly bytes = new Uint8Array(QUEUE_BYTES)
  private readonly readyAt = new Float64Array(QUEUE_BYTES)
  private head = 0
  /** Of the message whose bytes are being laid: how many are, and how many are to come. */
  private laid = 0
  private toCome = 0

  constructor() {
    for (let i = 0; i < REAL_TIME_BYTES; i++) {
      this.realTime.push(0)
      this.ends.push(0)
    }
  }

  /** Sends a real-time byte at `time`, or as soon as the wire is free. */
  sendRealTime(time: Micros, byte: number, out: EventSink): void {
    if (byte === MIDI_SONG_POSITION && this.laid > 0) this.beginAnew()
    const end = this.realTimeEnd
    let start = time
    if (start < end) start = end
    if (start < this.otherEnd) start = this.otherEnd
    this.realTimeEnd = start + DIN_BYTE_MICROS
    let count = this.realTimeCount
    const slot = this.realTimeHead + count
    if (start < end + DIN_BYTE_MICROS && count > 0) {
      // No byte fits between: with those before it takes the wire as one.
      this.ends[(slot - 1) & (REAL_TIME_BYTES - 1)] = start + DIN_BYTE_MICROS
    } else {
      if (count === REAL_TIME_BYTES) {
        this.forgetOldest()
        count--
      }
      this.realTime[slot & (REAL_TIME_BYTES - 1)] = start
      this.realTimeCount = count + 1
    }
    out.schedule(start, DIN_BYTE + byte)
  }

  /** Room for a whole message? If not, it is dropped and counted, all of it. */
  hasRoom(length: number): boolean {
    if (this.count + this.laid + length <= QUEUE_BYTES) return true
    this.dropped += length
    return false
  }

  /** Queues a byte that may leave from `time` on. Ask `hasRoom` for the whole message first. */
  push(time: Micros, byte: number): void {
    const slot = (this.head + this.count) & (QUEUE_BYTES - 1)
    this.bytes[slot] = byte
    this.readyAt[slot] = time
    this.count++
  }

  /** Lays waiting bytes into the gaps, as far as they end before `until`. */
  place(until: Micros, out: EventSink): void {
    while (this.count > 0) {
      let start = this.readyAt[this.head]
      if (start < this.otherEnd) start = this.otherEnd
      start = this.gapFrom(start)
      if (start + DIN_BYTE_MICROS > until) return
      this.otherEnd = start + DIN_BYTE_MICROS
      const byte = this.bytes[this.head]
      out.schedule(start, DIN_BYTE + byte)
      this.follow(byte)
      this.head = (this.head + 1) & (QUEUE_BYTES - 1)
      this.count--
    }
  }

  /** A byte has been laid: how far is its message? */
  private follow(byte: number): void {
    if (byte < 0x80) this.toCome--
    else this.toCome = byte === 0xf0 ? UNTIL_ITS_END : byte === 0xf7 ? 0 : dataBytes(byte)
    this.laid = this.toCome > 0 ? this.laid + 1 : 0
  }

  private beginAnew(): void {
    this.head = (this.head - this.laid) & (QUEUE_BYTES - 1)
    this.count += this.laid
    this.laid = 0
  }

  /** The first start at or after `time` from which a byte fits between the real-time bytes and not into the guarded window. */
  private gapFrom(time: Micros): Micros {
    let start = this.afterGuard(time)
    while (this.realTimeCount > 0) {
      if (start + DIN_BYTE_MICROS <= this.realTime[this.realTimeHead]) break
      this.forgetOldest()
      if (start < this.otherEnd) start = this.afterGuard(this.otherEnd)
    }
    return start
  }

  private afterGuard(start: Micros): Micros {
    return start + DIN_BYTE_MICROS > this.guardFrom && start < this.guardUntil ? this.guardUntil : start
  }

  /** What is forgotten must stay taken, even if the byte cannot be laid yet. */
  private forgetOldest(): void {
    const head = this.realTimeHead
    const start = this.realTime[head]
    const end = this.ends[head] > start ? this.ends[head] : start + DIN_BYTE_MICROS
    if (this.otherEnd < end) this.otherEnd = end
    this.realTimeHead = (head + 1) & (REAL_TIME_BYTES - 1)
    this.realTimeCount--
  }
}

/**
 * Words on their way to a USB port: messages passed through, and answers to SysEx. First in, first out; each leaves when it is
 * ready. A message that does not fit is dropped whole and counted.
 */
import { bytesEvent } from "../event"
import type { EventSink } from "../processor"
import type { Micros } from "../time"

/** Typed arrays: on XS they are made at once, and a garbage collection does not look inside (1.8 us a slot). */
const QUEUE_WORDS = 512

export class WordQueue {
  /** Words that found the queue full. */
  dropped = 0
  private readonly words = new Float64Array(QUEUE_WORDS)
  private readonly readyAt = new Float64Array(QUEUE_WORDS)
  private head = 0
  /** How many are waiting. */
  count = 0

  constructor(private readonly port: number) {}

  /** Queues a message of 1..3 bytes. */
  pushMessage(time: Micros, length: number, byte0: number, byte1: number, byte2: number): void {
    if (this.count === QUEUE_WORDS) this.dropped++
    else this.push(time, bytesEvent(this.port, length, byte0, byte1, byte2))
  }

  /** Queues a SysEx: `length` bytes, F0 and F7 included. False: no room for all of it. */
  pushSysex(time: Micros, bytes: ArrayLike<number>, length: number): boolean {
    const words = Math.ceil(length / 3)
    if (this.count + words > QUEUE_WORDS) {
      this.dropped += words
      return false
    }
    // As `push` of a `bytesEvent`, without the calls: an answer has a hundred words.
    const whole = bytesEvent(this.port, 3, 0, 0, 0)
    const queue = this.words
    const readyAt = this.readyAt
    let slot = this.head + this.count
    let i = 0
    for (; i + 2 < length; i += 3, slot++) {
      queue[slot & (QUEUE_WORDS - 1)] = whole + bytes[i + 2] * 0x10000 + bytes[i + 1] * 0x100 + bytes[i]
      readyAt[slot & (QUEUE_WORDS - 1)] = time
    }
    this.count = slot - this.head
    if (i < length) this.push(time, bytesEvent(this.port, length - i, bytes[i], i + 1 < length ? bytes[i + 1] : 0, 0))
    return true
  }

  place(until: Micros, out: EventSink): void {
    const words = this.words
    const readyAt = this.readyAt
    for (let head = this.head; this.count > 0 && readyAt[head] < until; this.head = head) {
      out.schedule(readyAt[head], words[head])
      head = (head + 1) & (QUEUE_WORDS - 1)
      this.count--
    }
  }

  private push(time: Micros, word: number): void {
    const slot = (this.head + this.count) & (QUEUE_WORDS - 1)
    this.words[slot] = word
    this.readyAt[slot] = time
    this.count++
  }
}

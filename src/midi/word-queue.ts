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
    for (let i = 0; i < length; i += 3) {
      const left = length - i > 3 ? 3 : length - i
      this.push(time, bytesEvent(this.port, left, bytes[i], left > 1 ? bytes[i + 1] : 0, left > 2 ? bytes[i + 2] : 0))
    }
    return true
  }

  place(until: Micros, out: EventSink): void {
    while (this.count > 0 && this.readyAt[this.head] < until) {
      out.schedule(this.readyAt[this.head], this.words[this.head])
      this.head = (this.head + 1) & (QUEUE_WORDS - 1)
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

/**
 * MIDI on its way out that waits for the sound cards: they are heard later than the module decides, and what plays beside them has to be
 * as late. Only the order and the times are kept here; what about the configuration is asked is answered at once.
 */
import { byteOf, type EventWord, OUT_MIDI_CONFIG, OUT_MIDI_DIN, portOf } from "../../src/event"
import type { Micros } from "../../src/time"
import { OrderedQueue } from "../ordered-queue"

const CLOCK = 0xf8

export class HeldMidi {
  private readonly queue = new OrderedQueue()
  private last: Micros = -Infinity

  constructor(private readonly deliver: (word: EventWord) => void) {}

  /** When `advance` is wanted next; Infinity where nothing waits. */
  get firstTime(): Micros {
    return this.queue.firstTime
  }

  /** A word of any port falls due at `time` and is to wait for `micros`; 0 after more does not overtake what waits. */
  take(time: Micros, word: EventWord, micros: Micros): void {
    const isMusic = portOf(word) >= OUT_MIDI_DIN && portOf(word) < OUT_MIDI_CONFIG
    if (!isMusic) return this.deliver(word)
    if (micros === 0 && this.queue.length === 0) return this.deliver(word)
    this.last = Math.max(this.last, time + micros)
    this.queue.push(this.last, word)
  }

  /** The end: what waits leaves now (the end of a note, say), but for clocks, which would be a row of far too quick ones. */
  close(): void {
    this.queue.deliver(Infinity, (_, word) => {
      if (byteOf(word, 0) !== CLOCK) this.deliver(word)
    })
  }

  advance(now: Micros): void {
    if (this.queue.firstTime < now) this.queue.deliver(now, (_, word) => this.deliver(word))
  }
}

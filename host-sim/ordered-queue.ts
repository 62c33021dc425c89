/**
 * The simulator's queue: events come in nearly in order and leave in order, ties as they came. Insertion walks from the tail, so it
 * costs as many steps as there are later events, which is a handful within the commit lead.
 */
import type { EventWord } from "../src/event"
import type { Micros } from "../src/time"

export class OrderedQueue {
  private readonly times: number[] = []
  private readonly words: number[] = []
  private head = 0

  get length(): number {
    return this.times.length - this.head
  }

  /** When the first event is due; Infinity where there is none. */
  get firstTime(): Micros {
    return this.head < this.times.length ? this.times[this.head] : Infinity
  }

  push(time: Micros, word: EventWord): void {
    const { times, words } = this
    let slot = times.length
    while (slot > this.head && times[slot - 1] > time) slot--
    if (slot === times.length) {
      times.push(time)
      words.push(word)
    } else {
      times.splice(slot, 0, time)
      words.splice(slot, 0, word)
    }
  }

  /** Hands over everything before `until`, in order. */
  deliver(until: Micros, to: (time: Micros, word: EventWord) => void): void {
    const { times, words } = this
    while (this.head < times.length && times[this.head] < until) {
      to(times[this.head], words[this.head])
      this.head++
    }
    if (this.head > 1024) {
      times.splice(0, this.head)
      words.splice(0, this.head)
      this.head = 0
    }
  }
}

/**
 * What came with a timetag waits here for its time. Bounded, and honest about it: what comes late is executed at once or dropped
 * (a setting) and counted either way, what lies too far in the future is refused (a receiver whose clock is wrong would hoard it
 * for ever), what does not fit is refused too. Margins, that is how long before its time each thing came, fill a histogram: from it
 * one sees how close to late the network runs.
 */
import type { SharedMicros } from "./timetag"

export type LatePolicy = "execute" | "drop"

/** Upper edges of the margin histogram, us; the first bin is everything late by more than 20 ms, the last everything above 1 s. */
export const MARGIN_EDGES = [-20000, -5000, -1000, 0, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, Infinity]

export class TimedQueue<Item> {
  late = 0
  dropped = 0
  tooFar = 0
  overflowed = 0
  executed = 0
  readonly margins: number[] = MARGIN_EDGES.map(() => 0)

  private readonly times: SharedMicros[] = []
  private readonly items: Item[] = []

  constructor(
    private readonly capacity = 256,
    readonly latePolicy: LatePolicy = "execute",
    readonly furthestMicros = 60_000_000,
  ) {}

  get length(): number {
    return this.items.length
  }

  /** When the first of them is due; Infinity where none is. */
  get nextTime(): SharedMicros {
    return this.times.length > 0 ? this.times[0] : Infinity
  }

  /** Something to be done at `time`, heard at `now`. True where it will be done. */
  add(time: SharedMicros, now: SharedMicros, item: Item): boolean {
    const margin = time - now
    this.count(margin)
    if (margin < 0) {
      this.late++
      if (this.latePolicy === "drop") {
        this.dropped++
        return false
      }
    }
    if (margin > this.furthestMicros) {
      this.tooFar++
      return false
    }
    if (this.items.length >= this.capacity) {
      this.overflowed++
      return false
    }
    this.insert(time, item)
    return true
  }

  /** Something without a time: done at the next opportunity, after what is overdue, and not part of the margins. */
  addNow(now: SharedMicros, item: Item): boolean {
    if (this.items.length >= this.capacity) {
      this.overflowed++
      return false
    }
    this.insert(now, item)
    return true
  }

  /** Hands over everything due before `until`, in order of time; ties in order of arrival. */
  run(until: SharedMicros, execute: (time: SharedMicros, item: Item) => void): void {
    while (this.times.length > 0 && this.times[0] < until) {
      const time = this.times.shift() as SharedMicros
      const item = this.items.shift() as Item
      this.executed++
      execute(time, item)
    }
  }

  clear(): void {
    this.times.length = 0
    this.items.length = 0
  }

  private insert(time: SharedMicros, item: Item): void {
    let slot = this.times.length
    while (slot > 0 && this.times[slot - 1] > time) slot--
    this.times.splice(slot, 0, time)
    this.items.splice(slot, 0, item)
  }

  private count(margin: number): void {
    let bin = 0
    while (margin >= MARGIN_EDGES[bin] && bin < MARGIN_EDGES.length - 1) bin++
    this.margins[bin]++
  }
}

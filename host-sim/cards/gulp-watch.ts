/**
 * Watches a card ask for frames. The library tells nobody when a driver asks, its count only jumps; so it is looked at often, but only around
 * the moment at which the next jump is due: some steps of 0.1 ms, between which the thread sleeps and events are handled. A gulp of 28 ms
 * costs a per cent or two of a core so, and is seen 0.2 ms late at most on a machine with time for it.
 *
 * The card asked between the look that saw the jump and the one before. Where that was long before (the thread slept, or was held up), nobody knows
 * when, and the gulp is left out: what is told late now and then is lost in the middle of the others, but one late look used to make the next ones late,
 * and a line through those was wrong by a millisecond and a half.
 *
 * A jump takes the library a while (it renders what was asked for), and what the driver says of its latency comes after it. So count and latency
 * are read when the count stands still again, with the moment at which it was first seen to move.
 */
import type { Micros } from "../../src/time"
import { PeriodCount } from "./period-count"

export interface Gulp {
  /** The card asked just before this. */
  readonly local: Micros
  /** For what comes after so many frames, */
  readonly frames: number
  /** which will be heard so much later, as the driver says. */
  readonly latencyMicros: Micros
}

/** What is watched: a context of the Web Audio library. */
export interface Watched {
  /** Seconds rendered. */
  readonly currentTime: number
  readonly outputLatency: number
}

/** It is looked for from so long before it is due until so long after; a thread that is ill-used by others looks every millisecond then. */
const EARLY_MICROS = 1200
const PATIENCE_MICROS = 4000
const LOOK_MILLIS = 0.1
/** Looks farther apart than this do not say when; where no gulp has such, each that is left out doubles it for the next. */
const CLOSE_MICROS = 500
/** Rendering takes less; what is seen farther apart does not belong together. */
const RENDERING_MICROS = 5000
/** A thread whose looks are farther apart was held up. */
const HELD_UP_MICROS = 1000
/** A card of smaller gulps is not looked for at each of them. */
const LEAST_GULP_MICROS = 8000
/** This share of what a gulp was off is expected of the next. */
const EXPECTED_SHARE = 1 / 4
/** A timer's own lateness. */
const TIMER_MILLIS = 1
const LONGEST_MILLIS = 20

export class GulpWatch {
  /** When its count was last seen to jump, whether that could be used or not; -Infinity: never. */
  asked: Micros = -Infinity

  private readonly count = new PeriodCount()
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4))
  private rendered = 0
  private looked: Micros = -Infinity
  /** When the jump was first seen that is still to be told, and how long after the look before. */
  private seen: Micros | undefined
  private between: Micros = 0
  private tolerated: Micros = CLOSE_MICROS
  private due: Micros = 0
  private isClosed = false

  constructor(
    private readonly context: Watched,
    private readonly sampleRate: number,
    private readonly now: () => Micros,
    private readonly hear: (gulp: Gulp) => void,
  ) {}

  run(): void {
    if (this.isClosed) return
    const wait = this.look()
    if (wait > 0) setTimeout(() => this.run(), wait)
    else
      setImmediate(() => {
        Atomics.wait(this.sleeper, 0, 0, LOOK_MILLIS)
        this.run()
      })
  }

  /** Twice is fine. */
  close(): void {
    this.isClosed = true
  }

  /** Looks once; returns after how many milliseconds to look again, 0: at once. */
  look(): number {
    const rendered = Math.round(this.context.currentTime * this.sampleRate)
    const local = this.now()
    const between = local - this.looked
    const isStill = rendered === this.rendered
    this.looked = local
    this.rendered = rendered
    if (this.seen === undefined) {
      if (isStill) return this.wait(local)
      this.begin(local, between)
      return 0
    }
    const isTogether = local - this.seen < RENDERING_MICROS
    if (isTogether && !(isStill && this.count.isWhole(rendered))) return 0
    if (isTogether || between < HELD_UP_MICROS) this.tell(this.seen, rendered)
    this.seen = undefined
    return this.wait(local)
  }

  private get gulpMicros(): Micros {
    return ((this.count.period ?? 0) / this.sampleRate) * 1e6
  }

  private wait(local: Micros): number {
    if (this.gulpMicros < LEAST_GULP_MICROS || local > this.due + PATIENCE_MICROS) return TIMER_MILLIS
    const wait = (this.due - EARLY_MICROS - local) / 1000 - TIMER_MILLIS / 2
    return wait > 0 ? Math.max(TIMER_MILLIS, Math.min(LONGEST_MILLIS, wait)) : 0
  }

  /** The count has moved. From what is known of when, follows when the next jump is due. */
  private begin(local: Micros, between: Micros): void {
    this.asked = local
    this.seen = local
    this.between = between
    const { gulpMicros } = this
    if (gulpMicros < LEAST_GULP_MICROS) return
    if (local - this.due > gulpMicros) this.due = local - ((local - this.due) % gulpMicros)
    const off = local - this.due
    if (between > CLOSE_MICROS) this.due = Math.max(local - between, Math.min(local, this.due))
    else this.due = Math.abs(off) < EARLY_MICROS ? this.due + off * EXPECTED_SHARE : local
    this.due += gulpMicros
  }

  private tell(local: Micros, rendered: number): void {
    const isVague = this.gulpMicros >= LEAST_GULP_MICROS && this.between > this.tolerated
    this.tolerated = isVague ? 2 * this.tolerated : CLOSE_MICROS
    const frames = this.count.read(rendered)
    if (frames !== undefined && !isVague) this.hear({ local, frames, latencyMicros: (this.context.outputLatency || 0) * 1e6 })
  }
}

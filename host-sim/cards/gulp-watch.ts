/**
 * Watches a card ask for frames. The library tells nobody when a driver asks, its count only jumps; so it is looked at often, but only around
 * the moment at which the next jump is due: some steps of 0.1 ms, between which the thread sleeps and events are handled. A gulp of 28 ms
 * costs a per cent or two of a core so, and is seen 0.2 ms late at most on a machine with time for it.
 *
 * A jump takes the library a while (it renders what was asked for), and what the driver says of its latency comes after it. Count and latency
 * are therefore read at the next look; where that came late, the gulp is left out.
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
/** What was seen farther apart does not belong together. */
const TOGETHER_MICROS = 1000
/** A card of smaller gulps is not looked for at each of them. */
const LEAST_GULP_MICROS = 8000
/** A timer's own lateness. */
const TIMER_MILLIS = 1
const LONGEST_MILLIS = 20

export class GulpWatch {
  /** When its count was last seen to jump, whether that could be used or not; -Infinity: never. */
  asked: Micros = -Infinity

  private readonly count = new PeriodCount()
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4))
  private rendered = 0
  /** When the jump was seen that is still to be read. */
  private seen: Micros | undefined
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
    if (this.seen !== undefined) {
      if (local - this.seen < TOGETHER_MICROS) this.tell(this.seen, rendered)
      this.seen = undefined
      this.rendered = rendered
    } else if (rendered !== this.rendered) {
      this.seen = local
      this.asked = local
      return 0
    }
    const { period } = this.count
    const gulpMicros = ((period ?? 0) / this.sampleRate) * 1e6
    if (gulpMicros < LEAST_GULP_MICROS) return TIMER_MILLIS
    const due = this.asked + gulpMicros
    if (local > due + PATIENCE_MICROS) return TIMER_MILLIS
    const wait = (due - EARLY_MICROS - local) / 1000 - TIMER_MILLIS / 2
    return wait > 0 ? Math.max(TIMER_MILLIS, Math.min(LONGEST_MILLIS, wait)) : 0
  }

  private tell(local: Micros, rendered: number): void {
    const frames = this.count.read(rendered)
    if (frames !== undefined) this.hear({ local, frames, latencyMicros: (this.context.outputLatency || 0) * 1e6 })
  }
}

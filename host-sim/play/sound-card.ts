/**
 * A sound card, by the Web Audio library. Its clock (frames played) is read beside ours. Blocks are handed over some hundred
 * milliseconds ahead, each to begin with an exact frame, so that our own timing does not matter.
 *
 * What a card says of itself in its first seconds is not to be trusted (host libraries start at their own pace): the map is begun
 * anew after `WARM_UP_MICROS`.
 */
import type { AudioContext } from "node-web-audio-api"
import type { Micros } from "../../src/time"
import { BadInput } from "../input/bad-input"
import { localMicros } from "../net/local-clock"
import { SAMPLE_RATE } from "./decode"
import { HeardClock } from "./heard-clock"
import { findCard, openContext, outputCards } from "./output-cards"

/** The library renders 128 frames at a time. What is over of them is nothing to a whole quantum: half of one in the middle. */
const QUANTUM_MICROS = (128 / SAMPLE_RATE) * 1e6
/** Between bursts nothing is taken for long; within one only where we ourselves were held up. */
const QUIET_SHARE = 0.6
const EARLY_MICROS = 2500
const PATIENCE_MICROS = 8000
/**
 * How much a card takes at once, of twice to three times as much that it holds. With less a busy machine loses time now and then, and nobody hears how long it is, since
 * everything is handed over ahead.
 */
const GULP_SECONDS = 0.1
const WARM_UP_MICROS = 1_000_000

export class SoundCard {
  /** What is heard of the card (us of it) against local time. */
  readonly map = new HeardClock()
  private isWarm = false

  private readonly opened = localMicros()
  private isClosed = false
  /** Frames taken, seconds; when that changed last, when the last burst began, and how far bursts are apart. */
  private taken = 0
  private changed: Micros = 0
  private begun: Micros = 0
  private gulpMicros: Micros = 0
  private longestQuiet: Micros = 0

  private constructor(private readonly context: AudioContext) {
    this.look()
  }

  /** The default card, or the one whose name or id contains `name`; `none` is a card without sound that keeps time. */
  static async open(name?: string): Promise<SoundCard> {
    let id: string | undefined = name === "none" ? undefined : ""
    if (name !== undefined && name !== "none") {
      const cards = await outputCards()
      id = findCard(cards, name)?.id
      if (id === undefined) {
        const names = [...cards.map((card) => card.name), "none"]
        throw new BadInput(`--card ${name}: no such card, expected one of ${names.join(", ")}`)
      }
    }
    try {
      return new SoundCard(await openContext(id, GULP_SECONDS))
    } catch {
      throw new BadInput("no sound card here; --card none keeps time without one")
    }
  }

  /** Frames taken by now, in steps of a gulp. */
  get playedFrames(): number {
    return Math.round(this.context.currentTime * SAMPLE_RATE)
  }

  /** Its clock is known well enough to play by. */
  get isReady(): boolean {
    return this.isWarm && this.map.isSet
  }

  /** When a frame is heard, as far as the driver knows. */
  localAt(frame: number): Micros {
    return this.map.localAt((frame / SAMPLE_RATE) * 1e6)
  }

  /** A block that begins with this frame of the card. */
  schedule(frame: number, channels: readonly Float32Array<ArrayBuffer>[]): void {
    const buffer = this.context.createBuffer(channels.length, channels[0].length, SAMPLE_RATE)
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel))
    const source = this.context.createBufferSource()
    source.buffer = buffer
    source.connect(this.context.destination)
    source.start(frame / SAMPLE_RATE)
  }

  /** Twice is fine. A card that has stalled would never answer, so nobody waits for it. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    void this.context.close().catch(() => undefined)
  }

  /**
   * The library renders in bursts: at each gulp it makes as many quanta as the driver wants, and what is over waits for the next one. So a
   * burst says when the frame after the last burst's is heard, but for what was over; see HeardClock.
   */
  private look(): void {
    if (this.isClosed) return
    const taken = this.context.currentTime
    const local = localMicros()
    if (taken !== this.taken) {
      const quiet = this.taken > 0 ? local - this.changed : 0
      this.longestQuiet = Math.max(quiet, this.longestQuiet * 0.95)
      if (quiet > QUIET_SHARE * this.longestQuiet) this.read(local)
      this.changed = local
      this.taken = taken
    }
    const wait = this.changed + this.gulpMicros - Math.min(EARLY_MICROS, this.gulpMicros / 10) - local
    // Shortly before the next gulp it looks all the time, so as not to see it late.
    if (wait > 0 || wait < -PATIENCE_MICROS) setTimeout(() => this.look(), Math.max(1, Math.min(20, wait / 1000)))
    else setImmediate(() => this.look())
  }

  /** A burst has begun. */
  private read(local: Micros): void {
    this.gulpMicros += (local - this.begun - this.gulpMicros) / 8
    if (!(this.gulpMicros < 1e6)) this.gulpMicros = 0
    this.begun = local
    if (!this.isWarm && local - this.opened > WARM_UP_MICROS) {
      this.isWarm = true
      this.map.clear()
    }
    this.map.read(local, (this.taken - (this.context.outputLatency || 0)) * 1e6 - QUANTUM_MICROS / 2)
  }
}

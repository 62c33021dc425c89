/**
 * A sound card, by the Web Audio library. Its clock (what it asks for, and when) is read beside ours. Blocks are handed over some hundred
 * milliseconds ahead, each to begin with an exact frame, so that our own timing does not matter.
 *
 * What a card says of itself in its first seconds is not to be trusted (host libraries start at their own pace): the map is begun
 * anew after `WARM_UP_MICROS`.
 */
import type { AudioContext } from "node-web-audio-api"
import type { Micros } from "../../src/time"
import { CardClock } from "../cards/card-clock"
import { GulpWatch } from "../cards/gulp-watch"
import { findCard, openContext, outputCards } from "../cards/output-cards"
import { SaidLatency } from "../cards/said-latency"
import { BadInput } from "../input/bad-input"
import { localMicros } from "../net/local-clock"
import { SAMPLE_RATE } from "./decode"

/**
 * How much a card takes at once, of twice to three times as much that it holds. With less a busy machine loses time now and then, and nobody hears how long it is, since
 * everything is handed over ahead.
 */
export const LIST_GULP_SECONDS = 0.05
const WARM_UP_MICROS = 1_000_000

export class SoundCard {
  /** What the card asks for (us of it) against local time. */
  readonly clock = new CardClock()

  private readonly said = new SaidLatency()
  private readonly opened = localMicros()
  private readonly watch: GulpWatch
  private isWarm = false
  private isClosed = false

  private constructor(
    private readonly context: AudioContext,
    private readonly measuredMicros: Micros | undefined,
  ) {
    this.watch = new GulpWatch(context, SAMPLE_RATE, localMicros, ({ local, frames, latencyMicros }) => {
      if (!this.isWarm && local - this.opened > WARM_UP_MICROS) {
        this.isWarm = true
        this.clock.clear()
        this.said.clear()
      }
      this.clock.read(local, (frames / SAMPLE_RATE) * 1e6)
      this.said.hear(latencyMicros)
    })
    this.watch.run()
  }

  /**
   * The default card, or the one whose name or id contains `name`; `none` is a card without sound that keeps time. `measuredMicros`: from a
   * frame's asking to its sound, where somebody has measured it; else the driver is believed.
   */
  static async open(name?: string, measuredMicros?: Micros): Promise<SoundCard> {
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
      return new SoundCard(await openContext(id, LIST_GULP_SECONDS), measuredMicros)
    } catch {
      throw new BadInput("no sound card here; --card none keeps time without one")
    }
  }

  /** What has been given to the card by now is before this frame. */
  get playedFrames(): number {
    return Math.round(this.context.currentTime * SAMPLE_RATE)
  }

  /** Its clock is known well enough to play by. */
  get isReady(): boolean {
    return this.isWarm && this.clock.isSet && this.said.micros !== undefined
  }

  /** From a frame's asking to its sound, us of the card: it lies in a buffer that the card's crystal empties. */
  get latencyMicros(): Micros {
    return this.measuredMicros ?? this.said.micros ?? 0
  }

  /** When a frame is heard, as far as the driver knows. */
  localAt(frame: number): Micros {
    return this.clock.localAt((frame / SAMPLE_RATE) * 1e6 + this.latencyMicros)
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
    this.watch.close()
    void this.context.close().catch(() => undefined)
  }
}

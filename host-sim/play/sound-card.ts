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
import { CardClock } from "./card-clock"
import { SAMPLE_RATE } from "./decode"
import { findCard, openContext, outputCards } from "./output-cards"

const READ_MILLIS = 10
const WARM_UP_MICROS = 2_500_000

export class SoundCard {
  /** Card time (us) against local time. */
  readonly map = new CardClock()
  private isWarm = false

  private readonly began = localMicros()
  private readonly timer: NodeJS.Timeout
  private isClosed = false

  private constructor(private readonly context: AudioContext) {
    this.timer = setInterval(() => this.read(), READ_MILLIS)
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
      return new SoundCard(await openContext(id))
    } catch {
      throw new BadInput("no sound card here; --card none keeps time without one")
    }
  }

  /** Frames played by now, in steps of a quantum. */
  get playedFrames(): number {
    return Math.round(this.context.currentTime * SAMPLE_RATE)
  }

  /** From a frame's turn to its sound, as the library knows it. */
  get latencyMicros(): Micros {
    return (this.context.outputLatency || 0) * 1e6
  }

  /** Its clock is known well enough to play by. */
  get isReady(): boolean {
    return this.isWarm && this.map.isSet
  }

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
    clearInterval(this.timer)
    void this.context.close().catch(() => undefined)
  }

  private read(): void {
    const card = this.context.currentTime * 1e6
    const local = localMicros()
    if (card === 0) return
    if (!this.isWarm && local - this.began > WARM_UP_MICROS) {
      this.isWarm = true
      this.map.clear()
    }
    this.map.read(local, card)
  }
}

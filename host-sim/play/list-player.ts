/**
 * A list on a card, on the shared clock. Blocks are rendered ahead of the card, so nothing here has to be on time; where the list
 * ought to be at each frame follows from the two maps. Whoever begins late finds itself in the middle and goes on from there.
 *
 * What is heard changes at given moments: a deck begins at its start to the sample, the one before it is faded out from there on
 * within `FADE_MICROS`.
 */
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import { SAMPLE_RATE } from "./decode"
import type { Program } from "./program"
import { SynchronousRenderer } from "./synchronous-renderer"

const BLOCK_FRAMES = 2400
const AHEAD_FRAMES = 0.4 * SAMPLE_RATE
const ROUND_MILLIS = 40
const FADE_MICROS = 5000

/** A sound card, or what stands for it. */
export interface Card {
  readonly isReady: boolean
  readonly playedFrames: number
  /** When a frame is heard. */
  localAt(frame: number): Micros
  schedule(frame: number, channels: readonly Float32Array<ArrayBuffer>[]): void
}

/** A list from some place on, heard from `start` on. */
export interface Deck {
  readonly program: Program
  readonly start: SharedMicros
  readonly fromSeconds: number
}

interface Voice extends Deck {
  readonly renderer: SynchronousRenderer
  /** When it is left. */
  until: SharedMicros
}

export class ListPlayer {
  /** 0..1 */
  gain = 1
  /** Blocks that were handed over too late for their time. */
  lateBlocks = 0
  /** Told when a list has been played to its end. */
  onEnd: () => void = () => undefined

  private voices: Voice[] = []
  private readonly blocks = [new Float32Array(BLOCK_FRAMES), new Float32Array(BLOCK_FRAMES)]
  private readonly mixed = [new Float32Array(BLOCK_FRAMES), new Float32Array(BLOCK_FRAMES)]
  private nextFrame = -1
  private soundingGain = 1
  private timer: NodeJS.Timeout | undefined

  /** `calibrationMicros`: measured time by which the card is heard later than it says. */
  constructor(
    private readonly card: Card,
    private readonly sharedAt: (local: Micros) => SharedMicros,
    private readonly calibrationMicros: Micros = 0,
  ) {}

  /** From `at` on this is heard instead of what was; nothing, where it is undefined. */
  change(at: SharedMicros, deck: Deck | undefined): void {
    for (const voice of this.voices) voice.until = Math.min(voice.until, at)
    if (!deck) return
    const { program } = deck
    const voice: Voice = {
      ...deck,
      until: Infinity,
      renderer: new SynchronousRenderer(
        [program.channel(0), program.channel(1)],
        SAMPLE_RATE,
        (frame) => this.placeAt(deck, this.heardAt(frame)),
        BLOCK_FRAMES,
      ),
    }
    this.voices.push(voice)
    void program.prepare(Math.max(0, this.placeAt(deck, this.heardAt(this.card.playedFrames))))
  }

  /** What was put on last, whether it is heard yet or not. */
  get deck(): Deck | undefined {
    return this.voices.at(-1)
  }

  /** How far the last block began from where it should have been, seconds. */
  get errorSeconds(): number {
    return this.voices.at(-1)?.renderer.errorSeconds ?? 0
  }

  /** When a frame of the card is heard. */
  heardAt(frame: number): SharedMicros {
    return this.sharedAt(this.card.localAt(frame) + this.calibrationMicros)
  }

  /** The frame of a deck's program that is heard at a moment. */
  placeAt(deck: Deck, at: SharedMicros): number {
    return ((at - deck.start) / 1e6 + deck.fromSeconds) * SAMPLE_RATE
  }

  run(): void {
    this.timer ??= setInterval(() => this.round(), ROUND_MILLIS)
  }

  /** Twice is fine. */
  close(): void {
    clearInterval(this.timer)
  }

  /** Renders and hands over what the card needs by now. */
  round(): void {
    const { card } = this
    if (!card.isReady) return
    const played = card.playedFrames
    if (this.nextFrame < played) {
      if (this.nextFrame >= 0) this.lateBlocks++
      this.nextFrame = played + BLOCK_FRAMES
    }
    for (; this.nextFrame < played + AHEAD_FRAMES; this.nextFrame += BLOCK_FRAMES) this.block(this.nextFrame)
    this.clear(this.heardAt(played))
  }

  private block(frame: number): void {
    const begins = this.heardAt(frame)
    const ends = this.heardAt(frame + BLOCK_FRAMES)
    this.mixed.forEach((samples) => samples.fill(0))
    let isHeard = false
    for (const voice of this.voices) {
      // Just before its start it is rendered too, so that the first of it stands where it belongs, and not at a block's border.
      if (ends < voice.start - FADE_MICROS || begins > voice.until + FADE_MICROS) continue
      isHeard = true
      voice.renderer.render(frame, this.blocks)
      this.mix(voice, begins, (ends - begins) / BLOCK_FRAMES)
    }
    if (isHeard) {
      this.turnUp()
      this.card.schedule(frame, this.mixed)
    }
  }

  private mix(voice: Voice, begins: SharedMicros, step: number): void {
    const leaves = voice.until < begins + step * BLOCK_FRAMES
    for (const [channel, into] of this.mixed.entries()) {
      const samples = this.blocks[channel]
      for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
        const share = leaves ? 1 - (begins + step * frame - voice.until) / FADE_MICROS : 1
        into[frame] += samples[frame] * Math.max(0, Math.min(1, share))
      }
    }
  }

  /** The volume, moved evenly over a block. */
  private turnUp(): void {
    const from = this.soundingGain
    const step = (this.gain - from) / BLOCK_FRAMES
    this.soundingGain = this.gain
    if (from === 1 && step === 0) return
    for (const samples of this.mixed) for (let frame = 0; frame < BLOCK_FRAMES; frame++) samples[frame] *= from + step * frame
  }

  /** What has been left is forgotten; what is needed next is loaded. */
  private clear(now: SharedMicros): void {
    const last = this.voices.at(-1)
    this.voices = this.voices.filter((voice) => voice.until + FADE_MICROS > now)
    if (!last || last.until <= now) return
    const place = this.placeAt(last, now)
    void last.program.prepare(Math.max(0, place))
    if (place > last.program.end + 0.5 * SAMPLE_RATE) {
      last.until = now
      this.onEnd()
    }
  }
}

/**
 * A list on a card, on the shared clock. Blocks are rendered ahead of the card, so nothing here has to be on time; where the list
 * ought to be at each frame follows from the two maps. Whoever begins late finds itself in the middle and goes on from there.
 */
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import { SAMPLE_RATE } from "./decode"
import type { Program } from "./program"
import type { SoundCard } from "./sound-card"
import { SynchronousRenderer } from "./synchronous-renderer"

const BLOCK_FRAMES = 2400
const AHEAD_FRAMES = 0.4 * SAMPLE_RATE
const ROUND_MILLIS = 40

export interface ListPlayerOptions {
  /** Where in the program the list begins at its start, seconds. */
  readonly fromSeconds?: number
  /** Measured time from a frame's turn to its sound, beyond what the library says. */
  readonly calibrationMicros?: Micros
  readonly gain?: number
}

export class ListPlayer {
  gain: number
  /** Blocks that were handed over too late for their time. */
  lateBlocks = 0
  readonly renderer: SynchronousRenderer

  private readonly blocks = [new Float32Array(BLOCK_FRAMES), new Float32Array(BLOCK_FRAMES)]
  private nextFrame = -1
  private timer: NodeJS.Timeout | undefined
  private finished: () => void = () => undefined

  constructor(
    private readonly program: Program,
    private readonly card: SoundCard,
    private readonly sharedAt: (local: Micros) => SharedMicros,
    readonly start: SharedMicros,
    private readonly options: ListPlayerOptions = {},
  ) {
    this.gain = options.gain ?? 1
    const channels = [program.channel(0), program.channel(1)]
    this.renderer = new SynchronousRenderer(channels, SAMPLE_RATE, (frame) => this.programFrame(frame), BLOCK_FRAMES)
  }

  /** The place in the program that ought to be heard with this frame of the card. */
  private programFrame(cardFrame: number): number {
    const heard = this.card.map.localAt((cardFrame / SAMPLE_RATE) * 1e6) + this.card.latencyMicros + (this.options.calibrationMicros ?? 0)
    return ((this.sharedAt(heard) - this.start) / 1e6 + (this.options.fromSeconds ?? 0)) * SAMPLE_RATE
  }

  /** The place in the program that is heard now. */
  get place(): number {
    return this.programFrame(this.card.playedFrames)
  }

  /** Resolves at the end of the list, or when stopped. */
  async run(): Promise<void> {
    await this.program.prepare(Math.max(0, this.place))
    return new Promise((resolve) => {
      this.finished = resolve
      this.timer = setInterval(() => this.round(), ROUND_MILLIS)
    })
  }

  stop(): void {
    clearInterval(this.timer)
    this.finished()
  }

  private round(): void {
    const { card, program } = this
    if (!card.isWarm || !card.map.isSet) return
    const played = card.playedFrames
    if (this.nextFrame < played) {
      if (this.nextFrame >= 0) this.lateBlocks++
      this.nextFrame = played + BLOCK_FRAMES
    }
    for (; this.nextFrame < played + AHEAD_FRAMES; this.nextFrame += BLOCK_FRAMES) {
      this.renderer.render(this.nextFrame, this.blocks)
      card.schedule(this.nextFrame, this.blocks, this.gain)
    }
    const place = this.place
    void program.prepare(Math.max(0, place))
    if (place > program.end + 0.5 * SAMPLE_RATE) this.stop()
  }
}

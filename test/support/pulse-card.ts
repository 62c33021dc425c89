/**
 * What stands for one sound card: the pipe that a PulseAudio sink writes into, drained at the pace of a crystal. What comes out of it is what
 * would leave the card's jack, so pulses are found with their frame, their length and the moment at which they are heard; the latest samples are
 * kept for whoever has a cable to the jack.
 *
 * A card waits where nothing has come yet, and where this process was held up for longer than a tenth of a second: on a busy machine
 * the test must not break what it judges. Both are counted as slips; a figure is only worth something without them.
 */
import { execFileSync } from "node:child_process"
import { closeSync, constants, openSync, readSync } from "node:fs"

export const CARD_RATE = 48000
const FRAME_BYTES = 4
const THRESHOLD = 8192
const MOST_FRAMES_AT_ONCE = CARD_RATE / 10
/** A power of two. */
const KEPT_FRAMES = 8192

/** For `drain`; one does for all cards. */
export function drainBuffer(): Buffer {
  return Buffer.alloc(MOST_FRAMES_AT_ONCE * FRAME_BYTES)
}

export interface HeardPulse {
  readonly frame: number
  readonly frames: number
  /** -32768..32767, in its middle. */
  readonly level: number
  /** Monotonic, µs; between two frames where it rises over some. */
  readonly time: number
}

export class PulseCard {
  /** Left and right. */
  readonly pulses: [HeardPulse[], HeardPulse[]] = [[], []]
  slips = 0
  /** A card that is pulled out takes nothing and plays nothing. */
  isIn = true
  private frame = 0
  /** When frame 0 was heard. */
  private origin = now()
  private readonly since = [-1, -1]
  private readonly levels = [0, 0]
  private readonly before = [0, 0]
  /** How long before its first frame each pulse crossed the threshold, frames. */
  private readonly crossed = [0, 0]
  private readonly pipe: number
  /** The left side of the latest frames. */
  private readonly latest = new Int16Array(KEPT_FRAMES)

  /** `delayMicros`: what lies between the pipe and the jack. */
  constructor(
    readonly name: string,
    readonly ppm: number,
    readonly path: string,
    private readonly delayMicros = 0,
  ) {
    execFileSync("mkfifo", [path])
    this.pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  drain(buffer: Buffer): void {
    const { pace } = this
    const due = Math.floor((now() - this.origin) * pace) - this.frame
    const wanted = Math.min(due, MOST_FRAMES_AT_ONCE)
    const came = this.isIn ? this.read(buffer, wanted) : 0
    for (let index = 0; index < came; index++) this.hear(buffer, index, pace)
    this.frame += came
    if (came === due) return
    if (this.isIn && this.pulses[0].length + this.pulses[1].length > 0) this.slips++
    this.origin = now() - this.frame / pace
  }

  /** What has been heard so far was something else. */
  forget(): void {
    for (const pulses of this.pulses) pulses.length = 0
    this.slips = 0
  }

  /** What is heard at the left jack at a time, not long ago. */
  levelAt(time: number): number {
    const at = (time - this.origin - this.delayMicros) * this.pace
    const frame = Math.floor(at)
    if (frame < this.frame - KEPT_FRAMES || frame + 1 >= this.frame) return 0
    const [one, other] = [this.latest[frame & (KEPT_FRAMES - 1)], this.latest[(frame + 1) & (KEPT_FRAMES - 1)]]
    return one + (at - frame) * (other - one)
  }

  /** What was in the pipe when it was pulled out is never heard. */
  drainAway(buffer: Buffer): void {
    while (this.read(buffer, buffer.length / FRAME_BYTES) > 0);
    this.since.fill(-1)
  }

  close(): void {
    closeSync(this.pipe)
  }

  private get pace(): number {
    return (CARD_RATE * (1 + this.ppm / 1e6)) / 1e6
  }

  private read(buffer: Buffer, frames: number): number {
    if (frames <= 0) return 0
    try {
      return Math.floor(readSync(this.pipe, buffer, 0, frames * FRAME_BYTES, null) / FRAME_BYTES)
    } catch {
      return 0
    }
  }

  private hear(buffer: Buffer, index: number, pace: number): void {
    for (let side = 0; side < 2; side++) {
      const level = buffer.readInt16LE(index * FRAME_BYTES + side * 2)
      const isHigh = Math.abs(level) > THRESHOLD
      const frame = this.frame + index
      if (side === 0) this.latest[frame & (KEPT_FRAMES - 1)] = level
      if (isHigh && this.since[side] < 0) {
        this.since[side] = frame
        this.crossed[side] = (Math.abs(level) - THRESHOLD) / (Math.abs(level) - Math.abs(this.before[side]))
      }
      this.before[side] = level
      if (isHigh) this.levels[side] = level
      else if (this.since[side] >= 0) {
        const start = this.since[side]
        this.since[side] = -1
        this.pulses[side].push({
          frame: start,
          frames: frame - start,
          level: this.levels[side],
          time: this.origin + (start - this.crossed[side]) / pace + this.delayMicros,
        })
      }
    }
  }
}

export function now(): number {
  return Number(process.hrtime.bigint()) / 1000
}

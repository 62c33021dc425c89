/**
 * Turns "what should be heard at this shared time" into blocks for a card with a crystal of its own. Before each block the place
 * where the recording ought to be is worked out from the two maps (card to local, local to shared); the block is then read a little
 * faster or slower so that it ends on that line, at most `MAXIMUM_CORRECTION` away from the true speed. Nothing is inserted or left
 * out: the position runs on from block to block.
 *
 * Only where the distance is too great to be made up unheard (a late joiner, a card that stalled) it jumps there, with a fade of
 * one block.
 */
import { interpolate, type Samples } from "./interpolator"

/** 1000 ppm: 1.7 cents. Cards and clocks are within 200 ppm, so the rest is for catching up. */
const MAXIMUM_CORRECTION = 1e-3

/** Farther than this is jumped: at 1000 ppm it would take five seconds. */
const JUMP_SECONDS = 0.005

/** A distance is made up over this many blocks, so that the noise of the maps does not become vibrato. */
const SETTLE_BLOCKS = 20

export class SynchronousRenderer {
  /** Jumps made after the first, each one heard. */
  jumps = 0
  /** How far the last block began from where it should have been, seconds. */
  errorSeconds = 0

  private position = NaN
  private readonly scratch: Float32Array
  private readonly fading: Float32Array

  /**
   * `desired` gives the place in the recording (its samples, fractions too) that ought to be heard with this frame of the card;
   * negative before the start.
   */
  constructor(
    private readonly channels: readonly Samples[],
    private readonly sampleRate: number,
    private readonly desired: (cardFrame: number) => number,
    readonly blockFrames: number,
  ) {
    this.scratch = new Float32Array(Math.ceil(blockFrames * 2) + 64)
    this.fading = new Float32Array(blockFrames)
  }

  /** The block whose first frame is `cardFrame`, one array a channel. */
  render(cardFrame: number, into: readonly Float32Array[]): void {
    const length = this.blockFrames
    const wantedStart = this.desired(cardFrame)
    const nominal = (this.desired(cardFrame + length) - wantedStart) / length
    const isFirst = Number.isNaN(this.position)
    const distance = isFirst ? 0 : wantedStart - this.position
    this.errorSeconds = distance / this.sampleRate
    if (isFirst || Math.abs(this.errorSeconds) > JUMP_SECONDS) {
      const left = this.position
      this.position = wantedStart
      this.play(nominal, into, isFirst ? NaN : left)
      if (!isFirst) this.jumps++
      return
    }
    const correction = distance / (length * SETTLE_BLOCKS)
    this.play(nominal + Math.max(-MAXIMUM_CORRECTION, Math.min(MAXIMUM_CORRECTION, correction)), into, NaN)
  }

  /** `fadeFrom` is the place that is left by a jump. */
  private play(step: number, into: readonly Float32Array[], fadeFrom: number): void {
    const length = this.blockFrames
    for (let channel = 0; channel < into.length; channel++) {
      const samples = this.channels[channel]
      interpolate(samples, this.position, step, into[channel], this.scratch)
      if (Number.isNaN(fadeFrom)) continue
      interpolate(samples, fadeFrom, step, this.fading, this.scratch)
      for (let frame = 0; frame < length; frame++) {
        const share = (frame + 0.5) / length
        into[channel][frame] = into[channel][frame] * share + this.fading[frame] * (1 - share)
      }
    }
    this.position += step * length
  }
}

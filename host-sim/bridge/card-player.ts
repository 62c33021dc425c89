/**
 * A card as the bridge plays it: readings of its clock come in, pulses with their times come in, and each pulse goes out to an exact
 * frame of the card, a fixed stretch ahead. It reads no clock itself: a real card's process, the simulation and the renderer of WAV files
 * all drive this one.
 *
 * A card's frame is heard `latencyMicros` after the card asked for it, microseconds of the card: it lies in a buffer that the card's crystal
 * empties (at 150 ppm a buffer of 283 ms makes 42 us of difference). What the driver says of that, the latency measured by a loop-back
 * recording and the user's own correction all come together in this one number, which may change while it runs: by little at
 * a time, so that pulses keep their order and their length.
 */
import type { Micros } from "../../src/time"
import { CardClock } from "../cards/card-clock"
import { type Pulse, Track } from "./track"

/** What is put is put so far ahead of what the card asks for: a process that is held up for less, less a gulp, loses nothing. */
export const AHEAD_MICROS = 330_000
/** The card takes what it is given from its next gulp on, if that is not longer. */
const EARLIEST_MICROS = 50_000
/** More than the longest gulp, and a late look. */
const RUNAWAY_MICROS = 400_000

/** Takes a pulse of one side (0 left, 1 right) that begins with this frame of the card. */
export type PlaySide = (side: number, frame: number, frames: number, level: number) => void

export class CardPlayer {
  readonly clock: CardClock
  readonly tracks: readonly [Track, Track]
  latencyMicros: Micros = 0
  private isJoined = false

  /** `rate` is what is known of the card's crystal from before. */
  constructor(
    readonly sampleRate: number,
    private readonly play: PlaySide,
    rate = 0,
  ) {
    this.clock = new CardClock(rate)
    this.tracks = [new Track(sampleRate), new Track(sampleRate)]
  }

  /** At `local` the card asked for what comes after `frames`. */
  read(local: Micros, frames: number): void {
    this.clock.read(local, (frames / this.sampleRate) * 1e6)
  }

  /** Has the card been given so many frames by `local` as it cannot have played? Then its driver throws away what it is given. */
  hasRunAway(local: Micros, frames: number): boolean {
    return this.clock.isSet && (frames / this.sampleRate) * 1e6 > this.clock.cardAt(local) + RUNAWAY_MICROS
  }

  add(side: number, pulse: Pulse): void {
    this.tracks[side].add(pulse)
  }

  /** Puts what is due. */
  advance(local: Micros): void {
    if (!this.clock.isSet) return
    this.isJoined = true
    const asked = this.frameAt(local)
    const earliest = Math.ceil(asked + this.framesIn(EARLIEST_MICROS))
    const until = asked + this.framesIn(AHEAD_MICROS)
    this.tracks.forEach((track, side) =>
      track.put(
        (time) => this.frameAt(time) - this.framesIn(this.latencyMicros),
        earliest,
        until,
        (frame, frames, level) => this.play(side, frame, frames, level),
      ),
    )
  }

  /** Pulses heard by `local`, left and right. */
  heardBy(local: Micros): [number, number] {
    if (!this.isJoined) return [0, 0]
    const frame = this.frameAt(local) - this.framesIn(this.latencyMicros)
    return [this.tracks[0].heardBy(frame), this.tracks[1].heardBy(frame)]
  }

  private frameAt(local: Micros): number {
    return (this.clock.cardAt(local) * this.sampleRate) / 1e6
  }

  private framesIn(micros: Micros): number {
    return (micros * this.sampleRate) / 1e6
  }
}

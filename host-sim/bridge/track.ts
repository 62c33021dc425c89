/**
 * One side of a card, left or right: pulses in order, each with its time, put onto frames of the card. What has been put is never moved
 * again, so a map that learns moves only what comes after. No pulse is ever dropped, for an instrument that counts pulses would be off
 * its step for the rest of the night: one that comes too late for its frame is played as soon as there is room, whole, with at least its
 * own width of silence before it. What a card missed while it was away is handed in the same way, with times that have passed.
 */
import type { Micros } from "../../src/time"

export interface Pulse {
  /** When it is to be heard; monotonic. */
  readonly time: Micros
  readonly widthMicros: Micros
  /** -1..1 of full scale. */
  readonly level: number
}

/** Takes a pulse that begins with this frame. */
export type PlayPulse = (frame: number, frames: number, level: number) => void

/** A pulse put this much later than its time counts as late. */
const LATE_FRAMES = 48

export class Track {
  /** Pulses played later than their time by more than 1 ms. */
  late = 0
  private readonly waiting: Pulse[] = []
  /** Middles of pulses that have been put but not been heard yet, frames. */
  private unheard: number[] = []
  private heard = 0
  private free = 0
  /** The silence that the last pulse wants after it. */
  private gap = 0

  constructor(private readonly sampleRate: number) {}

  add(pulse: Pulse): void {
    this.waiting.push(pulse)
  }

  /** Puts every pulse whose frame is before `until`; none is put before frame `earliest`. */
  put(frameOf: (time: Micros) => number, earliest: number, until: number, play: PlayPulse): void {
    let done = 0
    for (; done < this.waiting.length; done++) {
      const { time, widthMicros, level } = this.waiting[done]
      const frames = Math.max(1, Math.round((widthMicros * this.sampleRate) / 1e6))
      const wanted = Math.round(frameOf(time))
      if (wanted >= until) break
      const frame = Math.max(wanted, earliest, this.free + Math.min(this.gap, frames))
      if (frame >= until && frame > wanted) break // room for it will be when the card has got so far
      if (frame - wanted > LATE_FRAMES) this.late++
      play(frame, frames, level)
      this.unheard.push(frame + (frames >> 1))
      this.free = frame + frames
      this.gap = frames
    }
    this.waiting.splice(0, done)
  }

  /** How many pulses have been heard when frame `heardFrame` has. */
  heardBy(heardFrame: number): number {
    let count = 0
    while (count < this.unheard.length && this.unheard[count] <= heardFrame) count++
    this.heard += count
    this.unheard = this.unheard.slice(count)
    return this.heard
  }
}

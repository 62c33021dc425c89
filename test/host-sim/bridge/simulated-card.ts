/**
 * A sound card in virtual time: a crystal of its own, gulps of 512 frames taken when there is room for them, seen late by whoever polls it
 * every millisecond on a machine that has other things to do. What it plays is kept with the true time of each edge.
 */
import { CardPlayer } from "../../../host-sim/bridge/card-player"
import { Crystal } from "../../support/virtual-network"

export const SAMPLE_RATE = 48000
const GULP_FRAMES = 512
const BUFFER_FRAMES = 4 * GULP_FRAMES
const POLL_MICROS = 1000
/** The callback that takes a gulp is woken up late by so much in the mean (measured on a busy PC). */
const WAKE_UP_MICROS = 60

export interface Played {
  readonly frame: number
  readonly frames: number
  /** True time at which its first frame is heard, µs. */
  readonly start: number
}

export class SimulatedCard {
  readonly played: [Played[], Played[]] = [[], []]
  readonly player: CardPlayer
  private readonly crystal: Crystal
  private nextPoll = 0
  private taken = 0

  constructor(
    readonly ppm: number,
    private readonly random: () => number,
    wanderPpm = 0,
    /** The machine is held up for so long now and then: nobody polls, nobody puts. */
    private readonly stallMicros = 0,
  ) {
    this.crystal = new Crystal(ppm, 0, wanderPpm)
    this.player = new CardPlayer(SAMPLE_RATE, (side, frame, frames) => {
      if (frame < this.taken) throw new Error(`frame ${frame} comes too late: ${this.taken} have been taken`)
      this.played[side].push({ frame, frames, start: this.heardAt(frame) })
    })
    this.player.latencyMicros = (BUFFER_FRAMES / SAMPLE_RATE) * 1e6
  }

  /** Lives on until the true time `until`, µs. */
  run(until: number): void {
    for (; this.nextPoll < until; this.nextPoll += POLL_MICROS + this.lateness()) {
      const now = this.nextPoll
      // The poll sees the last one that has run.
      const room = ((this.crystal.read(now + WAKE_UP_MICROS * Math.log(1 - this.random())) / 1e6) * SAMPLE_RATE) / GULP_FRAMES
      this.taken = Math.max(this.taken, Math.floor(room) * GULP_FRAMES)
      this.player.read(now, this.taken)
      this.player.advance(now)
    }
  }

  /** True time at which a frame is heard: when it has gone through the buffer at the crystal's pace. */
  heardAt(frame: number): number {
    const card = (frame / SAMPLE_RATE) * 1e6
    let time = card
    for (let round = 0; round < 4; round++) time += card - this.crystal.read(time)
    return time + (BUFFER_FRAMES / SAMPLE_RATE) * 1e6
  }

  private lateness(): number {
    const dice = this.random()
    if (dice < 1e-5) return this.stallMicros
    return dice < 0.01 ? this.random() * 15_000 : dice < 0.1 ? this.random() * 1500 : this.random() * 200
  }
}

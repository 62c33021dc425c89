/**
 * A sound card in virtual time: a crystal of its own, and a driver that asks for a period when there is room for it (or looks now and then
 * whether there is), gets it from a library that renders quanta of 128 frames, and says of its latency what PulseAudio's says: within a millisecond or two,
 * never the same. A program on a machine that has other things to do watches it. What it plays is kept with the true time of each edge.
 */
import { CardPlayer } from "../../../host-sim/bridge/card-player"
import { GulpWatch } from "../../../host-sim/cards/gulp-watch"
import { Crystal } from "../../support/virtual-network"

export const SAMPLE_RATE = 48000
const QUANTUM_FRAMES = 128
/** The callback that takes a period is woken up late by so much in the mean (measured on a busy PC). */
const WAKE_UP_MICROS = 60
/** What lies between a look and the next, where the watch says "at once". */
const LOOK_MICROS = 160
/** Pulses are put so often while the watch sleeps. */
const ROUND_MICROS = 5000
export const LATENCY_MICROS = 283_000

export interface Played {
  readonly frame: number
  readonly frames: number
  /** True time at which its first frame is heard, µs. */
  readonly start: number
}

export class SimulatedCard {
  readonly played: [Played[], Played[]] = [[], []]
  readonly player: CardPlayer
  private readonly watch: GulpWatch
  private readonly crystal: Crystal
  private now = 0
  private nextLook = 0
  private nextRound = 0
  /** From here to the next look nothing happens. */
  private heldUp = 0
  private rendered = 0

  constructor(
    readonly ppm: number,
    private readonly random: () => number,
    wanderPpm = 0,
    /** The machine is held up for so long now and then: nobody looks, nobody puts. */
    private readonly stallMicros = 0,
    private readonly periodFrames = 1365,
    /** The driver looks so seldom whether there is room. */
    private readonly driverMicros = 0,
  ) {
    this.crystal = new Crystal(ppm, 0, wanderPpm)
    this.player = new CardPlayer(SAMPLE_RATE, (side, frame, frames) => {
      if (frame < this.rendered) throw new Error(`frame ${frame} comes too late: ${this.rendered} have been rendered`)
      this.played[side].push({ frame, frames, start: this.heardAt(frame) })
    })
    this.player.latencyMicros = LATENCY_MICROS
    const context = {
      currentTime: () => this.rendered / SAMPLE_RATE,
      outputLatency: () => (LATENCY_MICROS + 1500 * Math.sin(this.now / 3e6)) / 1e6,
    }
    const watched = {
      get currentTime() {
        return context.currentTime()
      },
      get outputLatency() {
        return context.outputLatency()
      },
    }
    this.watch = new GulpWatch(
      watched,
      SAMPLE_RATE,
      () => this.now,
      ({ local, frames }) => this.player.read(local, frames),
    )
  }

  /** Lives on until the true time `until`, µs. */
  run(until: number): void {
    while (Math.min(this.nextLook, this.nextRound) < until) {
      if (this.nextRound < this.heldUp) {
        this.player.advance(this.nextRound)
        this.nextRound += ROUND_MICROS
        continue
      }
      this.nextRound = Math.max(this.nextRound, this.nextLook)
      this.now = this.nextLook
      this.render()
      const wait = this.watch.look()
      this.heldUp = this.now + (wait > 0 ? wait * 1000 : LOOK_MICROS)
      this.nextLook = this.heldUp + this.lateness()
    }
  }

  /** True time at which a frame is heard: when it has gone through the buffer at the crystal's pace. */
  heardAt(frame: number): number {
    const card = (frame / SAMPLE_RATE) * 1e6 + LATENCY_MICROS
    let time = card
    for (let round = 0; round < 4; round++) time += card - this.crystal.read(time)
    return time
  }

  /** What the driver has asked for by now; it looked last on a millisecond of its own, and the callback came a little later. */
  private render(): void {
    const woken = this.crystal.read(this.now + WAKE_UP_MICROS * Math.log(1 - this.random()))
    const looked = this.driverMicros > 0 ? Math.floor(woken / this.driverMicros) * this.driverMicros : woken
    const periods = Math.floor(((looked / 1e6) * SAMPLE_RATE) / this.periodFrames) + 1
    this.rendered = Math.max(this.rendered, Math.ceil((periods * this.periodFrames) / QUANTUM_FRAMES) * QUANTUM_FRAMES)
  }

  private lateness(): number {
    const dice = this.random()
    if (dice < 1e-5) return this.stallMicros
    return dice < 0.01 ? this.random() * 15_000 : dice < 0.1 ? this.random() * 1500 : this.random() * 200
  }
}

/**
 * The tempo and wait pots. After its first reading a pot acts only when it is moved: a step of at least 0.4 % of its range away
 * from where it last acted, so that noise is not heard.
 *
 * Tempo: 40 BPM fully left to 240 BPM fully right, in whole BPM, taken up at the next part boundary. Wait: 1 to 99 parts.
 */
import type { SyncBank } from "../sync/bank"

const STEP = 4
const FULL_SCALE = 1023
const SLOWEST_BPM = 40
const FASTEST_BPM = 240
const LONGEST_WAIT = 99

export class Pots {
  private tempoAt = -STEP
  private waitAt = -STEP

  constructor(private readonly bank: SyncBank) {}

  /** A reading, 0..1023. */
  tempo(value: number): void {
    if (value > this.tempoAt - STEP && value < this.tempoAt + STEP) return
    this.tempoAt = value
    this.bank.askTempo(SLOWEST_BPM + Math.round((value * (FASTEST_BPM - SLOWEST_BPM)) / FULL_SCALE))
  }

  /** A reading, 0..1023. */
  wait(value: number): void {
    if (value > this.waitAt - STEP && value < this.waitAt + STEP) return
    this.waitAt = value
    this.bank.askWait(1 + Math.round((value * (LONGEST_WAIT - 1)) / FULL_SCALE))
  }
}

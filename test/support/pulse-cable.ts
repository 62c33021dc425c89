/**
 * A cable from the jacks of virtual cards to an input of the computer: a PulseAudio source that reads from a pipe, into which goes what is
 * heard at all the jacks together, at the pace of one more crystal. Frames that nobody takes are lost, as with any input.
 */
import { closeSync, constants, openSync, writeSync } from "node:fs"
import { CARD_RATE, now, type PulseCard } from "./pulse-card"

const PPM = 40
const PACE = (CARD_RATE * (1 + PPM / 1e6)) / 1e6
/** So long after it was heard a frame is written: all cards have been drained so far. */
const DELAY_MICROS = 20_000
const MOST_FRAMES_AT_ONCE = CARD_RATE / 10

export class PulseCable {
  private pipe: number | undefined
  private readonly origin = now()
  private frame = 0

  constructor(
    private readonly cards: readonly PulseCard[],
    private readonly path: string,
  ) {}

  carry(time: number): void {
    const due = Math.floor((time - this.origin) * PACE) - this.frame
    const count = Math.min(due, MOST_FRAMES_AT_ONCE)
    if (count < 48) return
    const buffer = Buffer.alloc(count * 2)
    for (let index = 0; index < count; index++) {
      const at = this.origin + (this.frame + index) / PACE - DELAY_MICROS
      const level = this.cards.reduce((sum, card) => sum + card.levelAt(at), 0)
      buffer.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(level))), index * 2)
    }
    this.frame += due
    try {
      this.pipe ??= openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK)
      writeSync(this.pipe, buffer)
    } catch {
      // PulseAudio has not made it yet, or it is full: nobody listens
    }
  }

  close(): void {
    if (this.pipe !== undefined) closeSync(this.pipe)
  }
}

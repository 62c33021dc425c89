/**
 * An instrument on a card stands on the step that its pulses have counted. Under a clock from outside the cards' pulses are decided by
 * another module than the jack's, and where nobody could foresee what happens (a song begun anew, a key at the last moment) the two
 * differ. So both are counted; a difference that stays is made good, the shorter way round the pattern: pulses too few follow in a quick
 * row, pulses too many are made up for by leaving the next ones out.
 */
import { OUT_SYNC } from "../../src/event"
import { CHANNELS } from "../../src/sync/bank"
import type { Micros } from "../../src/time"
import type { ModulePulse } from "./pulse-reader"

/** So many looks in a row agree before it counts: longer than the cards are ahead, for until then both are still on their way. */
const LOOKS = 60
/** Two pulses of one moment may be seen one before the other: this share of the looks has to agree. */
const AGREE = 0.8

export class StepKeeper {
  private readonly channels = Array.from({ length: CHANNELS }, () => new Channel())

  /** A pulse at the jack. */
  jack({ port }: ModulePulse): void {
    const channel = this.channels[port - OUT_SYNC]
    if (channel) channel.jack++
  }

  /** A pulse for the cards. False: it is to be left out. */
  card({ port, time }: ModulePulse): boolean {
    return this.channels[port - OUT_SYNC]?.take(time) ?? true
  }

  /** Nothing is judged: pulses are on their way. */
  wait(): void {
    for (const channel of this.channels) channel.looks.length = 0
  }

  /** Compares at `now`. `add` sends pulses that are missing at a port. */
  look(now: Micros, pulsesPerPart: (channel: number) => number, add: (port: number, count: number) => void): void {
    this.channels.forEach((channel, index) => {
      const missing = channel.missing(now, pulsesPerPart(index))
      if (missing > 0) add(OUT_SYNC + index, missing)
      else channel.omit -= missing
    })
  }
}

class Channel {
  jack = 0
  omit = 0
  readonly looks: number[] = []
  private passed = 0
  private coming: Micros[] = []

  take(time: Micros): boolean {
    if (this.omit > 0) {
      this.omit--
      return false
    }
    this.coming.push(time)
    return true
  }

  /** What is missing at the cards (negative: too many), once that is sure; 0 else. */
  missing(now: Micros, round: number): number {
    const before = this.coming.length
    this.coming = this.coming.filter((time) => time > now)
    this.passed += before - this.coming.length
    this.looks.push(this.jack - this.passed)
    if (this.looks.length < LOOKS || this.omit > 0) return 0
    const wanted = this.looks.splice(0).sort((one, other) => one - other)
    const middle = wanted[LOOKS >> 1]
    if (wanted.filter((one) => one === middle).length < LOOKS * AGREE) return 0
    const off = ((middle % round) + round) % round
    return off > round / 2 ? off - round : off
  }
}

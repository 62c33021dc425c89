/**
 * The RP2040 as a back end: the native layer's one stream of inputs, its one way out. The methods are the native functions
 * themselves where that spares a call.
 *
 * An answer is armed anew only when the core has heard that the last one left, or wants another: a pulse that comes between a
 * drain and an arming has taken the answer already, and must not find it again.
 *
 * Packets in the middle of a configuration message change nothing yet, and those of one transfer have one stamp: nothing is rendered between
 * them. With answered pulses a write of 330 characters takes 71 ms so, 192 else.
 */
import { ANSWERED } from "../../src/answers"
import { feed, type Backend } from "../../src/backend"
import { IN_CV, IN_MIDI_CONFIG, levelEvent, type EventWord } from "../../src/event"
import type { Processor } from "../../src/processor"
import type { Micros } from "../../src/time"
import { arm, now, schedule, take, takenAt } from "./native"

/** Of the three bytes of a packet. */
const STATUS_BITS = 0x808080
const ANSWERED_PULSE = levelEvent(IN_CV, 1 + ANSWERED)

export class PicoBackend implements Backend {
  declare now: () => Micros
  declare schedule: (time: Micros, event: EventWord) => boolean
  private hasAnswered = false
  private armedCount = 0
  private readonly armed: EventWord[] = [0, 0, 0, 0, 0, 0, 0, 0]

  drain(to: Processor): void {
    let dataAt = -1
    for (let event = take(); event >= 0; event = take()) {
      if (event === ANSWERED_PULSE) this.hasAnswered = true
      const time = takenAt()
      const isConfig = event >>> 26 === IN_MIDI_CONFIG
      if (isConfig && time === dataAt) to.input(time, event)
      else feed(to, this, time, event)
      dataAt = isConfig && (event & STATUS_BITS) === 0 ? time : -1
    }
  }

  /**
   * Keeps the input's next rising edge armed with the first `count` of `words`. True where it is armed anew; false also where an answer has
   * left that is not heard of yet: the next drain tells.
   */
  arm(input: number, words: readonly EventWord[], count: number): boolean {
    const armed = this.armed
    let isNew = this.hasAnswered ? count !== 0 : count !== this.armedCount
    for (let i = 0; i < count && !isNew; i++) isNew = armed[i] !== words[i]
    if (!isNew && !this.hasAnswered) return false
    if (isNew && !arm(input, words, count)) return false
    for (let i = 0; i < count; i++) armed[i] = words[i]
    this.hasAnswered = false
    this.armedCount = count
    return isNew
  }

  close(): void {}
}

PicoBackend.prototype.now = now
PicoBackend.prototype.schedule = schedule

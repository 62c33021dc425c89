/**
 * The RP2040 as a back end: the native layer's one stream of inputs, its one way out. The methods are the native functions
 * themselves where that spares a call.
 *
 * Packets in the middle of a configuration message change nothing yet, and those of one transfer have one stamp: nothing is rendered between
 * them. With answered pulses a write of 330 characters takes 71 ms so, 192 else.
 */
import { feed, type Backend } from "../../src/backend"
import { IN_MIDI_CONFIG, type EventWord } from "../../src/event"
import type { Processor } from "../../src/processor"
import type { Micros } from "../../src/time"
import { now, schedule, take, takenAt } from "./native"

/** Of the three bytes of a packet. */
const STATUS_BITS = 0x808080

export class PicoBackend implements Backend {
  declare now: () => Micros
  declare schedule: (time: Micros, event: EventWord) => boolean

  drain(to: Processor): void {
    let dataAt = -1
    for (let event = take(); event >= 0; event = take()) {
      const time = takenAt()
      const isConfig = event >>> 26 === IN_MIDI_CONFIG
      if (isConfig && time === dataAt) to.input(time, event)
      else feed(to, this, time, event)
      dataAt = isConfig && (event & STATUS_BITS) === 0 ? time : -1
    }
  }

  close(): void {}
}

PicoBackend.prototype.now = now
PicoBackend.prototype.schedule = schedule

/**
 * The RP2040 as a back end: the native layer's one stream of inputs, its one way out. The methods are the native functions
 * themselves where that spares a call.
 */
import { feed, type Backend } from "../../src/backend"
import type { EventWord } from "../../src/event"
import type { Processor } from "../../src/processor"
import type { Micros } from "../../src/time"
import * as native from "./native"

export class PicoBackend implements Backend {
  declare now: () => Micros
  declare schedule: (time: Micros, event: EventWord) => boolean

  drain(to: Processor): void {
    for (let event = native.take(); event >= 0; event = native.take()) feed(to, this, native.takenAt(), event)
  }

  close(): void {}
}

PicoBackend.prototype.now = native.now
PicoBackend.prototype.schedule = native.schedule

/**
 * The module says when a jack goes high and when it goes low; a card wants whole pulses. Which level is the pulse depends on the
 * jack's polarity: a card rests at zero either way, and turns a negative pulse downwards.
 */
import { type EventWord, lengthOf, OUT_ARP, OUT_SYNC, portOf, valueOf } from "../../src/event"
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import { PULSE_OUTPUTS } from "./wiring"

const PULSE_PORTS = new Set(Object.values(PULSE_OUTPUTS))

export class PulseReader {
  private readonly risen = new Map<number, Micros>()

  constructor(private readonly take: (port: number, time: Micros, widthMicros: Micros) => void) {}

  /** An output event of the module, in order of time for each port. A pulse is taken when it has ended. */
  hear(time: Micros, word: EventWord, settings: Settings): void {
    const port = portOf(word)
    if (lengthOf(word) !== 0 || !PULSE_PORTS.has(port)) return
    const isRise = (valueOf(word) === 1) === (polarityOf(port, settings) === "positive")
    const rise = this.risen.get(port)
    if (isRise) this.risen.set(port, time)
    else if (rise !== undefined) {
      this.risen.delete(port)
      this.take(port, rise, time - rise)
    }
  }
}

export function polarityOf(port: number, settings: Settings): "positive" | "negative" {
  if (port === OUT_ARP) return settings.arp.polarity
  return settings.sync[port - OUT_SYNC]?.polarity ?? "positive"
}

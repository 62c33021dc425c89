/**
 * The module says when a jack goes high and when it goes low; a card wants whole pulses. Which level is the pulse depends on the
 * jack's polarity: a card rests at zero either way, and turns a negative pulse downwards.
 */
import { type EventWord, lengthOf, OUT_ARP, OUT_SYNC, portOf, valueOf } from "../../src/event"
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import type { Pulse } from "./track"
import { type CardPlan, PULSE_OUTPUTS } from "./wiring"

/** A pulse at one of the module's jacks. */
export interface ModulePulse {
  readonly port: number
  readonly time: Micros
  readonly widthMicros: Micros
}

const PULSE_PORTS = new Set(Object.values(PULSE_OUTPUTS))

export class PulseReader {
  private readonly risen = new Map<number, Micros>()

  constructor(private readonly take: (pulse: ModulePulse) => void) {}

  /** An output event of the module, in order of time for each port. A pulse is taken when it has ended. */
  hear(time: Micros, word: EventWord, settings: Settings): void {
    const port = portOf(word)
    if (lengthOf(word) !== 0 || !PULSE_PORTS.has(port)) return
    const isRise = (valueOf(word) === 1) === (polarityOf(port, settings) === "positive")
    const rise = this.risen.get(port)
    if (isRise) this.risen.set(port, time)
    else if (rise !== undefined) {
      this.risen.delete(port)
      this.take({ port, time: rise, widthMicros: time - rise })
    }
  }
}

/** What a pulse at a jack is to each side of a card that plays that jack. */
export function dealPulse(
  plan: CardPlan,
  { port, time, widthMicros }: ModulePulse,
  settings: Settings,
  take: (side: number, pulse: Pulse) => void,
): void {
  plan.sides.forEach((side, index) => {
    if (!side || PULSE_OUTPUTS[side.output] !== port) return
    const sign = (side.polarity ?? polarityOf(port, settings)) === "negative" ? -1 : 1
    take(index, { time: time + side.latencyMicros, widthMicros: side.widthMicros ?? widthMicros, level: sign * side.level })
  })
}

function polarityOf(port: number, settings: Settings): "positive" | "negative" {
  if (port === OUT_ARP) return settings.arp.polarity
  return settings.sync[port - OUT_SYNC]?.polarity ?? "positive"
}

/** What came in and went out in the last seconds, port by port, for the scope to draw. Times in µs of the device. */
import { byteOf, INPUT_PORTS, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import type { Update } from "./device"

const KEPT_MICROS = 12e6
const KEPT_PHASES = 256
/** This share of all is the usual. */
const USUAL = 0.95

/** One change of a level (0, 1), or one MIDI real-time byte. */
export interface Mark {
  readonly time: number
  readonly value: number
}

export class Traces {
  /** By port name; inputs have "> " before theirs. */
  readonly lanes = new Map<string, Mark[]>()
  /** Phase errors of the ruling clock's pulses, µs. */
  phases: Mark[] = []

  add(update: Update): void {
    this.begin(update)
    for (const input of update.inputs) {
      if (input.event !== undefined) this.put(`> ${INPUT_PORTS[portOf(input.event)]}`, input.time, input.event)
    }
    const { outputs, phases } = update
    for (let i = 0; i < outputs.length; i += 2) this.put(OUTPUT_PORTS[portOf(outputs[i + 1])], outputs[i], outputs[i + 1])
    for (let i = 0; i < phases.length; i += 2) this.phases.push({ time: phases[i], value: phases[i + 1] })
    if (this.phases.length > KEPT_PHASES) this.phases.splice(0, this.phases.length - KEPT_PHASES)
  }

  clear(): void {
    this.lanes.clear()
    this.phases = []
  }

  /** What a port's level was before this page came. */
  private begin({ levels, outputs, time }: Update): void {
    OUTPUT_PORTS.forEach((name, port) => {
      const level = levels[port]
      if (this.lanes.has(name) || typeof level !== "number") return
      if (!outputs.some((word, i) => i % 2 === 1 && portOf(word) === port))
        this.lanes.set(name, [{ time: time - KEPT_MICROS, value: level }])
    })
  }

  private put(name: string, time: number, word: number): void {
    const length = lengthOf(word)
    if (length > 0 && byteOf(word, 0) < 0xf8) return
    const lane = this.lanes.get(name) ?? []
    this.lanes.set(name, lane)
    lane.push({ time, value: length > 0 ? byteOf(word, 0) : valueOf(word) })
    // One change before the window is kept: it says what the level was when the window began.
    let old = 0
    while (old + 1 < lane.length && lane[old + 1].time < time - KEPT_MICROS) old++
    if (old > 64) lane.splice(0, old)
  }
}

/** Numbers of a sample of phase errors. */
export interface Spread {
  readonly count: number
  readonly mean: number
  readonly deviation: number
  readonly worst: number
}

export function spreadOf(values: readonly number[]): Spread {
  const count = values.length
  if (count === 0) return { count, mean: 0, deviation: 0, worst: 0 }
  const mean = values.reduce((sum, value) => sum + value, 0) / count
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
  return { count, mean, deviation: Math.sqrt(square), worst: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) }
}

/** A range that shows the usual: what is far out once in a while stands at its edge. */
export function usualRange(values: readonly number[]): number {
  const sizes = values.map(Math.abs).sort((one, other) => one - other)
  return niceRange(sizes[Math.floor((sizes.length - 1) * USUAL)] ?? 0)
}

/** A border of a histogram in one, two or five times a power of ten that holds `worst`, µs. */
function niceRange(worst: number): number {
  for (let power = 10; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (worst <= power * factor) return power * factor
  }
}

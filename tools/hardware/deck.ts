/**
 * From a sheet to a SPICE deck: every part of the netlist with its own value, so that what is simulated is what is drawn and bought.
 * Experiments add only what stands outside the module: supplies, cables, loads, and the microcontroller's pin.
 */
import { DEFAULTS, elementsOf, MODEL_CARDS, type Options } from "./models"
import type { Sheet } from "./netlist"
import { simulate, type Waveforms } from "./ngspice"

interface Bench {
  readonly sheet: Sheet
  readonly title: string
  /** What is connected to the sheet, as SPICE lines. */
  readonly around: readonly string[]
  readonly stopSeconds: number
  readonly stepSeconds: number
  readonly options?: Partial<Options>
}

/** SPICE node of a net: 0 for ground, and names that begin with a letter. */
export function nodeOf(net: string): string {
  if (net === "GND") return "0"
  return /^\d/.test(net) ? `v${net.toLowerCase()}` : net.toLowerCase()
}

export function deckOf(bench: Bench): string[] {
  const options = { ...DEFAULTS, ...bench.options }
  return [...MODEL_CARDS.trim().split("\n"), ...bench.sheet.parts.flatMap((part) => elementsOf(part, nodeOf, options)), ...bench.around]
}

export function run(bench: Bench): Waveforms {
  return simulate(`${bench.sheet.name}: ${bench.title}`, deckOf(bench), bench.stopSeconds, bench.stepSeconds)
}

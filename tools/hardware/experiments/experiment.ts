/**
 * An experiment puts one circuit on the bench and returns what was read: findings with their bounds, and the traces worth a picture.
 * Shared here: the supplies and the microcontroller's pin as every experiment connects them.
 */
import type { Finding } from "../measure"
import type { Sheet } from "../netlist"
import type { Waveforms } from "../ngspice"

export interface Picture {
  readonly name: string
  readonly title: string
  readonly waves: Waveforms
  /** Nets to draw, each with its label. */
  readonly traces: readonly { net: string; label: string }[]
  /** Voltages that matter, drawn across. */
  readonly levels?: readonly { volts: number; label: string }[]
  readonly from: number
  readonly to: number
}

export interface Result {
  readonly findings: readonly Finding[]
  readonly pictures: readonly Picture[]
}

export type Experiment = (sheet: Sheet) => Result

export const SUPPLIES = ["V3V3 v3v3 0 3.3", "V5V v5v 0 5"]

/** An input pin of the RP2040: some picofarads, and next to no current. */
export const INPUT_PIN = ["CPIN pin 0 8p", "RPIN pin 0 10Meg"]

/** An output pin of the RP2040 at 4 mA drive: 3.3 V through 50 ohm, high from `start` for `width` seconds. */
export function outputPin(start: number, width: number, period = 2 * (start + width)): string[] {
  return [`VPIN gpio 0 PULSE(0 3.3 ${start} 2n 2n ${width} ${period})`, "RPIN gpio pin 50"]
}

/**
 * The ESP32's shaped sync outputs: the converter plays the steps of boards/esp32/port/shape.c, and the jack is looked at as that of the
 * plain stage is, except that its edges are to be soft. A converter gives some tens of millivolts at its lowest, and 0.15 V less than
 * its supply at its highest.
 */
import { run } from "../deck"
import { crossing, current, edge, type Finding, highest, largest, lowest, valueAt, voltage } from "../measure"
import type { Sheet } from "../netlist"
import { ratingsOf } from "../ratings"
import { LOADS, SHORTS } from "./gate-out"
import type { Result } from "./experiment"

const RISE = 0.2e-3
const WIDTH = 15e-3
const STEPS = 8
const STEP = 4e-6
const LOWEST = 0.08
const HIGHEST = 3.15
/** A converter's output, as its datasheet leaves it open: a guess that makes no difference behind 2.2 kOhm. */
const OHMS = 100

export function shapedSync(sheet: Sheet): Result {
  const findings: Finding[] = []
  const stopSeconds = RISE + WIDTH + 1e-3
  const loaded = Object.entries(LOADS).map(([load, lines]) => {
    const around = ["V12 v12v 0 11.4", ...converter(), ...lines]
    const waves = run({ sheet, title: `load ${load}`, around, stopSeconds, stepSeconds: 0.5e-6 })
    const tip = voltage(waves, "tip")
    const top = valueAt(waves, tip, RISE + WIDTH / 2)
    const rise = crossing(waves, tip, top / 2, "up")
    const fall = crossing(waves, tip, top / 2, "down", rise)
    findings.push(
      { what: `high level, ${load}`, value: top, unit: "V", least: load === "open" ? 4.5 : 3 },
      { what: `highest, ${load}`, value: highest(tip), unit: "V", most: 5.5 },
      { what: `low level, ${load}`, value: valueAt(waves, tip, RISE / 2), unit: "V", least: -0.1, most: 0.4 },
      { what: `half the height after the edge, ${load}`, value: (rise - RISE) * 1e6, unit: "us", least: 12, most: 20 },
      { what: `rising edge, ${load}`, value: edge(waves, tip, LOWEST, top, "up") * 1e6, unit: "us", least: 14, most: 25 },
      { what: `falling edge, ${load}`, value: edge(waves, tip, LOWEST, top, "down") * 1e6, unit: "us", least: 14, most: 25 },
      { what: `steepest, ${load}`, value: steepest(waves.time, tip), unit: "V/us", most: 0.45 },
      { what: `pulse width, ${load}`, value: (fall - rise) * 1e3, unit: "ms", least: WIDTH * 1e3 - 0.01, most: WIDTH * 1e3 + 0.01 },
      ...ratingsOf(sheet, waves, load),
    )
    return waves
  })
  for (const [rack, volts] of Object.entries({ "": 12, ", the rack being off": 0 }))
    for (const [name, short] of Object.entries(SHORTS)) {
      const during = `jack held at ${name}${rack}`
      const around = [`V12 v12v 0 ${volts}`, ...converter(), `VSHORT tip 0 ${short}`]
      const waves = run({ sheet, title: during, around, stopSeconds, stepSeconds: 10e-6 })
      const pin = voltage(waves, "pin")
      findings.push(
        { what: `pin at its lowest, ${during}`, value: lowest(pin), unit: "V", least: -0.3 },
        { what: `pin at its highest, ${during}`, value: highest(pin), unit: "V", most: 3.6 },
        { what: `pin current, ${during}`, value: largest(current(waves, "pin")) * 1e3, unit: "mA", most: 2 },
        ...ratingsOf(sheet, waves, during),
      )
    }
  const traces = [
    { net: "pin", label: "DAC" },
    { net: "tip", label: "jack" },
  ]
  const title = "Shaped sync output: a rising edge into 10 kOhm"
  return { findings, pictures: [{ name: "edge", title, waves: loaded[1], traces, from: RISE - 20e-6, to: RISE + 60e-6 }] }
}

/** The first step leaves in the microsecond of the edge. */
function converter(): string[] {
  const points: string[] = [`0 ${LOWEST}`]
  const level = (n: number) => LOWEST + ((HIGHEST - LOWEST) * (1 - Math.cos((Math.PI * n) / STEPS))) / 2
  const step = (at: number, from: number, to: number) => points.push(`${at} ${level(from)}`, `${at + 100e-9} ${level(to)}`)
  for (let n = 0; n < STEPS; n++) step(RISE + n * STEP, n, n + 1)
  for (let n = 0; n < STEPS; n++) step(RISE + WIDTH + n * STEP, STEPS - n, STEPS - n - 1)
  return [`VPIN dac 0 PWL(${points.join(" ")})`, `RPIN dac pin ${OHMS}`]
}

/** V/us, over a microsecond. */
function steepest(time: readonly number[], values: readonly number[]): number {
  let most = 0
  let from = 0
  for (let i = 1; i < time.length; i++) {
    while (time[i] - time[from + 1] >= 1e-6) from++
    if (time[i] - time[from] >= 1e-6) most = Math.max(most, Math.abs(values[i] - values[from]) / ((time[i] - time[from]) * 1e6))
  }
  return most
}

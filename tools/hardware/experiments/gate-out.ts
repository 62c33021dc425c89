/**
 * The outputs behind a buffer and a resistor: levels open and into 10 kOhm, edges with a metre-long cable and with 1 nF, then the
 * abuse: the jack held at ground, +12 V and -12 V while the output goes through both its levels.
 */
import { run } from "../deck"
import { current, edge, type Finding, highest, lowest, valueAt, voltage } from "../measure"
import type { Sheet } from "../netlist"
import { ratingsOf } from "../ratings"
import { outputPin, type Result, SUPPLIES } from "./experiment"

export const LOADS = { open: ["RLOAD tip 0 1Meg", "CLOAD tip 0 100p"], "10 kOhm": ["RLOAD tip 0 10k", "CLOAD tip 0 1n"] }
export const SHORTS = { ground: "0", "+12 V": "12", "-12 V": "-12" }

export function syncOut(sheet: Sheet): Result {
  return gateOut(sheet, 15e-3)
}

export function clockOut(sheet: Sheet): Result {
  return gateOut(sheet, 5e-3)
}

export function gateOut(sheet: Sheet, width: number): Result {
  const findings: Finding[] = []
  const pulse = outputPin(1e-3, width)
  const stopSeconds = width + 3e-3
  const loaded = Object.entries(LOADS).map(([load, lines]) => {
    const around = [...SUPPLIES, ...pulse, ...lines]
    const waves = run({ sheet, title: `load ${load}`, around, stopSeconds, stepSeconds: 10e-6 })
    const tip = voltage(waves, "tip")
    const top = valueAt(waves, tip, 1e-3 + width / 2)
    const [start, end] = [1e-3, 1e-3 + width].map((from) => crossingNear(waves, tip, top / 2, from))
    findings.push(
      { what: `high level, ${load}`, value: top, unit: "V", least: load === "open" ? 4.5 : 3 },
      { what: `low level, ${load}`, value: valueAt(waves, tip, 0.5e-3), unit: "V", least: -0.1, most: 0.4 },
      { what: `rising edge, ${load}`, value: edge(waves, tip, 0, top, "up") * 1e6, unit: "us", least: 0, most: 10 },
      { what: `falling edge, ${load}`, value: edge(waves, tip, 0, top, "down") * 1e6, unit: "us", least: 0, most: 10 },
      { what: `pulse width, ${load}`, value: (end - start) * 1e3, unit: "ms", least: width * 1e3 - 0.01, most: width * 1e3 + 0.01 },
      ...ratingsOf(sheet, waves, load),
    )
    return waves
  })
  const around = ["V3V3 v3v3 0 3.2", "V5V v5v 0 4.75", ...pulse, ...LOADS.open]
  const tired = run({ sheet, title: "5 V rail at its lowest", around, stopSeconds, stepSeconds: 10e-6 })
  findings.push({
    what: "high level, open, 5 V rail at 4.75 V",
    value: valueAt(tired, voltage(tired, "tip"), 1e-3 + width / 2),
    unit: "V",
    least: 4.5,
  })
  for (const [name, volts] of Object.entries(SHORTS)) abuse(sheet, name, volts, findings)
  const traces = [
    { net: "pin", label: "pin" },
    { net: "tip", label: "jack" },
  ]
  const levels = [{ volts: 3, label: "3 V at least" }]
  const picture = {
    name: "pulse",
    title: `${sheet.title}: a pulse into 10 kOhm`,
    waves: loaded[1],
    traces,
    levels,
    from: 0,
    to: stopSeconds,
  }
  return { findings, pictures: [picture] }
}

function crossingNear(waves: Parameters<typeof valueAt>[0], values: readonly number[], level: number, from: number): number {
  for (let index = 1; index < values.length; index++)
    if (waves.time[index] >= from && values[index - 1] > level !== values[index] > level) {
      const part = (level - values[index - 1]) / (values[index] - values[index - 1])
      return waves.time[index - 1] + part * (waves.time[index] - waves.time[index - 1])
    }
  return NaN
}

export function abuse(sheet: Sheet, name: string, volts: string, findings: Finding[], options = {}): void {
  const around = [...SUPPLIES, ...outputPin(1e-3, 2e-3), `VSHORT tip 0 ${volts}`]
  const waves = run({
    sheet,
    title: `short to ${name}`,
    around,
    stopSeconds: 4e-3,
    stepSeconds: 10e-6,
    options: { drive: "strong", ...options },
  })
  const during = `jack held at ${name}`
  const pin = voltage(waves, "pin")
  findings.push(
    { what: `pin at its lowest, ${during}`, value: lowest(pin), unit: "V", least: -0.3 },
    { what: `pin at its highest, ${during}`, value: highest(pin), unit: "V", most: 3.6 },
    { what: `pin current while high, ${during}`, value: Math.abs(valueAt(waves, current(waves, "pin"), 2e-3)) * 1e3, unit: "mA", most: 4 },
    { what: `pin current while low, ${during}`, value: Math.abs(valueAt(waves, current(waves, "pin"), 0.5e-3)) * 1e3, unit: "mA", most: 4 },
    ...ratingsOf(sheet, waves, during),
  )
}

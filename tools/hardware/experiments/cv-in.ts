/**
 * The CV, reset and run inputs: thresholds by a slow sweep from -12 V to +12 V and back, gates of 2.5 V and 10 V with their delay,
 * a slow and noisy edge that must count once, and +-12 V for good. A high jack is a low pin.
 */
import { run } from "../deck"
import { crossing, crossings, type Finding, highest, lowest, valueAt, voltage } from "../measure"
import { type Sheet, withValue } from "../netlist"
import { ratingsOf } from "../ratings"
import { parseValue } from "../value"
import { INPUT_PIN, type Picture, type Result, SUPPLIES } from "./experiment"

const AROUND = [...SUPPLIES, ...INPUT_PIN, "CCABLE tip 0 300p"]
/** What the thresholds were designed for; the sweep measures them. */
const THRESHOLDS = [
  { volts: 1.6, label: "high above 1.6 V" },
  { volts: 1, label: "low below 1.0 V" },
]

export function cvIn(sheet: Sheet): Result {
  const findings: Finding[] = []
  const pictures: Picture[] = []
  sweep(sheet, findings, pictures)
  for (const [name, lean] of [["high", 1.01] as const, ["low", 0.99] as const]) tolerance(sheet, name, lean, findings)
  for (const volts of [2.5, 5, 10]) gate(sheet, volts, findings, pictures)
  noisyEdge(sheet, findings, pictures)
  for (const volts of [-12, 12]) held(sheet, volts, findings)
  return { findings, pictures }
}

function sweep(sheet: Sheet, findings: Finding[], pictures: Picture[]): void {
  const around = [...AROUND, "VIN tip 0 PWL(0 -12 0.1 12 0.2 -12)"]
  const waves = run({ sheet, title: "sweep", around, stopSeconds: 0.2, stepSeconds: 50e-6 })
  const pin = voltage(waves, "pin")
  const tip = voltage(waves, "tip")
  findings.push(
    { what: "threshold, rising", value: valueAt(waves, tip, crossing(waves, pin, 1.65, "down")), unit: "V", least: 1.2, most: 2 },
    { what: "threshold, falling", value: valueAt(waves, tip, crossing(waves, pin, 1.65, "up")), unit: "V", least: 0.6, most: 1.3 },
    { what: "edges at the pin in a sweep from -12 V to +12 V and back", value: crossings(pin, 1.65), unit: "edges", least: 2, most: 2 },
    { what: "pin at its lowest in the sweep", value: lowest(pin), unit: "V", least: -0.3 },
    { what: "pin at its highest in the sweep", value: highest(pin), unit: "V", most: 3.6 },
    ...ratingsOf(sheet, waves, "sweep"),
  )
  pictures.push({
    name: "sweep",
    title: "CV input: -12 V to +12 V and back",
    waves,
    traces: [
      { net: "tip", label: "jack" },
      { net: "sense", label: "comparator" },
      { net: "pin", label: "pin" },
    ],
    from: 0,
    to: 0.2,
  })
}

/** Every 1 % resistor as far off as it may be, all in the direction that moves the thresholds one way; the 3.3 V supply 3 % with them. */
function tolerance(sheet: Sheet, name: string, lean: number, findings: Finding[]): void {
  const scaled = (from: Sheet, part: string, factor: number): Sheet => {
    const { value } = from.parts.find((candidate) => candidate.name === part)!
    return withValue(from, part, String(Math.round(parseValue(value) * factor)))
  }
  const leaning = [
    ["R1", lean],
    ["R2", 2 - lean],
    ["R4", 2 - lean],
    ["R5", lean],
    ["R3", 2 - lean],
  ] as const
  const off = leaning.reduce((from, [part, factor]) => scaled(from, part, factor), sheet)
  const supplies = [`V3V3 v3v3 0 ${3.3 * (1 + 3 * (lean - 1))}`, "V5V v5v 0 5"]
  const around = [...supplies, ...INPUT_PIN, "VIN tip 0 PWL(0 0 0.1 3 0.2 0)"]
  const waves = run({ sheet: off, title: `tolerances ${name}`, around, stopSeconds: 0.2, stepSeconds: 100e-6 })
  const pin = voltage(waves, "pin")
  const tip = voltage(waves, "tip")
  findings.push(
    {
      what: `threshold, rising, tolerances all ${name}`,
      value: valueAt(waves, tip, crossing(waves, pin, 1.65, "down")),
      unit: "V",
      least: 1.2,
      most: 2,
    },
    {
      what: `threshold, falling, tolerances all ${name}`,
      value: valueAt(waves, tip, crossing(waves, pin, 1.65, "up")),
      unit: "V",
      least: 0.6,
      most: 1.3,
    },
  )
}

function gate(sheet: Sheet, volts: number, findings: Finding[], pictures: Picture[]): void {
  const around = [...AROUND, `VIN source 0 PULSE(0 ${volts} 50u 100n 100n 100u 1)`, "RSOURCE source tip 1k"]
  const waves = run({ sheet, title: `gate of ${volts} V`, around, stopSeconds: 250e-6, stepSeconds: 50e-9 })
  const pin = voltage(waves, "pin")
  const source = voltage(waves, "source")
  const delay = (direction: "up" | "down"): number => {
    const turned = direction === "up" ? "down" : "up"
    return (crossing(waves, pin, 1.65, turned) - crossing(waves, source, volts / 2, direction)) * 1e6
  }
  findings.push(
    { what: `delay of the rising edge, gate of ${volts} V`, value: delay("up"), unit: "us", least: 0, most: 5 },
    { what: `delay of the falling edge, gate of ${volts} V`, value: delay("down"), unit: "us", least: 0, most: 5 },
    { what: `pin while a gate of ${volts} V is low`, value: valueAt(waves, pin, 40e-6), unit: "V", least: 2, most: 3.6 },
    { what: `pin while a gate of ${volts} V is high`, value: valueAt(waves, pin, 140e-6), unit: "V", least: -0.3, most: 0.8 },
  )
  if (volts === 5) return
  pictures.push({
    name: `gate-${volts}`,
    title: `CV input: a gate of ${volts} V`,
    waves,
    traces: [
      { net: "source", label: "gate" },
      { net: "sense", label: "comparator" },
      { net: "pin", label: "pin" },
    ],
    from: 40e-6,
    to: 170e-6,
  })
}

/** A gate that takes 2 ms to rise, with 200 mV of 10 kHz on it. */
function noisyEdge(sheet: Sheet, findings: Finding[], pictures: Picture[]): void {
  const around = [...AROUND, "VIN clean 0 PWL(0 0 1m 0 3m 2.5 5m 2.5 7m 0)", "VNOISE tip clean SIN(0 0.1 10k)"]
  const waves = run({ sheet, title: "slow and noisy edge", around, stopSeconds: 8e-3, stepSeconds: 2e-6 })
  findings.push({
    what: "edges at the pin for one slow gate with 200 mV of noise",
    value: crossings(voltage(waves, "pin"), 1.65),
    unit: "edges",
    least: 2,
    most: 2,
  })
  pictures.push({
    name: "noisy",
    title: "CV input: a slow 2.5 V gate with 200 mV of noise",
    waves,
    traces: [
      { net: "tip", label: "jack" },
      { net: "pin", label: "pin" },
    ],
    levels: THRESHOLDS,
    from: 0,
    to: 8e-3,
  })
}

function held(sheet: Sheet, volts: number, findings: Finding[]): void {
  const waves = run({
    sheet,
    title: `${volts} V for good`,
    around: [...AROUND, `VIN tip 0 ${volts}`],
    stopSeconds: 1e-3,
    stepSeconds: 10e-6,
  })
  const during = `${volts} V held at the jack`
  findings.push(
    { what: `pin, ${during}`, value: lowest(voltage(waves, "pin")), unit: "V", least: -0.3, most: 3.6 },
    { what: `comparator input, ${during}`, value: lowest(voltage(waves, "sense")), unit: "V", least: -0.3, most: 36 },
    ...ratingsOf(sheet, waves, during),
  )
}

/** What is no jack but still a circuit: power, pots, keys and lights. */
import { run } from "../deck"
import { current, type Finding, highest, largest, lowest, valueAt, voltage } from "../measure"
import type { Sheet } from "../netlist"
import { ratingsOf } from "../ratings"
import { SUPPLIES, type Result } from "./experiment"

export function power(sheet: Sheet): Result {
  const findings: Finding[] = []
  const loads = ["RLOAD5 v5v 0 62", "RPICO vsys 0 50"]
  const starting = run({
    sheet,
    title: "switched on",
    around: ["VRACK rack12 0 PWL(0 0 1m 0 6m 11.4)", ...loads],
    stopSeconds: 20e-3,
    stepSeconds: 10e-6,
  })
  findings.push(
    {
      what: "5 V rail, rack at 11.4 V, 180 mA",
      value: valueAt(starting, voltage(starting, "5V"), 19e-3),
      unit: "V",
      least: 4.75,
      most: 5.25,
    },
    { what: "VSYS, rack at 11.4 V, 180 mA", value: valueAt(starting, voltage(starting, "VSYS"), 19e-3), unit: "V", least: 4, most: 5.25 },
    { what: "5 V rail at its highest while switching on", value: highest(voltage(starting, "5V")), unit: "V", most: 5.5 },
    {
      what: "taken from the rack's +12 V",
      value: Math.abs(valueAt(starting, current(starting, "rack"), 19e-3)) * 1e3,
      unit: "mA",
      most: 150,
    },
    ...ratingsOf(sheet, starting, "switched on"),
  )
  const backwards = run({
    sheet,
    title: "connector backwards",
    around: ["VRACK rack12 0 -12", ...loads],
    stopSeconds: 5e-3,
    stepSeconds: 10e-6,
  })
  findings.push(
    { what: "5 V rail at its lowest, connector backwards", value: lowest(voltage(backwards, "5V")), unit: "V", least: -0.3 },
    { what: "VSYS at its lowest, connector backwards", value: lowest(voltage(backwards, "VSYS")), unit: "V", least: -0.3 },
    ...ratingsOf(sheet, backwards, "connector backwards"),
  )
  // All eight buffered outputs held at +12 V while high and the module's own draw at its least: 4 x 7 V / 1.5 kOhm + 4 x 7 V / 1 kOhm.
  const pushed = run({
    sheet,
    title: "outputs push into the rail",
    around: ["VRACK rack12 0 12", "IPUSH 0 v5v 0.047", "RIDLE vsys 0 250"],
    stopSeconds: 20e-3,
    stepSeconds: 10e-6,
  })
  findings.push(
    { what: "5 V rail, all eight outputs held at +12 V", value: highest(voltage(pushed, "5V")), unit: "V", most: 7 },
    { what: "VSYS, all eight outputs held at +12 V", value: highest(voltage(pushed, "VSYS")), unit: "V", most: 5.5 },
    ...ratingsOf(sheet, pushed, "all eight outputs held at +12 V"),
  )
  const traces = [
    { net: "rack12", label: "rack" },
    { net: "5V", label: "5 V" },
    { net: "VSYS", label: "VSYS" },
  ]
  return { findings, pictures: [{ name: "on", title: "Power: switched on", waves: starting, traces, from: 0, to: 20e-3 }] }
}

export function pots(sheet: Sheet): Result {
  const findings: Finding[] = []
  for (const position of [0, 0.5, 1]) {
    const around = [...SUPPLIES, "RADC pin 0 10Meg"]
    const waves = run({ sheet, title: `pot at ${position}`, around, stopSeconds: 10e-3, stepSeconds: 10e-6, options: { position } })
    const ideal = 3.3 * position
    const value = valueAt(waves, voltage(waves, "pin"), 9e-3)
    findings.push(
      { what: `converter's input, pot at ${position}`, value, unit: "V", least: ideal - 0.02, most: ideal + 0.02 },
      ...ratingsOf(sheet, waves, `pot at ${position}`),
    )
  }
  return { findings, pictures: [] }
}

export function keys(sheet: Sheet): Result {
  const around = [
    ...SUPPLIES,
    "VPRESS press 0 PULSE(0 1 1m 1u 1u 2m 10m)",
    "SPRESS key1 0 press 0 KEY",
    ".model KEY SW(Vt=0.5 Ron=1 Roff=100Meg)",
    "CWIRE key1 0 50p",
  ]
  const waves = run({ sheet, title: "a key pressed", around: [...around, ...restOfKeys()], stopSeconds: 4e-3, stepSeconds: 2e-6 })
  const key = voltage(waves, "key1")
  return {
    findings: [
      { what: "register's input, key up", value: valueAt(waves, key, 0.5e-3), unit: "V", least: 2.4, most: 3.6 },
      { what: "register's input, key down", value: valueAt(waves, key, 2e-3), unit: "V", least: -0.3, most: 0.8 },
      ...ratingsOf(sheet, waves, "a key pressed"),
    ],
    pictures: [],
  }
}

function restOfKeys(): string[] {
  return [2, 3, 4, 5, 6, 7, 8, 9, 10].map((key) => `RK${key} key${key} 0 1Meg`)
}

/** The register's outputs as 3.3 V behind 30 ohm, its strongest; all eight lights on. */
export function lights(sheet: Sheet): Result {
  const outputs = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((light) => [`VQ${light} high${light} 0 3.3`, `RQ${light} high${light} q${light} 30`])
  const waves = run({ sheet, title: "all lights on", around: outputs, stopSeconds: 1e-3, stepSeconds: 10e-6 })
  const one = largest(current(waves, "D1")) * 1e3
  return {
    findings: [
      { what: "a light's current", value: one, unit: "mA", least: 1.5, most: 8 },
      { what: "the register's current, all lights on", value: 8 * one, unit: "mA", most: 70 },
      ...ratingsOf(sheet, waves, "all lights on"),
    ],
    pictures: [],
  }
}

/**
 * The two jacks for an arpeggiator: its clock, as a 5 V pulse (jumper closed) and as a switch to ground (jumper open) against
 * pull-ups to 5 V and 15 V; and the switch that holds down an internal clock.
 */
import { run } from "../deck"
import { crossing, type Finding, valueAt, voltage } from "../measure"
import type { Sheet } from "../netlist"
import { ratingsOf } from "../ratings"
import { outputPin, type Result, SUPPLIES } from "./experiment"
import { abuse, gateOut } from "./gate-out"

interface PullUp {
  readonly ohms: number
  readonly volts: number
}

export function arpOut(sheet: Sheet): Result {
  const plain = gateOut(sheet, 5e-3)
  const findings: Finding[] = [...plain.findings]
  const open = { jumper: false }
  for (const pullUp of [
    { ohms: 22e3, volts: 5 },
    { ohms: 47e3, volts: 15 },
  ]) {
    const name = `S-trigger, ${pullUp.ohms / 1000} kOhm to ${pullUp.volts} V`
    const around = [...SUPPLIES, ...outputPin(1e-3, 5e-3), ...pulledUp(pullUp)]
    const waves = run({ sheet, title: name, around, stopSeconds: 8e-3, stepSeconds: 2e-6, options: open })
    const tip = voltage(waves, "tip")
    findings.push(
      { what: `active (low) level, ${name}`, value: valueAt(waves, tip, 0.5e-3), unit: "V", least: -0.3, most: 0.8 },
      { what: `rest (high) level, ${name}`, value: valueAt(waves, tip, 5e-3), unit: "V", least: 3.5, most: pullUp.volts },
      ...ratingsOf(sheet, waves, name),
    )
  }
  for (const [name, volts] of Object.entries({ "+12 V, S-trigger": "12", "-12 V, S-trigger": "-12" }))
    abuse(sheet, name, volts, findings, open)
  return { findings, pictures: plain.pictures }
}

export function arpDisable(sheet: Sheet): Result {
  const findings: Finding[] = []
  const pictures = [
    { ohms: 10e3, volts: 5 },
    { ohms: 47e3, volts: 15 },
  ].map((pullUp) => {
    const name = `${pullUp.ohms / 1000} kOhm to ${pullUp.volts} V`
    const around = [...SUPPLIES, ...outputPin(1e-3, 2e-3), ...pulledUp(pullUp)]
    const waves = run({ sheet, title: name, around, stopSeconds: 4e-3, stepSeconds: 1e-6 })
    const tip = voltage(waves, "tip")
    findings.push(
      { what: `closed, ${name}`, value: valueAt(waves, tip, 2.5e-3), unit: "V", least: -0.1, most: 0.5 },
      { what: `open, ${name}`, value: valueAt(waves, tip, 0.5e-3), unit: "V", least: 0.9 * pullUp.volts },
      { what: `time to close, ${name}`, value: (crossing(waves, tip, 0.8, "down") - 1e-3) * 1e6, unit: "us", least: 0, most: 10 },
      ...ratingsOf(sheet, waves, name),
    )
    const traces = [
      { net: "pin", label: "pin" },
      { net: "tip", label: "jack" },
    ]
    return { name: `pull-up-${pullUp.volts}`, title: `${sheet.title}: against ${name}`, waves, traces, from: 0, to: 4e-3 }
  })
  for (const [name, volts] of Object.entries({ ground: "0", "+12 V": "12", "-12 V": "-12" })) abuse(sheet, name, volts, findings)
  return { findings, pictures: pictures.slice(0, 1) }
}

function pulledUp(pullUp: PullUp): string[] {
  return [`VPULL pull 0 ${pullUp.volts}`, `RPULL pull tip ${pullUp.ohms}`, "CLOAD tip 0 300p"]
}

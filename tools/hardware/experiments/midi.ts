/**
 * MIDI, both ends, against CA-033 ("MIDI 1.0 Electrical Specification Update", MMA/AMEI 2014; the same figures in IEC 63035:2017, 4.1):
 * a 5 mA loop, current on for a 0, 31250 baud +-1 %, receiver on with less than 5 mA, rise and fall below 2 us; a 3.3 V transmitter
 * has 33 ohm at pin 4 and 10 ohm at pin 5, every receiver 220 ohm. Transmitters and receivers of the other side are modelled at both
 * ends of their tolerance.
 */
import { run } from "../deck"
import { crossing, current, edge, type Finding, highest, largest, lowest, valueAt, voltage } from "../measure"
import type { Sheet } from "../netlist"
import { ratingsOf } from "../ratings"
import { INPUT_PIN, outputPin, type Result, SUPPLIES } from "./experiment"

const BIT = 32e-6

/** Someone else's transmitter: supply, pin 4 and pin 5 resistors; its driver sends 0 and 1 in turn. */
const SENDERS = {
  "5 V, 220 ohm": { volts: 5, pin4: 220, pin5: 220 },
  "weakest 5 V, 220 ohm + 5 %": { volts: 4.75, pin4: 231, pin5: 251 },
  "3.3 V, 33 ohm": { volts: 3.3, pin4: 33, pin5: 20 },
}

export function midiIn(sheet: Sheet): Result {
  const findings: Finding[] = []
  const pictures = Object.entries(SENDERS).map(([name, sender]) => {
    const driver = `VDRIVE drive 0 PULSE(${sender.volts} 0 ${BIT} 50n 50n ${BIT} ${2 * BIT})`
    const around = [
      ...SUPPLIES,
      ...INPUT_PIN,
      `VS supply 0 ${sender.volts}`,
      `RS4 supply source ${sender.pin4}`,
      driver,
      `RS5 sink drive ${sender.pin5}`,
      "RFLOAT sink 0 10Meg",
    ]
    const waves = run({ sheet, title: name, around, stopSeconds: 8 * BIT, stepSeconds: 50e-9 })
    const pin = voltage(waves, "pin")
    const down = crossing(waves, pin, 1.65, "down")
    const up = crossing(waves, pin, 1.65, "up", down)
    findings.push(
      { what: `LED current, ${name}`, value: highest(current(waves, "U1")) * 1e3, unit: "mA", least: 3, most: 15 },
      { what: `fall time at the pin, ${name}`, value: edge(waves, pin, 0, 3.3, "down") * 1e6, unit: "us", least: 0, most: 2 },
      { what: `rise time at the pin, ${name}`, value: edge(waves, pin, 0, 3.3, "up") * 1e6, unit: "us", least: 0, most: 2 },
      { what: `length of a 0 bit at the pin, ${name}`, value: (up - down) * 1e6, unit: "us", least: 30, most: 34 },
      { what: `pin low, ${name}`, value: valueAt(waves, pin, 1.8 * BIT), unit: "V", least: -0.3, most: 0.8 },
      { what: `pin high, ${name}`, value: valueAt(waves, pin, 2.8 * BIT), unit: "V", least: 2.5, most: 3.6 },
      ...ratingsOf(sheet, waves, name),
    )
    const traces = [
      { net: "sink", label: "DIN pin 5" },
      { net: "pin", label: "pin" },
    ]
    return { name: "bits", title: `DIN MIDI input: alternating bits from ${name}`, waves, traces, from: 0, to: 8 * BIT }
  })
  for (const volts of [12, -12]) {
    const around = [...SUPPLIES, ...INPUT_PIN, `VS source 0 ${volts}`, "RSINK sink 0 1"]
    const waves = run({ sheet, title: `${volts} V across the pins`, around, stopSeconds: 1e-3, stepSeconds: 5e-6 })
    findings.push(...ratingsOf(sheet, waves, `${volts} V held across pins 4 and 5`))
  }
  return { findings, pictures: [pictures[0]] }
}

/**
 * Someone else's receiver: its resistor and its LED's forward voltage at 5 mA; and our supplies. VSYS is 4.64 V and more with the rack on
 * (see the power sheet) and 4.7 V from a good USB port.
 */
const RECEIVERS = {
  "LED of 1.1 V": { forward: 1.1, ohms: 220, vsys: 4.7, v3v3: 3.3 },
  "LED of 1.5 V, everything at its worst": { forward: 1.5, ohms: 231, vsys: 4.5, v3v3: 3.135 },
  "LED of 1.1 V, supplies at their highest": { forward: 1.1, ohms: 209, vsys: 5.1, v3v3: 3.465 },
}

export function midiOut(sheet: Sheet): Result {
  const findings: Finding[] = []
  const pictures = Object.entries(RECEIVERS).map(([name, { forward, ohms, vsys, v3v3 }]) => {
    const around = [
      `V3V3 v3v3 0 ${v3v3}`,
      `VSYS vsys 0 ${vsys}`,
      `VPIN gpio 0 PULSE(${v3v3} 0 ${BIT} 2n 2n ${BIT} ${2 * BIT})`,
      "RPIN gpio pin 50",
      `RLOOP source anode ${ohms}`,
      `VLED anode knee ${forward}`,
      "DLED knee sink IDEALLED",
      ".model IDEALLED D(Is=1e-9 N=0.05)",
      "CCABLE source 0 1n",
      "CCABLE2 sink 0 1n",
    ]
    const waves = run({ sheet, title: name, around, stopSeconds: 8 * BIT, stepSeconds: 50e-9 })
    const loop = current(waves, "led")
    const top = valueAt(waves, loop, 1.8 * BIT)
    const rise = crossing(waves, loop, top / 2, "up")
    const fall = crossing(waves, loop, top / 2, "down", rise)
    findings.push(
      { what: `loop current for a 0, ${name}`, value: valueAt(waves, loop, 1.8 * BIT) * 1e3, unit: "mA", least: 5, most: 12 },
      { what: `loop current for a 1, ${name}`, value: Math.abs(valueAt(waves, loop, 2.8 * BIT)) * 1e3, unit: "mA", most: 0.1 },
      { what: `length of a 0 bit, ${name}`, value: (fall - rise) * 1e6, unit: "us", least: 30.5, most: 33.5 },
      { what: `rise of the current, ${name}`, value: edge(waves, loop, 0, top, "up") * 1e6, unit: "us", least: 0, most: 2 },
      { what: `fall of the current, ${name}`, value: edge(waves, loop, 0, top, "down") * 1e6, unit: "us", least: 0, most: 2 },
      ...ratingsOf(sheet, waves, name),
    )
    const traces = [
      { net: "pin", label: "pin" },
      { net: "sink", label: "DIN pin 5" },
      { net: "source", label: "DIN pin 4" },
    ]
    return { name: "bits", title: `DIN MIDI output: alternating bits into an ${name}`, waves, traces, from: 0, to: 8 * BIT }
  })
  faults(sheet, findings)
  return { findings, pictures: [pictures[0]] }
}

/** What a plug can do to a MIDI output: pins to each other, to the shield, against another output, and either at the rack's voltages. */
const FAULTS = {
  "pin 4 shorted to pin 5": ["RSHORT source sink 0.1"],
  "pin 4 shorted to the shield": ["RSHORT source 0 0.1"],
  "pin 5 shorted to the shield": ["RSHORT sink 0 0.1"],
  "plugged into another 5 V output": ["VOTHER other 0 5", "RO4 other source 220", "RO5 other sink 220"],
  "pin 4 held at +12 V": ["VHELD source 0 12"],
  "pin 4 held at -12 V": ["VHELD source 0 -12"],
  "pin 5 held at +12 V": ["VHELD sink 0 12"],
  "pin 5 held at -12 V": ["VHELD sink 0 -12"],
  "pin 4 at -12 V, pin 5 at +12 V": ["VHELD source 0 -12", "VHELD5 sink 0 12"],
}

function faults(sheet: Sheet, findings: Finding[]): void {
  for (const [name, lines] of Object.entries(FAULTS)) {
    const around = [...SUPPLIES, "VSYS vsys 0 5", ...outputPin(1e-3, 2e-3), ...lines]
    const waves = run({ sheet, title: name, around, stopSeconds: 4e-3, stepSeconds: 2e-6 })
    const pin = voltage(waves, "pin")
    findings.push(
      { what: `pin at its lowest, ${name}`, value: lowest(pin), unit: "V", least: -0.3 },
      { what: `pin at its highest, ${name}`, value: highest(pin), unit: "V", most: 3.6 },
      { what: `taken from the Pico's 3.3 V, ${name}`, value: largest(current(waves, "3v3")) * 1e3, unit: "mA", most: 5 },
      { what: `taken from VSYS, ${name}`, value: -lowest(current(waves, "sys")) * 1e3, unit: "mA", most: 50 },
      { what: `pushed into VSYS, ${name}`, value: highest(current(waves, "sys")) * 1e3, unit: "mA", most: 1 },
      ...ratingsOf(sheet, waves, name),
    )
  }
}

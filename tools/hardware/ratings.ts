/**
 * Holds every part of a simulated circuit against the ratings that stand beside its value in the netlist: power of resistors,
 * reverse voltage and current of diodes, collector and output currents. Peaks count as if they lasted.
 */
import { current, type Finding, highest, largest, voltage } from "./measure"
import type { Part, Sheet } from "./netlist"
import type { Waveforms } from "./ngspice"
import { parseValue } from "./value"

export function ratingsOf(sheet: Sheet, waves: Waveforms, during: string): Finding[] {
  return sheet.parts.flatMap((part) => ratingsOfPart(part, waves).map((finding) => ({ ...finding, what: `${finding.what}, ${during}` })))
}

function ratingsOfPart(part: Part, waves: Waveforms): Finding[] {
  const { name } = part
  const across = (from: string, to: string): number[] => difference(waves, part.nets[from], part.nets[to])
  switch (part.kind) {
    case "resistor": {
      const volts = largest(across("a", "b"))
      return [
        bound(`${name} power`, volts ** 2 / parseValue(part.value), "W", part.watts),
        bound(`${name} voltage`, volts, "V", part.volts),
      ]
    }
    case "capacitor":
      return [bound(`${name} voltage`, largest(across("a", "b")), "V", part.volts)]
    case "fuse":
      return [bound(`${name} current`, (largest(across("a", "b")) / part.ohms!) * 1000, "mA", part.milliamps)]
    case "diode":
    case "zener":
    case "led": {
      const amps = current(waves, name)
      const volts = across("anode", "cathode")
      const findings = [bound(`${name} current`, largest(amps) * 1000, "mA", part.milliamps)]
      if (part.volts !== undefined)
        findings.push(bound(`${name} reverse voltage`, Math.max(0, highest(volts.map((v) => -v))), "V", part.volts))
      if (part.watts !== undefined)
        findings.push(bound(`${name} power`, highest(volts.map((v, index) => v * amps[index])), "W", part.watts))
      return findings
    }
    case "npn": {
      const amps = current(waves, name)
      const volts = across("collector", "emitter")
      return [
        bound(`${name} collector current`, largest(amps) * 1000, "mA", part.milliamps),
        bound(`${name} collector voltage`, highest(volts), "V", part.volts),
        bound(`${name} power`, highest(volts.map((v, index) => v * amps[index])), "W", part.watts),
        bound(`${name} base driven backwards`, Math.max(0, highest(across("emitter", "base"))), "V", part.reverseVolts),
      ]
    }
    case "buffer":
      return [bound(`${name} output current per gate`, (largest(current(waves, name)) / part.gates) * 1000, "mA", part.milliamps)]
    case "opamp":
      return [bound(`${name} output current`, largest(current(waves, name)) * 1000, "mA", part.milliamps)]
    case "comparator":
      return [
        bound(`${name} output current`, largest(current(waves, name)) * 1000, "mA", part.milliamps),
        bound(`${name} input voltage`, highest(voltage(waves, part.nets.plus)), "V", part.inputVolts),
      ]
    case "opto":
      return [
        bound(`${name} LED current`, largest(current(waves, name)) * 1000, "mA", part.milliamps),
        bound(`${name} LED reverse voltage`, Math.max(0, highest(across("cathode", "anode"))), "V", part.reverseVolts),
        bound(`${name} output current`, largest(current(waves, `${name}o`)) * 1000, "mA", part.outputMilliamps),
      ]
    case "regulator":
      return [bound(`${name} output current`, largest(current(waves, name)) * 1000, "mA", part.milliamps)]
    default:
      return []
  }
}

function difference(waves: Waveforms, from: string, to: string): number[] {
  const a = voltage(waves, from)
  const b = voltage(waves, to)
  return a.map((value, index) => value - b[index])
}

function bound(what: string, value: number, unit: string, most: number | undefined): Finding {
  if (most === undefined) throw new Error(`${what}: the netlist gives no rating for it`)
  return { what, value, unit, most }
}

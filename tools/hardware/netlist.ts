/**
 * The netlists of boards/hardware/netlists: one text file a jack (or group of like parts), read and checked here. A file describes
 * one circuit and names its instances; part R1 of an instance with base 210 is R211 on the board. Net names in capitals (GND, 3V3,
 * 5V, VSYS, LOAD) are shared by the whole module, `pin` is the instance's microcontroller pin, all others belong to the instance.
 */
import { readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { parse } from "yaml"
import { GATES, KINDS } from "./library"
import { parseValue } from "./value"

export interface Part {
  readonly name: string
  readonly kind: string
  readonly value: string
  /** What the SPICE model, the gate table and the bill of materials know the part by; the value where a part has no other name. */
  readonly model: string
  readonly nets: Readonly<Record<string, string>>
  /** Place on the drawing in grid units, and quarter turns clockwise in degrees. */
  readonly at: readonly [number, number]
  readonly turn: number
  readonly mirror: boolean
  readonly label?: "left" | "below"
  readonly gates: number
  readonly polar: boolean
  /** Ratings, as the part's datasheet gives them; those that are there are checked against every simulation. */
  readonly watts?: number
  readonly volts?: number
  readonly milliamps?: number
  readonly outputMilliamps?: number
  readonly inputVolts?: number
  readonly reverseVolts?: number
  readonly ohms?: number
}

export interface Instance {
  readonly name: string
  readonly base: number
  readonly gpio?: string
  /** Where the circuit's integrated circuits sit: part name -> package, with the gates it uses ("U2/3", or "U2/1+2" for gates side by side). */
  readonly gates: Readonly<Record<string, string>>
}

export interface Sheet {
  readonly name: string
  readonly title: string
  readonly instances: readonly Instance[]
  readonly parts: readonly Part[]
  /** Where the drawing shows the microcontroller's pin. */
  readonly port?: readonly [number, number]
}

/** Throws an Error naming file and part when the text is not a sound netlist. */
export function parseSheet(text: string, file: string): Sheet {
  const data = parse(text) as {
    title: string
    port?: [number, number]
    instances: Record<string, Partial<Instance>>
    parts: Record<string, Record<string, unknown>>
  }
  const sheet: Sheet = {
    name: basename(file, ".yaml"),
    title: data.title,
    port: data.port,
    instances: Object.entries(data.instances).map(([name, given]) => ({
      name,
      base: given.base!,
      gpio: given.gpio,
      gates: given.gates ?? {},
    })),
    parts: Object.entries(data.parts).map(([name, given]) => partOf(name, given)),
  }
  for (const fault of faultsOf(sheet)) throw new Error(`${file}: ${fault}`)
  return sheet
}

function partOf(name: string, given: Record<string, unknown>): Part {
  const { model, value, turn, mirror, gates, polar, ...rest } = given
  return {
    ...(rest as unknown as Part),
    name,
    value: String(value ?? model),
    model: String(model ?? value),
    turn: Number(turn ?? 0),
    mirror: mirror === true,
    gates: Number(gates ?? 1),
    polar: polar === true,
  }
}

function faultsOf(sheet: Sheet): string[] {
  const faults: string[] = []
  const uses = new Map<string, number>()
  for (const part of sheet.parts) {
    const kind = KINDS[part.kind]
    if (kind === undefined) {
      faults.push(`${part.name}: no kind "${part.kind}"; expected one of ${Object.keys(KINDS).join(", ")}`)
      continue
    }
    if (!part.name.startsWith(kind.letter)) faults.push(`${part.name}: a ${part.kind} is named ${kind.letter}1, ${kind.letter}2, ...`)
    for (const terminal of Object.keys(part.nets))
      if (!kind.terminals.includes(terminal)) faults.push(`${part.name}: no terminal "${terminal}"; expected ${kind.terminals.join(", ")}`)
    if (kind.letter === "R" && part.watts === undefined) faults.push(`${part.name}: a resistor needs its rating in watts beside its value`)
    if (part.kind === "resistor" || part.kind === "capacitor") parseValue(part.value)
    for (const net of Object.values(part.nets)) uses.set(net, (uses.get(net) ?? 0) + 1)
  }
  for (const [net, count] of uses)
    if (count === 1 && net !== "pin" && !isShared(net)) faults.push(`net "${net}" ends nowhere: only one terminal is on it`)
  return faults
}

/** Shared nets are written in capitals or begin with a digit. */
export function isShared(net: string): boolean {
  return /^[A-Z0-9]+$/.test(net)
}

export function loadSheets(directory: string): Sheet[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".yaml"))
    .sort()
    .map((file) => parseSheet(readFileSync(join(directory, file), "utf8"), join(directory, file)))
}

/** A copy of `sheet` with one value changed, for asking what a wrong part would do. */
export function withValue(sheet: Sheet, part: string, value: string): Sheet {
  if (!sheet.parts.some((candidate) => candidate.name === part)) throw new Error(`${sheet.name} has no part ${part}`)
  return { ...sheet, parts: sheet.parts.map((candidate) => (candidate.name === part ? { ...candidate, value } : candidate)) }
}

/** A part as it stands on the board: its reference designator, and its package pins with their nets. */
interface Placed {
  readonly reference: string
  readonly part: Part
  readonly connections: readonly { pin: string; net: string }[]
}

/** Every part of the module. Gates that share a package come out as entries with the same reference. */
export function placeAll(sheets: readonly Sheet[]): Placed[] {
  return sheets.flatMap((sheet) => sheet.instances.flatMap((instance) => sheet.parts.map((part) => place(part, instance))))
}

export function referenceOf(part: Part, instance: Instance): string {
  const home = instance.gates[part.name]
  if (home !== undefined) return home.split("/")[0]
  const kind = KINDS[part.kind]
  return `${kind.letter}${instance.base + Number(part.name.slice(kind.letter.length))}`
}

function place(part: Part, instance: Instance): Placed {
  const connections: { pin: string; net: string }[] = []
  for (const [terminal, net] of Object.entries(part.nets))
    for (const pin of pinsOf(part, instance, terminal)) connections.push({ pin, net: netName(net, instance) })
  return { reference: referenceOf(part, instance), part, connections }
}

function netName(net: string, instance: Instance): string {
  if (isShared(net)) return net
  if (net === "pin") return instance.gpio ?? `${instance.name}.pin`
  return `${instance.name}.${net}`
}

function pinsOf(part: Part, instance: Instance, terminal: string): string[] {
  const family = GATES[part.model]
  if (family !== undefined) {
    if (terminal === "vcc" || terminal === "gnd") return [family[terminal]]
    const used = (instance.gates[part.name] ?? "").split("/")[1]
    if (used === undefined) throw new Error(`${instance.name}: ${part.name} needs a package and gate, like U2/1`)
    return used.split("+").map((gate) => family.gates[Number(gate) - 1][terminal])
  }
  const kind = KINDS[part.kind]
  return (kind.pins?.[terminal] ?? String(kind.terminals.indexOf(terminal) + 1)).split(" ")
}

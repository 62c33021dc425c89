/**
 * The bill of materials: like parts gathered on a line, with the ratings a substitute must meet. Notes say what a part is called
 * where one buys it.
 */
import { KINDS } from "./library"
import { type Part, placeAll, type Sheet } from "./netlist"

interface Line {
  readonly quantity: number
  readonly references: readonly string[]
  readonly value: string
  readonly ratings: string
  readonly what: string
  readonly footprint: string
}

const WHAT: Readonly<Record<string, string>> = {
  resistor: "metal film resistor, 1 %",
  capacitor: "capacitor",
  jack: "3.5 mm mono jack, panel (Thonkiconn)",
  din5: "DIN socket, 5 pins, 180 degrees, panel",
  header: "box header, 10 pins (Eurorack power)",
  fuse: "resettable fuse, 0.5 A hold",
  jumper: "pin header with jumper cap",
  pot: "potentiometer, 9 mm, linear, 6 mm shaft",
  button: "push button, momentary, panel",
  led: "LED, red, 3 mm, high efficiency",
}

const CHIPS: Readonly<Record<string, string>> = {
  LM339: "quad comparator, DIP-14 (LM339N)",
  "74AHCT125": "quad bus buffer, DIP-14 (SN74AHCT125N); no HC or AHC: 3.3 V is not a sure 1 for them at 5 V",
  TLC272: "dual CMOS operational amplifier, 16 V, DIP-8 (TLC272CP); no LM358: it is too slow",
  H11L1: "Schmitt-trigger opto-isolator, DIP-6 (H11L1M)",
  "74HC165": "shift register, parallel in, DIP-16 (SN74HC165N)",
  "74HC595": "shift register, parallel out, DIP-16 (SN74HC595N)",
  "R-78E5.0-0.5": "switching regulator, 5 V 0.5 A (Recom), in place of a 7805",
  "Raspberry Pi Pico": "microcontroller board (RP2040), on two 20-pin sockets",
  BAT85: "Schottky diode, small signal",
  "1N4148": "diode, small signal",
  "1N5819": "Schottky diode, 1 A 40 V",
  "1N4734A": "Zener diode, 5.6 V 1 W",
  "2N3904": "NPN transistor, TO-92",
}

export function linesOf(sheets: readonly Sheet[]): Line[] {
  const groups = new Map<string, { part: Part; references: Set<string> }>()
  for (const { reference, part } of placeAll(sheets)) {
    const name = part.kind === "led" || part.kind === "button" || part.kind === "din5" ? part.kind : `${part.kind} ${part.model}`
    const key = `${name} ${ratingsOf(part)}`
    const group = groups.get(key) ?? { part, references: new Set() }
    group.references.add(reference)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(({ part, references }) => ({
      quantity: references.size,
      references: [...references].sort(byNumber),
      value: part.kind === "led" || part.kind === "button" || part.kind === "din5" ? "" : part.model,
      ratings: ratingsOf(part),
      what:
        CHIPS[part.model] ?? (part.polar ? "electrolytic capacitor" : part.kind === "capacitor" ? "ceramic capacitor" : WHAT[part.kind]),
      footprint: footprintOf(part),
    }))
    .sort((a, b) => byNumber(a.references[0], b.references[0]))
}

export function footprintOf(part: Part): string {
  if (part.kind === "diode" && part.model.startsWith("1N58")) return KINDS.zener.footprint
  return part.polar ? "Capacitor_THT:CP_Radial_D5.0mm_P2.00mm" : KINDS[part.kind].footprint
}

/** What a substitute must stand. Figures of integrated circuits belong to the part and are left out. */
function ratingsOf(part: Part): string {
  if (KINDS[part.kind].letter === "U" || part.kind === "led") return ""
  return [
    part.watts === undefined ? "" : `${part.watts} W`,
    part.volts === undefined ? "" : `${part.volts} V`,
    part.milliamps === undefined ? "" : `${part.milliamps} mA`,
  ]
    .filter((text) => text !== "")
    .join(", ")
}

function byNumber(a: string, b: string): number {
  const [, letterA, numberA] = /^(\D+)(\d+)$/.exec(a)!
  const [, letterB, numberB] = /^(\D+)(\d+)$/.exec(b)!
  return letterA === letterB ? Number(numberA) - Number(numberB) : letterA < letterB ? -1 : 1
}

export function bomCsv(lines: readonly Line[]): string {
  const cell = (text: string): string => (/[",]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)
  const rows = lines.map((line) => [String(line.quantity), line.references.join(" "), line.value, line.ratings, line.what, line.footprint])
  return [["Quantity", "References", "Value", "Ratings", "What", "Footprint"], ...rows]
    .map((row) => `${row.map(cell).join(",")}\n`)
    .join("")
}

export function bomMarkdown(lines: readonly Line[], title = "Bill of materials"): string {
  const unit = (value: string): string => (/^\d+$/.test(value) ? `${value} Ω` : /^\d+[nup]$/.test(value) ? `${value}F` : value)
  const rows = lines.map(
    (line) => `| ${line.quantity} | ${unit(line.value)} | ${line.what} | ${line.ratings} | ${ranges(line.references)} |`,
  )
  const total = lines.reduce((sum, line) => sum + line.quantity, 0)
  return [
    `# ${title}`,
    "",
    `${total} parts. Ratings are what the simulations were held against.`,
    "",
    "| pieces | value | what | must stand | references |",
    "|---:|---|---|---|---|",
    ...rows,
    "",
  ].join("\n")
}

/** "R801..R808" for runs. */
function ranges(references: readonly string[]): string {
  const runs: string[][] = []
  for (const reference of references) {
    const last = runs[runs.length - 1]
    const number = Number(/\d+/.exec(reference)![0])
    if (last !== undefined && Number(/\d+/.exec(last[last.length - 1])![0]) === number - 1) last.push(reference)
    else runs.push([reference])
  }
  return runs.map((run) => (run.length > 2 ? `${run[0]}..${run[run.length - 1]}` : run.join(", "))).join(", ")
}

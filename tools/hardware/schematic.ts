/**
 * The drawn schematic of one netlist, as SVG: symbols where the netlist puts them, wires by the router, rails and shared nets as
 * flags, package pins beside the terminals; frame, title and the names of a circuit's repetitions are sheet.ts's. Nothing is drawn
 * that the netlist does not say. A circuit that stands once has its parts' names on the board, one that stands more often has R1,
 * R2 and a table.
 */
import { KINDS } from "./library"
import { isShared, type Part, referenceOf, type Sheet } from "./netlist"
import { route } from "./router"
import { escape, FADED, framed, gatePins, INK, type Place, round } from "./sheet"
import { type Drawn, type Point, symbolOf, turned } from "./symbols"

const GRID = 12
const WIRE = "#1f6f54"
const FLAG = "#9c3d1a"
/** Room for words above and below the parts, in grid units. */
const ABOVE = 2.6
const BELOW = 3

/** `uses`: what a shared net is for, written beside its flag. */
export function schematicOf(sheet: Sheet, place: Place, uses: ReadonlyMap<string, string> = new Map()): string {
  const drawn = sheet.parts.map((part) => ({ part, symbol: symbolOf(part) }))
  const { width, top, bottom } = extent(drawn, sheet, uses)
  const nets = new Map<string, Point[]>()
  const flags: string[] = []
  for (const { part, symbol } of drawn)
    for (const [terminal, net] of Object.entries(part.nets)) {
      if (!(terminal in symbol.terminals)) continue
      const at = turned(part, symbol.terminals[terminal])
      if (isShared(net)) flags.push(flagAt(net, at, outward(part, symbol, at), uses.get(net)))
      else nets.set(net, [...(nets.get(net) ?? []), at])
    }
  if (sheet.port !== undefined && nets.has("pin")) {
    nets.get("pin")!.push(sheet.port)
    flags.push(port(sheet))
  }
  const { wires, junctions } = route(nets, drawn.flatMap(insides), width, bottom)
  const body = [
    `<g transform="translate(0 ${round(-top * GRID)})">`,
    ...wires.map(({ from, to }) => line(from, to)),
    ...junctions.map(([x, y]) => `<circle cx="${x * GRID}" cy="${y * GRID}" r="3" fill="${WIRE}"/>`),
    ...drawn.map(({ part, symbol }) => partOf(part, symbol, sheet)),
    ...flags,
    `</g>`,
  ]
  return framed(sheet, place, body, width * GRID, round((bottom - top) * GRID))
}

function extent(drawn: readonly { part: Part; symbol: Drawn }[], sheet: Sheet, uses: ReadonlyMap<string, string>) {
  const points = drawn.flatMap(({ part, symbol }) => {
    const [left, top, right, bottom] = symbol.outline
    return [turned(part, [left, top]), turned(part, [right, bottom]), ...Object.values(symbol.terminals).map((at) => turned(part, at))]
  })
  if (sheet.port !== undefined) points.push(sheet.port)
  const ys = points.map(([, y]) => y)
  const words = sheet.parts.some(({ nets }) => Object.values(nets).some((net) => uses.has(net))) ? 12 : 5
  return { width: Math.max(...points.map(([x]) => x)) + words, top: Math.min(...ys) - ABOVE, bottom: Math.max(...ys) + BELOW }
}

/** Grid points a wire may not enter. */
function insides({ part, symbol }: { part: Part; symbol: Drawn }): Point[] {
  const [left, top, right, bottom] = symbol.outline
  const points: Point[] = []
  for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) points.push(turned(part, [x, y]))
  return points
}

function line(from: Point, to: Point): string {
  return `<path d="M${from[0] * GRID} ${from[1] * GRID}L${to[0] * GRID} ${to[1] * GRID}" stroke="${WIRE}" stroke-width="1.6" fill="none" stroke-linecap="round"/>`
}

function text(at: Point, words: string, align = "start", colour = INK, more = ""): string {
  return `<text x="${round(at[0] * GRID)}" y="${round(at[1] * GRID)}" text-anchor="${align}" fill="${colour}"${more}>${escape(words)}</text>`
}

function partOf(part: Part, symbol: Drawn, sheet: Sheet): string {
  const scale = `scale(${part.mirror ? -GRID : GRID} ${GRID})`
  const place = `translate(${part.at[0] * GRID} ${part.at[1] * GRID}) rotate(${part.turn}) ${scale}`
  const strokes = `<path d="${symbol.strokes}" transform="${place}" fill="none" stroke="${INK}" stroke-width="0.13" stroke-linejoin="round"/>`
  const filled = symbol.filled === undefined ? "" : `<path d="${symbol.filled}" transform="${place}" fill="${INK}"/>`
  const words = (symbol.words ?? []).map(({ at, text: word, align }) => {
    const opposite = align === "end" ? "start" : align === "middle" ? "middle" : "end"
    return text(turned(part, at), word, part.mirror ? opposite : (align ?? "start"), FADED, ` font-size="11"`)
  })
  return [strokes, filled, ...words, ...pinsOf(part, symbol, sheet), ...namesOf(part, symbol, sheet)]
    .filter((each) => each !== "")
    .join("\n")
}

/** Package pins of integrated circuits, small, on their leads. A package's pins that differ from instance to instance are in the table. */
function pinsOf(part: Part, symbol: Drawn, sheet: Sheet): string[] {
  const pins = sheet.instances.length === 1 ? (gatePins(part, sheet.instances[0]) ?? KINDS[part.kind].pins) : undefined
  if (pins === undefined || !/^U/.test(part.name)) return []
  return Object.entries(symbol.terminals).flatMap(([terminal, place]) => {
    const pin = pins[terminal]
    if (pin === undefined || pin.includes(" ")) return []
    const at = turned(part, place)
    const [dx, dy] = outward(part, symbol, at)
    const [x, y] = dx === 0 ? [at[0] - 0.25, at[1] - dy * 0.25 + 0.3] : [at[0] - dx * 0.5, at[1] - 0.25]
    return text([x, y], pin, dx === 0 ? "end" : "middle", FADED, ` font-size="8.5"`)
  })
}

/** Name and value: above what lies, beside what stands, below an amplifier's slope. */
function namesOf(part: Part, symbol: Drawn, sheet: Sheet): string[] {
  const name = sheet.instances.length === 1 ? referenceOf(part, sheet.instances[0]) : part.name
  const [x, y] = part.at
  const [left, top, right] = symbol.outline
  const value = part.kind === "led" || part.kind === "button" ? part.value : valueText(part)
  const beside = (dx: number, dy: number, align: string): string[] => [
    text([x + dx, y + dy], name, align, INK, ` font-weight="bold"`),
    text([x + dx, y + dy + 1.2], value, align),
  ]
  const above = (dx: number, dy: number, align: string): string[] => {
    const words = `<tspan font-weight="bold">${name}</tspan> ${escape(value)}`
    return [`<text x="${round((x + dx) * GRID)}" y="${round((y + dy) * GRID)}" text-anchor="${align}" fill="${INK}">${words}</text>`]
  }
  if (part.turn === 90 || part.turn === 270) return part.label === "left" ? beside(-1.2, -0.25, "end") : beside(1.2, -0.25, "start")
  if (part.kind === "pot") return beside(-1, -0.25, "end")
  if (part.kind === "npn") return part.mirror ? beside(-1.6, -0.1, "end") : beside(1.6, -0.1, "start")
  if (part.kind === "buffer" || part.kind === "comparator" || part.kind === "opamp") return beside(0.6, 2, "start")
  if (part.kind === "jack") return above(part.mirror ? 2 : -2, -2.2, part.mirror ? "end" : "start")
  if (right - left > 2) return above(left, top - 0.6, "start")
  if (part.label === "below") return above(0, 1.9, "middle")
  return above(0, part.kind === "led" ? -1.8 : part.kind === "button" ? -1.6 : part.kind === "resistor" ? -0.8 : -1.1, "middle")
}

function valueText(part: Part): string {
  if (part.kind === "resistor") return /\d$/.test(part.value) && !/[kM]/.test(part.value) ? `${part.value} Ω` : part.value
  if (part.kind === "capacitor") return `${part.value}F`.replace("uF", "µF")
  return part.value
}

/** Which way a terminal points: away from the part's centre. */
function outward(part: Part, symbol: Drawn, at: Point): Point {
  const [left, top, right, bottom] = symbol.outline
  const centre = turned(part, [(left + right) / 2, (top + bottom) / 2])
  const corner = turned(part, [right, bottom])
  const overX = Math.abs(at[0] - centre[0]) - Math.abs(corner[0] - centre[0])
  const overY = Math.abs(at[1] - centre[1]) - Math.abs(corner[1] - centre[1])
  return overX >= overY ? [Math.sign(at[0] - centre[0]), 0] : [0, Math.sign(at[1] - centre[1])]
}

/** Ground and supply symbols; every other shared net is a word in a box. */
function flagAt(net: string, [x, y]: Point, [dx, dy]: Point, use = ""): string {
  const path = (d: string): string =>
    `<path d="${d}" transform="translate(${x * GRID} ${y * GRID}) scale(${GRID})" fill="none" stroke="${FLAG}" stroke-width="0.13"/>`
  if (net === "GND") {
    if (dx !== 0) return path(`M0 0H${dx}V0.4M${dx - 0.7} 0.4h1.4M${dx - 0.45} 0.65h0.9M${dx - 0.2} 0.9h0.4`)
    return dy > 0 ? path("M0 0V0.5M-0.7 0.5h1.4M-0.45 0.75h0.9M-0.2 1h0.4") : path("M0 0V-0.4H1.2V0M0.5 0h1.4M0.75 0.25h0.9M1 0.5h0.4")
  }
  if (["3V3", "5V", "12V", "VSYS"].includes(net) && dx === 0) {
    const tip = dy > 0 ? 0.9 : -0.9
    return [path(`M0 0V${tip}M-0.6 ${tip}h1.2`), text([x, y + tip + (dy > 0 ? 1 : -0.3)], net, "middle", FLAG, ` font-size="11"`)].join(
      "\n",
    )
  }
  const align = dx < 0 ? "end" : "start"
  const words = use === "" ? [] : [text([x + dx * 4.4, y + 0.35], use, align, FADED, ` font-size="11"`)]
  return [path(`M0 0H${dx * 0.6}`), text([x + dx * 0.9, y + 0.35], net, align, FLAG, ` font-size="11"`), ...words].join("\n")
}

function port(sheet: Sheet): string {
  const [x, y] = sheet.port!
  const pins = sheet.instances.map((instance) => instance.gpio ?? "").join("/")
  const left = x < 8
  const shape = left ? "M0 0l-.6 -.5v1z" : "M0 0l.6 -.5v1z"
  return [
    `<path d="${shape}" transform="translate(${x * GRID} ${y * GRID}) scale(${GRID})" fill="${FLAG}"/>`,
    text(
      [x + (left ? -0.9 : 0.9), y + 0.35],
      sheet.instances.length > 1 ? "pin" : pins,
      left ? "end" : "start",
      FLAG,
      ` font-weight="bold"`,
    ),
  ].join("\n")
}

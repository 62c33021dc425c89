/**
 * The drawn schematic of one netlist, as SVG: symbols where the netlist puts them, wires by the router, rails and shared nets as
 * flags, and a legend that says which parts, gates and pins each instance has. Nothing is drawn that the netlist does not say.
 */
import { isShared, type Part, referenceOf, type Sheet } from "./netlist"
import { route } from "./router"
import { type Drawn, type Point, symbolOf, turned } from "./symbols"

const GRID = 12
const INK = "#1d2733"
const WIRE = "#1f6f54"
const FLAG = "#9c3d1a"
const FADED = "#5d6b7a"

export function schematicOf(sheet: Sheet): string {
  const drawn = sheet.parts.map((part) => ({ part, symbol: symbolOf(part) }))
  const [width, height] = extent(drawn, sheet)
  const nets = new Map<string, Point[]>()
  const flags: string[] = []
  for (const { part, symbol } of drawn)
    for (const [terminal, net] of Object.entries(part.nets)) {
      if (!(terminal in symbol.terminals)) continue
      const at = turned(part, symbol.terminals[terminal])
      if (isShared(net)) flags.push(flagAt(net, at, outward(part, symbol, at)))
      else nets.set(net, [...(nets.get(net) ?? []), at])
    }
  if (sheet.port !== undefined && nets.has("pin")) {
    nets.get("pin")!.push(sheet.port)
    flags.push(port(sheet))
  }
  const { wires, junctions } = route(nets, drawn.flatMap(insides), width, height)
  const body = [
    ...wires.map(({ from, to }) => line(from, to)),
    ...junctions.map(([x, y]) => `<circle cx="${x * GRID}" cy="${y * GRID}" r="3" fill="${WIRE}"/>`),
    ...drawn.map(({ part, symbol }) => partOf(part, symbol)),
    ...flags,
  ]
  const legend = legendOf(sheet)
  const total = (height + 1) * GRID + legend.length * 18 + 60
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * GRID} ${total}" width="${width * GRID}" height="${total}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${GRID}" y="26" font-size="17" font-weight="bold" fill="${INK}">${escape(sheet.title)}</text>`,
    `<g transform="translate(0 52)">`,
    ...body,
    `</g>`,
    ...legend.map((text, index) => `<text x="${GRID}" y="${(height + 1) * GRID + 62 + index * 18}" fill="${FADED}">${escape(text)}</text>`),
    `</svg>`,
    ``,
  ].join("\n")
}

function extent(drawn: readonly { part: Part; symbol: Drawn }[], sheet: Sheet): [number, number] {
  const points = drawn.flatMap(({ part, symbol }) => {
    const [left, top, right, bottom] = symbol.outline
    return [turned(part, [left, top]), turned(part, [right, bottom]), ...Object.values(symbol.terminals).map((at) => turned(part, at))]
  })
  if (sheet.port !== undefined) points.push(sheet.port)
  const longest = Math.max(...legendOf(sheet).map((text) => text.length)) * 0.53
  return [Math.max(Math.ceil(longest), Math.max(...points.map(([x]) => x)) + 5), Math.max(...points.map(([, y]) => y)) + 3]
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

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function partOf(part: Part, symbol: Drawn): string {
  const scale = `scale(${part.mirror ? -GRID : GRID} ${GRID})`
  const place = `translate(${part.at[0] * GRID} ${part.at[1] * GRID}) rotate(${part.turn}) ${scale}`
  const strokes = `<path d="${symbol.strokes}" transform="${place}" fill="none" stroke="${INK}" stroke-width="0.13" stroke-linejoin="round"/>`
  const filled = symbol.filled === undefined ? "" : `<path d="${symbol.filled}" transform="${place}" fill="${INK}"/>`
  const words = (symbol.words ?? []).map(({ at, text: word, align }) => {
    const opposite = align === "end" ? "start" : align === "middle" ? "middle" : "end"
    return text(turned(part, at), word, part.mirror ? opposite : (align ?? "start"), FADED, ` font-size="11"`)
  })
  return [strokes, filled, ...words, ...namesOf(part, symbol)].filter((each) => each !== "").join("\n")
}

/** Name and value: above what lies, beside what stands, below an amplifier's slope. */
function namesOf(part: Part, symbol: Drawn): string[] {
  const [x, y] = part.at
  const [left, top, right] = symbol.outline
  const value = part.kind === "led" || part.kind === "button" ? part.value : valueText(part)
  const beside = (dx: number, dy: number, align: string): string[] => [
    text([x + dx, y + dy], part.name, align, INK, ` font-weight="bold"`),
    text([x + dx, y + dy + 1.2], value, align),
  ]
  const above = (dx: number, dy: number, align: string): string[] => {
    const words = `<tspan font-weight="bold">${part.name}</tspan> ${escape(value)}`
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
function flagAt(net: string, [x, y]: Point, [dx, dy]: Point): string {
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
  return [path(`M0 0H${dx * 0.6}`), text([x + dx * 0.9, y + 0.35], net, dx < 0 ? "end" : "start", FLAG, ` font-size="11"`)].join("\n")
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

function legendOf(sheet: Sheet): string[] {
  return sheet.instances.map((instance) => {
    const gates = Object.entries(instance.gates).map(([part, home]) => {
      const [reference, used] = home.split("/")
      return used === undefined ? `${part} is ${reference}` : `${part} is ${used.includes("+") ? "gates" : "gate"} ${used} of ${reference}`
    })
    const first = sheet.parts.find((part) => !(part.name in instance.gates))
    const count = first === undefined ? [] : [`${first.name} is ${referenceOf(first, instance)}, and so on`]
    return `${instance.name}: ${[...count, ...gates, ...(instance.gpio === undefined ? [] : [`pin is ${instance.gpio}`])].join("; ")}`
  })
}

function escape(words: string): string {
  return words.replace(/&/g, "&amp;").replace(/</g, "&lt;")
}

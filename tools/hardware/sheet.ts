/**
 * What stands round a drawing: the frame, the title, the block that says what the sheet is and where it comes from, and, where a
 * circuit stands on the board more than once, the table of what its parts are called each time.
 */
import { GATES } from "./library"
import { type Instance, type Part, referenceOf, type Sheet } from "./netlist"

export const INK = "#1d2733"
export const FADED = "#5d6b7a"
const LINE = "#c3ccd5"
const MARGIN = 14
const ROW = 19
const BLOCK = { width: 214, height: 58 }

export interface Place {
  readonly number: number
  readonly of: number
}

/** `body` is `width` by `height` pixels, its top left corner at 0, 0. */
export function framed(sheet: Sheet, place: Place, body: readonly string[], width: number, height: number): string {
  const table = tableOf(sheet)
  const tableWidth = table.widths.reduce((sum, one) => sum + one, 0)
  const tableHeight = table.rows.length * ROW
  const isBeside = tableWidth + BLOCK.width + 3 * MARGIN <= Math.max(width, 560)
  const inner = Math.max(width + 2 * MARGIN, BLOCK.width + MARGIN + (isBeside ? tableWidth + 2 * MARGIN : 0), tableWidth + 2 * MARGIN)
  const foot = isBeside || tableWidth === 0 ? Math.max(BLOCK.height, tableHeight + MARGIN) : tableHeight + MARGIN + BLOCK.height
  const top = 44
  const bottom = MARGIN + top + height + MARGIN + foot
  const [outerWidth, outerHeight] = [inner + 2 * MARGIN, bottom + MARGIN]
  const left = MARGIN + (inner - width) / 2
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outerWidth} ${outerHeight}" width="${outerWidth}" height="${outerHeight}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<rect x="${MARGIN}" y="${MARGIN}" width="${inner}" height="${bottom - MARGIN}" fill="none" stroke="${INK}" stroke-width="1.2"/>`,
    `<text x="${2 * MARGIN}" y="${MARGIN + 28}" font-size="17" font-weight="bold" fill="${INK}">${escape(sheet.title)}</text>`,
    `<g transform="translate(${left} ${MARGIN + top})">`,
    ...body,
    `</g>`,
    ...tableArt(table, 2 * MARGIN, MARGIN + top + height + MARGIN),
    ...blockArt(sheet, place, MARGIN + inner - BLOCK.width, bottom - BLOCK.height),
    `</svg>`,
    ``,
  ].join("\n")
}

function blockArt(sheet: Sheet, place: Place, x: number, y: number): string[] {
  const times = sheet.instances.length === 1 ? "once on the board" : `${sheet.instances.length} times on the board`
  const folder = place.of === 1 ? "netlists/options" : "netlists"
  return [
    `<path d="M${x} ${y + BLOCK.height}V${y}H${x + BLOCK.width}M${x} ${y + 22}H${x + BLOCK.width}M${x + 140} ${y}V${y + 22}" fill="none" stroke="${INK}" stroke-width="1.2"/>`,
    `<text x="${x + 9}" y="${y + 16}" font-weight="bold" letter-spacing="2" fill="${INK}">tactus</text>`,
    `<text x="${x + 149}" y="${y + 15.5}" font-size="11" fill="${INK}">${place.of === 1 ? "option" : `${place.number} of ${place.of}`}</text>`,
    `<text x="${x + 9}" y="${y + 37}" font-size="11" fill="${INK}">${folder}/${sheet.name}.yaml</text>`,
    `<text x="${x + 9}" y="${y + 52}" font-size="11" fill="${FADED}">${times}</text>`,
  ]
}

interface Table {
  readonly rows: readonly (readonly string[])[]
  readonly widths: readonly number[]
}

/** Empty for a circuit that stands once: its drawing has the names of the board. */
function tableOf(sheet: Sheet): Table {
  if (sheet.instances.length === 1) return { rows: [], widths: [] }
  const pin = sheet.instances.some(({ gpio }) => gpio !== undefined)
  const head = ["", ...sheet.parts.map(({ name }) => name), ...(pin ? ["pin"] : [])]
  const rows = sheet.instances.map((instance) => [
    instance.name,
    ...sheet.parts.map((part) => cellOf(part, instance)),
    ...(pin ? [instance.gpio ?? ""] : []),
  ])
  const all = [head, ...rows]
  return { rows: all, widths: head.map((_, column) => Math.max(...all.map((row) => row[column].length)) * 6.9 + 14) }
}

function tableArt({ rows, widths }: Table, x: number, y: number): string[] {
  const whole = widths.reduce((sum, one) => sum + one, 0)
  return rows.flatMap((row, index) => {
    let at = x
    const base = y + index * ROW + 13
    const words = row.map((cell, column) => {
      const weight = index === 0 || column === 0 ? ` font-weight="bold"` : ""
      const word = cell === "" ? "" : `<text x="${round(at)}" y="${base}" font-size="11"${weight} fill="${INK}">${escape(cell)}</text>`
      at += widths[column]
      return word
    })
    const rule = index === 0 ? `<path d="M${x} ${y + ROW - 1}H${round(x + whole)}" stroke="${LINE}"/>` : ""
    return [...words, rule].filter((one) => one !== "")
  })
}

const SIGNS: Readonly<Record<string, string>> = { plus: "+", minus: "−", enable: "OE" }

/** The part's name on the board; for a gate, its package's pins as well. */
function cellOf(part: Part, instance: Instance): string {
  const pins = Object.entries(gatePins(part, instance) ?? {}).map(([terminal, pin]) => `${SIGNS[terminal] ?? terminal} ${pin}`)
  return [referenceOf(part, instance), ...(pins.length === 0 ? [] : [`(${pins.join(", ")})`])].join(" ")
}

/** Package pin of each drawn terminal of a gate, for parts of which several share a package. */
export function gatePins(part: Part, instance: Instance): Readonly<Record<string, string>> | undefined {
  const family = GATES[part.model]
  const used = (instance.gates[part.name] ?? "").split("/")[1]
  if (family === undefined || used === undefined || used.includes("+")) return undefined
  const gate = family.gates[Number(used) - 1]
  const drawn = Object.keys(part.nets).filter((terminal) => terminal in gate)
  return Object.fromEntries(drawn.map((terminal) => [terminal, gate[terminal]]))
}

export function escape(words: string): string {
  return words.replace(/&/g, "&amp;").replace(/</g, "&lt;")
}

export function round(value: number): number {
  return Math.round(value * 10) / 10
}

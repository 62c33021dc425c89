/**
 * The front panel to scale: Eurorack, 3U (128.5 mm high), so many HP of 5.08 mm less a little to slide past its neighbours. From one
 * list of holes come the artwork and the drill table, so that print, drill and netlist agree.
 */
import { parse } from "yaml"

export const HEIGHT = 128.5
/** Nothing may stand behind the mounting rails: millimetres from the top and bottom edge. */
export const RAIL = 10

interface Hole {
  readonly part: string
  readonly kind: keyof typeof SIZES
  readonly label: string
  readonly at: readonly [number, number]
  readonly out?: boolean
}

/** Left, top, right, bottom. */
type Plate = readonly [number, number, number, number]

interface Panel {
  readonly width: number
  readonly hp: number
  readonly title: { readonly text: string; readonly at: readonly [number, number] }
  readonly plates: readonly Plate[]
  readonly holes: readonly Hole[]
}

/** Hole, and the room its part takes in front of the panel (nut, knob, cap), as diameters in mm; a slot is width by height. */
export const SIZES = {
  jack: { hole: 6.2, room: 9.5, what: "PJ398SM, M6 thread" },
  pot: { hole: 7.2, room: 15, what: "9 mm pot, M7 thread, knob up to 15 mm" },
  button: { hole: 6.5, room: 7.5, what: "push button, 6 mm cap" },
  led: { hole: 3.2, room: 3.2, what: "3 mm LED" },
  din5: { hole: 15.5, room: 19, what: "DIN socket; two 3.2 mm screw holes 11.1 mm left and right of it" },
  usb: { hole: 12, room: 12, what: "slot 12 x 8 mm for the USB plug" },
} as const

export function parsePanel(text: string): Panel {
  const data = parse(text) as { width: number; title: Panel["title"]; plates?: Plate[]; holes: Hole[] }
  for (const hole of data.holes)
    if (!(hole.kind in SIZES))
      throw new Error(`panel.yaml: ${hole.part}: no hole for a "${hole.kind}"; expected one of ${Object.keys(SIZES).join(", ")}`)
  return { ...data, plates: data.plates ?? [], hp: data.width, width: Math.round((data.width * 5.08 - 0.3) * 10) / 10 }
}

/** The four oval mounting holes: 3 mm from the edges, 7.5 mm in from the left and on the grid of HP from there. */
export function mountings(panel: Panel): [number, number][] {
  const right = 7.5 + (panel.hp - 3) * 5.08
  return [3, HEIGHT - 3].flatMap((y) => [7.5, right].map((x) => [Math.round(x * 100) / 100, y] as [number, number]))
}

export function panelFiles(text: string): [string, string][] {
  const panel = parsePanel(text)
  return [
    ["panel.svg", panelSvg(panel)],
    ["panel-drill.csv", drillCsv(panel)],
  ]
}

function drillCsv(panel: Panel): string {
  const rows = panel.holes.flatMap((hole) => {
    const [x, y] = hole.at
    const size = SIZES[hole.kind]
    const screws = hole.kind === "din5" ? [-11.1, 11.1].map((dx) => `${hole.part} screw,${Math.round((x + dx) * 10) / 10},${y},3.2,M3`) : []
    return [`${hole.part},${x},${y},${hole.kind === "usb" ? "12 x 8" : size.hole},${size.what.replace(/,/g, ";")}`, ...screws]
  })
  const mounting = mountings(panel).map(([x, y]) => `mounting,${x},${y},5.2 x 3.2,oval; M3`)
  return ["Part,X mm from left,Y mm from top,Diameter mm,What", ...rows, ...mounting, ""].join("\n")
}

const INK = "#20262e"
const PAPER = "#f4f1ea"
const FADED = "#5d6b7a"

/** Beside and below the panel, for the dimensions; on paper the panel itself is to scale. */
const BORDER = 9

function panelSvg(panel: Panel): string {
  const { width } = panel
  const [outerWidth, outerHeight] = [width + BORDER, HEIGHT + BORDER].map((millimetres) => Math.round(millimetres * 10) / 10)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${outerWidth}mm" height="${outerHeight}mm" viewBox="0 0 ${outerWidth} ${outerHeight}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">`,
    `<rect width="${outerWidth}" height="${outerHeight}" fill="#fff"/>`,
    `<rect x="0.05" y="0.05" width="${width - 0.1}" height="${HEIGHT - 0.1}" rx="0.4" fill="${PAPER}" stroke="${INK}" stroke-width="0.1"/>`,
    `<text x="${panel.title.at[0]}" y="${panel.title.at[1]}" font-size="7" font-weight="bold" letter-spacing="1.2" fill="${INK}">${panel.title.text}</text>`,
    ...columns(panel),
    ...panel.plates.map(plate),
    ...panel.holes.flatMap(holeArt),
    ...mountings(panel).map(
      ([x, y]) => `<rect x="${x - 2.6}" y="${y - 1.6}" width="5.2" height="3.2" rx="1.6" fill="#fff" stroke="${INK}" stroke-width="0.1"/>`,
    ),
    ...dimensions(panel),
    `</svg>`,
    ``,
  ].join("\n")
}

function dimensions({ width, hp }: Panel): string[] {
  const [x, y] = [width + 4, HEIGHT + 4]
  const lines = `M0 ${HEIGHT + 1}V${y + 1.5}M${width} ${HEIGHT + 1}V${y + 1.5}M0 ${y}H${width}M${width + 1} 0H${x + 1.5}M${width + 1} ${HEIGHT}H${x + 1.5}M${x} 0V${HEIGHT}`
  const arrow = (atX: number, atY: number, turn: number): string =>
    `<path d="M0 0L2 -0.6V0.6Z" transform="translate(${atX} ${atY}) rotate(${turn})" fill="${FADED}"/>`
  const middle = Math.round(HEIGHT * 50) / 100
  return [
    `<path d="${lines}" stroke="${FADED}" stroke-width="0.12"/>`,
    ...[arrow(0, y, 0), arrow(width, y, 180), arrow(x, 0, 90), arrow(x, HEIGHT, 270)],
    `<text x="${width / 2}" y="${y + 3.6}" font-size="2.9" fill="${FADED}">${width} mm, ${hp} HP</text>`,
    `<text transform="translate(${x + 1.4} ${middle}) rotate(90)" font-size="2.9" fill="${FADED}">${HEIGHT} mm, 3U</text>`,
  ]
}

/** A hairline from each channel's light to its key. */
function columns(panel: Panel): string[] {
  const lights = panel.holes.filter((hole) => /^D90[5-8]$/.test(hole.part))
  return lights.map(({ at: [x, y] }) => `<path d="M${x} ${y}V${y + 6}" stroke="${INK}" stroke-width="0.25"/>`)
}

/** Outputs stand on dark plates, as one expects on a rack. */
function plate([left, top, right, bottom]: Plate): string {
  return `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" rx="1.5" fill="${INK}"/>`
}

function holeArt(hole: Hole): string[] {
  const [x, y] = hole.at
  const { hole: size, room } = SIZES[hole.kind]
  const colour = hole.out ? PAPER : INK
  const above = { jack: 5.7, pot: 10.4, button: 4.6, led: 2.6, din5: 10.6, usb: 5.2 }[hole.kind]
  const label = hole.label === "" ? [] : [`<text x="${x}" y="${y - above}" font-size="2.9" fill="${colour}">${hole.label}</text>`]
  if (hole.kind === "usb")
    return [
      ...label,
      `<rect x="${x - 6}" y="${y - 4}" width="12" height="8" rx="2" fill="#fff" stroke="${INK}" stroke-width="0.15"/>`,
      cross(x, y, INK),
    ]
  const ring =
    hole.kind === "led"
      ? []
      : [
          `<circle cx="${x}" cy="${y}" r="${room / 2}" fill="${PAPER}"${hole.out ? "" : ` stroke="${INK}" stroke-width="0.12" stroke-dasharray="0.6 0.6"`}/>`,
        ]
  const screws =
    hole.kind === "din5"
      ? [-11.1, 11.1].map((dx) => `<circle cx="${x + dx}" cy="${y}" r="1.6" fill="#fff" stroke="${INK}" stroke-width="0.15"/>`)
      : []
  const ticks = hole.kind === "pot" ? scale(x, y) : []
  return [
    ...ticks,
    ...label,
    ...ring,
    ...screws,
    `<circle cx="${x}" cy="${y}" r="${size / 2}" fill="#fff" stroke="${INK}" stroke-width="0.15"/>`,
    cross(x, y, INK),
  ]
}

function cross(x: number, y: number, colour: string): string {
  return `<path d="M${x - 1} ${y}H${x + 1}M${x} ${y - 1}V${y + 1}" stroke="${colour}" stroke-width="0.08"/>`
}

/** Eleven ticks over 300 degrees. */
function scale(x: number, y: number): string[] {
  return Array.from({ length: 11 }, (_, index) => {
    const angle = ((-240 + 30 * index) * Math.PI) / 180
    const at = (radius: number): string =>
      `${Math.round((x + radius * Math.cos(angle)) * 100) / 100} ${Math.round((y + radius * Math.sin(angle)) * 100) / 100}`
    return `<path d="M${at(8.2)}L${at(9.4)}" stroke="${INK}" stroke-width="0.25"/>`
  })
}

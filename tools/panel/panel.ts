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

interface Panel {
  readonly width: number
  readonly hp: number
  readonly title: string
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
  const data = parse(text) as { width: number; title: string; holes: Hole[] }
  for (const hole of data.holes)
    if (!(hole.kind in SIZES))
      throw new Error(`panel.yaml: ${hole.part}: no hole for a "${hole.kind}"; expected one of ${Object.keys(SIZES).join(", ")}`)
  return { ...data, hp: data.width, width: Math.round((data.width * 5.08 - 0.3) * 10) / 10 }
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
const SHADE = "#20262e"
const PAPER = "#f4f1ea"

function panelSvg(panel: Panel): string {
  const { width } = panel
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${HEIGHT}mm" viewBox="0 0 ${width} ${HEIGHT}" font-family="Helvetica, Arial, sans-serif" text-anchor="middle">`,
    `<rect width="${width}" height="${HEIGHT}" rx="0.4" fill="${PAPER}" stroke="${INK}" stroke-width="0.1"/>`,
    `<text x="${width / 2 - 20}" y="14.5" font-size="7" font-weight="bold" letter-spacing="1.2" fill="${INK}">${panel.title}</text>`,
    ...columns(panel),
    ...panel.holes.filter((hole) => hole.out).map(plate),
    ...panel.holes.flatMap(holeArt),
    ...mountings(panel).map(
      ([x, y]) => `<rect x="${x - 2.6}" y="${y - 1.6}" width="5.2" height="3.2" rx="1.6" fill="#fff" stroke="${INK}" stroke-width="0.1"/>`,
    ),
    `</svg>`,
    ``,
  ].join("\n")
}

/** A hairline from each channel's light to its key. */
function columns(panel: Panel): string[] {
  const lights = panel.holes.filter((hole) => /^D90[5-8]$/.test(hole.part))
  return lights.map(({ at: [x, y] }) => `<path d="M${x} ${y}V${y + 6}" stroke="${INK}" stroke-width="0.25"/>`)
}

/** Outputs stand on a dark plate, as one expects on a rack. */
function plate({ kind, at: [x, y] }: Hole): string {
  const [half, top, bottom] = kind === "din5" ? [14.5, 14.8, 11] : [7.5, 8.6, 6.2]
  return `<rect x="${x - half}" y="${y - top}" width="${2 * half}" height="${top + bottom}" rx="1.5" fill="${SHADE}"/>`
}

function holeArt(hole: Hole): string[] {
  const [x, y] = hole.at
  const { hole: size, room } = SIZES[hole.kind]
  const colour = hole.out ? PAPER : INK
  const above = { jack: 6, pot: 10.4, button: 5, led: 2.9, din5: 11, usb: 6 }[hole.kind]
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
      : [`<circle cx="${x}" cy="${y}" r="${room / 2}" fill="${PAPER}" stroke="${INK}" stroke-width="0.12" stroke-dasharray="0.6 0.6"/>`]
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

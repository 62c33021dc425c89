/**
 * How each kind of part is drawn: its terminals on the grid, the outline nothing may be routed through, and its strokes. All in grid
 * units about the part's centre, before turning; strokes are SVG path data. Letters are never turned or mirrored, so symbols name the
 * points where words go.
 */
import type { Part } from "./netlist"

export type Point = readonly [number, number]

export interface Drawn {
  readonly terminals: Readonly<Record<string, Point>>
  /** Left, top, right, bottom. */
  readonly outline: readonly [number, number, number, number]
  readonly strokes: string
  readonly filled?: string
  readonly words?: readonly { at: Point; text: string; align?: "start" | "middle" | "end" }[]
}

const TWO = { a: [-2, 0], b: [2, 0] } as const
const DIODE = { anode: [-2, 0], cathode: [2, 0] } as const
const LEADS = "M-2 0H-0.6M0.6 0H2"

function box(width: number, height: number): string {
  return `M${-width} ${-height}H${width}V${height}H${-width}Z`
}

export function symbolOf(part: Part): Drawn {
  switch (part.kind) {
    case "resistor":
      return { terminals: TWO, outline: [-1, 0, 1, 0], strokes: "M-2 0H-1.2l.2-.5.4 1 .4-1 .4 1 .4-1 .4 1 .2-.5H2" }
    case "capacitor":
      return {
        terminals: TWO,
        outline: [-1, 0, 1, 0],
        strokes: "M-2 0H-0.22M0.22 0H2M-0.22 -0.8V0.8M0.22 -0.8V0.8",
        words: part.polar ? [{ at: [-0.8, -0.55], text: "+", align: "middle" }] : [],
      }
    case "diode":
      return /^BAT|^1N58/.test(part.model)
        ? {
            terminals: DIODE,
            outline: [-1, 0, 1, 0],
            strokes: `${LEADS}M0.95 -0.45V-0.7H0.6V0.7H0.25V0.45`,
            filled: "M-0.6 -0.7L0.6 0L-0.6 0.7Z",
          }
        : { terminals: DIODE, outline: [-1, 0, 1, 0], strokes: `${LEADS}M0.6 -0.7V0.7`, filled: "M-0.6 -0.7L0.6 0L-0.6 0.7Z" }
    case "zener":
      return {
        terminals: DIODE,
        outline: [-1, 0, 1, 0],
        strokes: `${LEADS}M0.95 -0.95L0.6 -0.7V0.7L0.25 0.95`,
        filled: "M-0.6 -0.7L0.6 0L-0.6 0.7Z",
      }
    case "led":
      return {
        terminals: DIODE,
        outline: [-1, 0, 1, 0],
        strokes: `${LEADS}M0.6 -0.7V0.7M0 -0.9L0.6 -1.5M0.3 -1.5H0.6V-1.2M0.6 -0.9L1.2 -1.5M0.9 -1.5H1.2V-1.2`,
        filled: "M-0.6 -0.7L0.6 0L-0.6 0.7Z",
      }
    case "npn":
      return {
        terminals: { base: [-2, 0], collector: [1, -2], emitter: [1, 2] },
        outline: [-1, -1, 1, 1],
        strokes: "M-2 0H-0.4M-0.4 -0.9V0.9M-0.4 -0.4L1 -1.2V-2M-0.4 0.4L1 1.2V2M0.15 -1.5",
        filled: "M0.85 1.1L0.2 1.05L0.5 0.6Z",
      }
    case "jack":
      return {
        terminals: { tip: [2, -1], sleeve: [2, 1] },
        outline: [-2, -1, 1, 1],
        strokes: "M2 -1H0.4L-0.3 -0.5L-0.9 -1M2 1H-1.6M-1.9 -0.6H-1.3V1.4H-1.9Z",
      }
    case "din5":
      return {
        terminals: { source: [3, -2], sink: [3, 2], shield: [3, 4] },
        outline: [-2, -3, 2, 4],
        strokes: `M3 -2H2M3 2H2${part.nets.shield === undefined ? "" : "M3 4H0V3"}M2.4 0A2.4 3 0 1 1 -2.4 0A2.4 3 0 1 1 2.4 0`,
        words: [
          { at: [1.1, -1.6], text: "4", align: "middle" },
          { at: [1.1, 2.2], text: "5", align: "middle" },
          ...(part.nets.shield === undefined ? [] : [{ at: [-0.2, 2.7] as const, text: "2", align: "middle" as const }]),
        ],
      }
    case "header":
      return {
        terminals: { "+12": [3, -1], gnd: [3, 1] },
        outline: [-2, -2, 2, 2],
        strokes: `${box(2, 2)}M2 -1H3M2 1H3`,
        words: [
          { at: [1.7, -0.65], text: "+12 V", align: "end" },
          { at: [1.7, 1.35], text: "GND", align: "end" },
        ],
      }
    case "fuse":
      return { terminals: TWO, outline: [-1, 0, 1, 0], strokes: "M-2 0H2M-1.2 -0.45H1.2V0.45H-1.2ZM-1.2 0.9L-0.8 0.9L0.8 -0.9H1.2" }
    case "jumper":
      return {
        terminals: TWO,
        outline: [-1, 0, 1, 0],
        strokes:
          "M-2 0H-0.9M0.9 0H2M-0.9 0a.3 .3 0 1 0 .6 0a.3 .3 0 1 0 -.6 0M.3 0a.3 .3 0 1 0 .6 0a.3 .3 0 1 0 -.6 0M-0.6 -0.7A0.9 0.6 0 0 1 0.6 -0.7",
      }
    case "button":
      return {
        terminals: TWO,
        outline: [-1, -1, 1, 0],
        strokes:
          "M-2 0H-0.9M0.9 0H2M-0.9 0a.2 .2 0 1 0 .4 0a.2 .2 0 1 0 -.4 0M.5 0a.2 .2 0 1 0 .4 0a.2 .2 0 1 0 -.4 0M-0.9 -0.6H0.9M0 -0.6V-1.2M-0.4 -1.2H0.4",
      }
    case "pot":
      return {
        terminals: { top: [0, -2], bottom: [0, 2], wiper: [2, 0] },
        outline: [0, -1, 1, 1],
        strokes: "M0 -2V-1.2l.5.2-1 .4 1 .4-1 .4 1 .4-1 .4.5.2V2M2 0H0.7",
        filled: "M0.55 0L1.1 -0.3V0.3Z",
      }
    case "regulator":
      return {
        terminals: { in: [-3, 0], out: [3, 0], gnd: [0, 3] },
        outline: [-2, -2, 2, 2],
        strokes: `${box(2, 2)}M-3 0H-2M2 0H3M0 2V3`,
        words: [
          { at: [-1.7, 0.35], text: "IN" },
          { at: [1.7, 0.35], text: "OUT", align: "end" },
        ],
      }
    case "comparator":
    case "opamp":
      return {
        terminals: { plus: [-3, -1], minus: [-3, 1], out: [3, 0] },
        outline: [-2, -1, 2, 1],
        strokes: "M-2 -2.2V2.2L2 0ZM-3 -1H-2M-3 1H-2M2 0H3M-1.7 -1H-0.9M-1.3 -1.4V-0.6M-1.7 1H-0.9",
      }
    case "buffer":
      return {
        terminals: { in: [-3, 0], out: [3, 0], enable: [0, -3] },
        outline: [-2, -1, 2, 1],
        strokes: "M-2 -2.2V2.2L2 0ZM-3 0H-2M2 0H3M0 -3V-1.6M-.25 -1.35a.25 .25 0 1 0 .5 0a.25 .25 0 1 0 -.5 0",
      }
    case "opto":
      return {
        terminals: { anode: [-4, -2], cathode: [-4, 2], out: [4, 0], vcc: [4, -2], gnd: [4, 2] },
        outline: [-3, -3, 3, 3],
        strokes: `${box(3, 3)}M-4 -2H-1.8V-0.6M-4 2H-1.8V0.6M-2.5 0.6H-1.1M3 0H4M3 -2H4M3 2H4M-0.8 -0.5L0 -0.5M-0.3 -0.7L0 -0.5L-0.3 -0.3M-0.8 0.3L0 0.3M-0.3 0.1L0 0.3L-0.3 0.5M0.6 -1.2V1.2L2.4 0ZM2.4 0H3M0.95 0.35H1.25V-0.35H1.6`,
        filled: "M-2.5 -0.6H-1.1L-1.8 0.6Z",
      }
    case "keys165":
      return tall(
        { H: 0, G: 1, F: 2, E: 3, D: 4, C: 5, B: 6, A: 7 },
        -16,
        { out: -14, load: -6, clock: -2, inhibit: 4, serial: 12 },
        "left",
      )
    case "lights595":
      return tall({ A: 0, B: 1, C: 2, D: 3, E: 4, F: 5, G: 6, H: 7 }, -14, { data: -8, clock: -2, latch: 2, enable: 8, clear: 12 }, "right")
    case "pico":
      return pico()
    default:
      throw new Error(`${part.name}: no symbol for a ${part.kind}`)
  }
}

/** A register: eight lines at a pitch of four on one side, the control lines on the other. */
function tall(lines: Record<string, number>, first: number, control: Record<string, number>, side: "left" | "right"): Drawn {
  const x = side === "left" ? -5 : 5
  const places: Record<string, Point> = {}
  for (const [terminal, index] of Object.entries(lines)) places[terminal] = [x, first + 4 * index]
  for (const [terminal, y] of Object.entries(control)) places[terminal] = [-x, y]
  return boxed(places, 4, first - 2, first + 30)
}

function pico(): Drawn {
  const left = ["GP0", "GP1", "GP2", "GP3", "GP4", "GP5", "GP6", "GP7", "GP8", "GP9", "GP10", "GP11", "GP12", "GP13"]
  const right = ["GP14", "GP15", "GP16", "GP17", "GP26", "GP27", "GP28", "VSYS", "3V3", "GND"]
  const places: Record<string, Point> = {}
  left.forEach((terminal, index) => (places[terminal] = [-7, 2 * index - 12]))
  right.forEach((terminal, index) => (places[terminal] = [7, 2 * index - 12 + (index > 6 ? 4 : 0)]))
  return boxed(places, 6, -14, 16)
}

function boxed(places: Record<string, Point>, half: number, top: number, bottom: number): Drawn {
  const entries = Object.entries(places)
  const strokes = entries.map(([, [x, y]]) => `M${x} ${y}H${x < 0 ? -half : half}`).join("")
  return {
    terminals: places,
    outline: [-half, top, half, bottom],
    strokes: `M${-half} ${top}H${half}V${bottom}H${-half}Z${strokes}`,
    words: entries.map(([terminal, [x, y]]) => ({
      at: [x < 0 ? -half + 0.3 : half - 0.3, y + 0.35],
      text: terminal,
      align: x < 0 ? "start" : "end",
    })),
  }
}

/** Where a point of the symbol comes to lie on the sheet. */
export function turned(part: Part, [x, y]: Point): Point {
  const flipped = part.mirror ? -x : x
  const [cos, sin] = (
    [
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1],
    ] as const
  )[part.turn / 90]
  return [part.at[0] + flipped * cos - y * sin, part.at[1] + flipped * sin + y * cos]
}

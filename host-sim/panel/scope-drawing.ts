/** How the scope's pictures are drawn. Canvas units are CSS pixels; colours come from the style sheet. */
import { BORDERS } from "../live/histogram"
import { type Mark, type Traces, usualRange } from "./traces"

const LANES: readonly (readonly [string, string, string])[] = [
  ["> cv", "cv in", "--in"],
  ["> midi-din", "din in", "--in"],
  ["> midi-usb", "usb in", "--in"],
  ["midi-usb", "midi", "--midi"],
  ["clock", "clock", "--out"],
  ["sync1", "sync 1", "--sync"],
  ["sync2", "sync 2", "--sync"],
  ["sync3", "sync 3", "--sync"],
  ["sync4", "sync 4", "--sync"],
  ["arp", "arp", "--arp"],
  ["run", "run", "--out"],
  ["reset", "reset", "--out"],
]
/** Lanes that show only when something came in there. */
const ON_DEMAND = new Set(["> cv", "> midi-din", "> midi-usb"])
const LABEL_WIDTH = 52
const MIDI_CLOCK = 0xf8
/** Of the line with the seconds. */
const AXIS_HEIGHT = 16

export interface Sheet {
  readonly pen: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  colour(name: string): string
}

/** The canvas in the resolution of the screen, wiped. */
export function fit(canvas: HTMLCanvasElement): Sheet {
  const { clientWidth: width, clientHeight: height } = canvas
  const scale = window.devicePixelRatio || 1
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
  }
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D
  pen.setTransform(scale, 0, 0, scale, 0, 0)
  pen.clearRect(0, 0, width, height)
  pen.font = "11px ui-sans-serif, system-ui, sans-serif"
  pen.lineWidth = 1.25
  const style = getComputedStyle(canvas)
  return { pen, width, height, colour: (name) => style.getPropertyValue(name) }
}

export function drawLanes(sheet: Sheet, traces: Traces, from: number, to: number): void {
  const { pen, width, height, colour } = sheet
  const shown = LANES.filter(([name]) => !ON_DEMAND.has(name) || (traces.lanes.get(name)?.length ?? 0) > 0)
  const laneHeight = (height - AXIS_HEIGHT) / shown.length
  const x = (time: number) => LABEL_WIDTH + ((time - from) / (to - from)) * (width - LABEL_WIDTH)
  pen.strokeStyle = colour("--grid")
  pen.beginPath()
  for (let second = Math.ceil(from / 500000) * 500000; second < to; second += 500000) {
    const at = Math.round(x(second)) + 0.5
    pen.moveTo(at, 0)
    pen.lineTo(at, height - AXIS_HEIGHT)
  }
  pen.stroke()
  pen.fillStyle = colour("--muted")
  pen.textAlign = "center"
  for (let back = 1; back * 1e6 < to - from; back++) pen.fillText(`−${back} s`, x(to - back * 1e6), height - 2)
  pen.textAlign = "left"
  shown.forEach(([name, label, colourName], i) => {
    const top = i * laneHeight + laneHeight * 0.2
    const bottom = (i + 1) * laneHeight - laneHeight * 0.18
    pen.fillStyle = colour("--muted")
    pen.fillText(label, 0, (top + bottom) / 2 + 4)
    pen.strokeStyle = pen.fillStyle = colour(colourName)
    const marks = traces.lanes.get(name) ?? []
    if (name.includes("midi")) drawTicks(sheet, marks, x, top, bottom, from, to)
    else drawLevel(sheet, marks, x, top, bottom, from)
  })
}

function drawTicks(
  { pen }: Sheet,
  marks: readonly Mark[],
  x: (time: number) => number,
  top: number,
  bottom: number,
  from: number,
  to: number,
): void {
  const middle = (top + bottom) / 2
  pen.beginPath()
  for (const { time, value } of marks) {
    if (time < from || time > to) continue
    const at = x(time)
    if (value === MIDI_CLOCK) {
      pen.moveTo(at, middle)
      pen.lineTo(at, bottom)
    } else pen.fillRect(at - 1.5, top, 3, bottom - top)
  }
  pen.globalAlpha = 0.75
  pen.stroke()
  pen.globalAlpha = 1
}

function drawLevel(
  { pen, width }: Sheet,
  marks: readonly Mark[],
  x: (time: number) => number,
  top: number,
  bottom: number,
  from: number,
): void {
  let level = 0
  pen.beginPath()
  pen.moveTo(LABEL_WIDTH, bottom)
  for (const { time, value } of marks) {
    const at = x(time)
    if (time < from) {
      level = value
      pen.moveTo(LABEL_WIDTH, value ? top : bottom)
      continue
    }
    if (at > width) break
    pen.lineTo(at, level ? top : bottom)
    pen.lineTo(at, value ? top : bottom)
    if (value) {
      // A pulse narrower than a pixel is still seen.
      pen.fillRect(at - 0.6, top, 1.2, bottom - top)
    }
    level = value
  }
  pen.lineTo(width, level ? top : bottom)
  pen.stroke()
}

export function drawPhases(sheet: Sheet, marks: readonly Mark[]): void {
  const { pen, width, height, colour } = sheet
  const middle = height / 2
  pen.strokeStyle = colour("--grid")
  pen.beginPath()
  pen.moveTo(0, middle + 0.5)
  pen.lineTo(width, middle + 0.5)
  pen.stroke()
  if (marks.length === 0) return
  const range = usualRange(marks.map(({ value }) => value))
  pen.fillStyle = colour("--phase")
  const step = Math.max(2, width / Math.max(64, marks.length))
  marks.forEach((mark, i) => {
    const at = width - (marks.length - i) * step
    if (at < 0) return
    const y = middle - Math.max(-1, Math.min(1, mark.value / range)) * (height / 2 - 4)
    pen.fillRect(at, Math.min(y, middle), Math.max(1.5, step - 1.5), Math.max(1.5, Math.abs(y - middle)))
  })
  for (const [text, y] of [
    [`late ${label(range)}`, 11],
    [`early ${label(range)}`, height - 3],
  ] as const) {
    pen.fillStyle = colour("--card")
    pen.fillRect(0, y - 10, pen.measureText(text).width + 6, 13)
    pen.fillStyle = colour("--muted")
    pen.fillText(text, 2, y)
  }
}

const BINS = 31

export function drawHistogram(sheet: Sheet, values: readonly number[]): void {
  const { pen, width, height, colour } = sheet
  if (values.length === 0) return
  const range = usualRange(values)
  const counts = new Array<number>(BINS).fill(0)
  for (const value of values) counts[Math.max(0, Math.min(BINS - 1, Math.floor(((value + range) / (2 * range)) * BINS)))]++
  const most = Math.max(...counts)
  const bin = width / BINS
  pen.fillStyle = colour("--phase")
  counts.forEach((count, i) => {
    const size = (count / most) * (height - 18)
    pen.fillRect(i * bin + 0.75, height - 14 - size, bin - 1.5, size)
  })
  pen.fillStyle = colour("--muted")
  pen.fillText(`−${label(range)}`, 0, height - 2)
  pen.textAlign = "right"
  pen.fillText(`+${label(range)}`, width, height - 2)
  pen.textAlign = "center"
  pen.fillText("0", width / 2, height - 2)
  pen.textAlign = "left"
}

/** Classes of lateness, their borders doubling; heights are logarithmic, so that one in a thousand is still seen. */
export function drawWakeUps(sheet: Sheet, counts: readonly number[]): void {
  const { pen, width, height, colour } = sheet
  const most = Math.log1p(Math.max(...counts, 1))
  const bin = Math.min(64, width / counts.length)
  counts.forEach((count, i) => {
    const size = (Math.log1p(count) / most) * (height - 18)
    pen.fillStyle = colour(i < 8 ? "--out" : "--red")
    pen.fillRect(i * bin + 0.75, height - 14 - size, bin - 2, size)
    pen.fillStyle = colour("--muted")
    if (i % Math.ceil(46 / bin) === 1 && BORDERS[i] !== undefined) pen.fillText(label(BORDERS[i]), (i + 1) * bin - 14, height - 2)
  })
}

function label(micros: number): string {
  return micros >= 1000 ? `${micros / 1000} ms` : `${micros} µs`
}

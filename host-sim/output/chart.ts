/**
 * A panel with a time axis: a curve, dots or stems over seconds. A curve with more samples than pixels becomes the band
 * between the least and the most of each pixel column, so that an hour costs no more than ten seconds and no peak is lost.
 */
import type { Micros } from "../../src/time"
import { FRAME, GRID, line, MUTED, path, px, rectangle, text, ticksBetween } from "./svg"

/** Where time lies across the picture. */
export interface TimeScale {
  readonly from: Micros
  readonly until: Micros
  readonly left: number
  readonly width: number
}

export function xAt({ from, until, left, width }: TimeScale, time: Micros): number {
  return left + ((time - from) / (until - from)) * width
}

export interface Samples {
  /** Ascending. */
  readonly times: ArrayLike<Micros>
  /** NaN breaks the curve. */
  readonly values: ArrayLike<number>
}

export interface Panel {
  readonly scale: TimeScale
  readonly top: number
  readonly height: number
  readonly least: number
  readonly most: number
}

export function yAt({ top, height, least, most }: Panel, value: number): number {
  return top + height - ((value - least) / (most - least)) * height
}

/** Frame, grid and figures at the left; `show` writes a figure of the axis. */
export function panelFrame(panel: Panel, label: string, color: string, show: (value: number) => string): string {
  const { scale, top, height, least, most } = panel
  const rows = ticksBetween(least, most, 5).map((value) => {
    const y = yAt(panel, value)
    return (
      line(scale.left, y, scale.left + scale.width, y, GRID) +
      text(scale.left - 8, y + 4, show(value), { size: 11, fill: MUTED, anchor: "end" })
    )
  })
  return [
    rectangle(scale.left, top, scale.width, height, "#ffffff"),
    ...rows,
    rectangle(scale.left, top, scale.width, height, "none", ` stroke="${FRAME}"`),
    text(scale.left, top - 8, label, { size: 12, fill: color, weight: 600 }),
  ].join("")
}

/** Seconds below a panel. */
export function timeAxis(scale: TimeScale, y: number): string {
  const seconds = ticksBetween(scale.from / 1e6, scale.until / 1e6, 10)
  const marks = seconds.map((second) => {
    const x = xAt(scale, second * 1e6)
    return line(x, y, x, y + 4, FRAME) + text(x, y + 17, String(second), { size: 11, fill: MUTED, anchor: "middle" })
  })
  return marks.join("") + text(scale.left + scale.width + 22, y + 17, "s", { size: 11, fill: MUTED })
}

/** First and one past the last sample on the scale. */
function visible({ times }: Samples, { from, until }: TimeScale): [number, number] {
  let first = 0
  while (first < times.length && times[first] < from) first++
  let end = first
  while (end < times.length && times[end] <= until) end++
  return [first, end]
}

export function curve(panel: Panel, samples: Samples, color: string): string {
  const [first, end] = visible(samples, panel.scale)
  const isBand = end - first > panel.scale.width * 1.5
  if (isBand) return path(bandPath(panel, samples, first, end), `fill="${color}" fill-opacity="0.35" stroke="${color}" stroke-width="0.8"`)
  return path(linePath(panel, samples, first, end), `fill="none" stroke="${color}" stroke-width="1.5" stroke-linejoin="round"`)
}

function linePath(panel: Panel, { times, values }: Samples, first: number, end: number): string {
  let d = ""
  let pen = "M"
  for (let i = first; i < end; i++) {
    if (Number.isNaN(values[i])) pen = "M"
    else {
      d += `${pen}${px(xAt(panel.scale, times[i]))} ${px(yAt(panel, clamped(panel, values[i])))}`
      pen = "L"
    }
  }
  return d
}

function bandPath(panel: Panel, { times, values }: Samples, first: number, end: number): string {
  const columns = new Map<number, { least: number; most: number }>()
  for (let i = first; i < end; i++) {
    if (Number.isNaN(values[i])) continue
    const x = Math.round(xAt(panel.scale, times[i]))
    const column = columns.get(x)
    if (column === undefined) columns.set(x, { least: values[i], most: values[i] })
    else {
      column.least = Math.min(column.least, values[i])
      column.most = Math.max(column.most, values[i])
    }
  }
  let d = ""
  let run: number[] = []
  const close = () => {
    if (run.length === 0) return
    const point = (x: number, value: number) => `${x} ${px(yAt(panel, clamped(panel, value)))}`
    const above = run.map((x) => point(x, columns.get(x)!.most))
    const below = run.map((x) => point(x, columns.get(x)!.least)).reverse()
    d += `M${above.join("L")}L${below.join("L")}Z`
    run = []
  }
  for (const x of columns.keys()) {
    if (run.length > 0 && x > run[run.length - 1] + 3) close()
    run.push(x)
  }
  close()
  return d
}

/** One faint dot a sample, at most a few thousand of them; one that is off the scale lies, full, on the border. */
export function dots(panel: Panel, samples: Samples, color: string, radius: number): string {
  const [first, end] = visible(samples, panel.scale)
  const step = Math.max(1, Math.ceil((end - first) / 2500))
  let within = ""
  let beyond = ""
  for (let i = first; i < end; i += step) {
    if (Number.isNaN(samples.values[i])) continue
    const value = clamped(panel, samples.values[i])
    const dot = `M${px(xAt(panel.scale, samples.times[i]))} ${px(yAt(panel, value))}h0`
    if (value === samples.values[i]) within += dot
    else beyond += dot
  }
  const drawn = `fill="none" stroke="${color}" stroke-width="${radius * 2}" stroke-linecap="round"`
  return path(within, drawn + ' opacity="0.45"') + (beyond === "" ? "" : path(beyond, drawn))
}

/** A stem with a head from zero to each sample. */
export function stems(panel: Panel, samples: Samples, color: string): string {
  const [first, end] = visible(samples, panel.scale)
  const zero = px(yAt(panel, 0))
  let shafts = ""
  let heads = ""
  for (let i = first; i < end && i < first + 1000; i++) {
    const x = px(xAt(panel.scale, samples.times[i]))
    const y = px(yAt(panel, clamped(panel, samples.values[i])))
    shafts += `M${x} ${zero}V${y}`
    heads += `M${x} ${y}h0`
  }
  return (
    path(shafts, `stroke="${color}" stroke-width="1.2" opacity="0.6"`) +
    path(heads, `stroke="${color}" stroke-width="4.4" stroke-linecap="round"`)
  )
}

function clamped({ least, most }: Panel, value: number): number {
  return Math.min(most, Math.max(least, value))
}

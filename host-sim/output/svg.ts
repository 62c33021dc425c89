/** The little of SVG that the timeline needs: safe text, short numbers, axes with round ticks. */

/** Characters XML does not allow at all become a question mark. */
export function escaped(text: string): string {
  const legal = text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/gu, "?")
  return legal.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
}

/** A tenth of a pixel is enough, and shorter. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

export interface TextStyle {
  readonly size?: number
  readonly fill?: string
  readonly anchor?: "start" | "middle" | "end"
  readonly weight?: 400 | 600 | 700
  /** White around the letters, where they stand on a curve. */
  readonly halo?: boolean
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 12, fill = INK, anchor = "start", weight = 400, halo = false } = style
  const around = halo ? ' stroke="#ffffff" stroke-width="3" stroke-linejoin="round" paint-order="stroke"' : ""
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}" font-weight="${weight}"${around}>${escaped(content)}</text>\n`
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, width = 1, dashes = ""): string {
  const dashed = dashes === "" ? "" : ` stroke-dasharray="${dashes}"`
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${stroke}" stroke-width="${width}"${dashed}/>\n`
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string, attributes = ""): string {
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${fill}"${attributes}/>\n`
}

export function path(d: string, attributes: string): string {
  return d === "" ? "" : `<path d="${d}" ${attributes}/>\n`
}

/** Round numbers between two bounds, about `count` of them. */
export function ticksBetween(least: number, most: number, count: number): number[] {
  const rough = (most - least) / count
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => candidate >= rough * 0.999) ?? 10 * magnitude
  const ticks: number[] = []
  for (let i = Math.ceil(least / step - 1e-9); i * step <= most + step * 1e-9; i++) ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

/** `0.3 ms`, `12 µs`: a length a human reads. */
export function durationText(micros: number): string {
  const size = Math.abs(micros)
  const sign = micros < 0 ? "−" : ""
  if (size < 0.05) return "0"
  if (size >= 1e6) return `${sign}${Number((size / 1e6).toPrecision(3))} s`
  if (size >= 1000) return `${sign}${Number((size / 1000).toPrecision(3))} ms`
  return `${sign}${Number(size.toFixed(size < 10 ? 1 : 0))} µs`
}

export const INK = "#1f2933"
export const MUTED = "#6b7785"
export const GRID = "#e7ebef"
export const FRAME = "#c9d1d9"

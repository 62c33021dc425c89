/**
 * The picture of the peers: a row for each input, on the left the interval between clocks, on the right the distance to the nearest true
 * tick, three followers in three colours, their figures under each row's title. A dot is a clock; what is out of range lies on the frame.
 */
import { intervalsOf, type Followed, type PeerInput } from "./peers"

const WIDTH = 1180
const LEFT = 224
const PLOT = { width: 432, height: 132 }
const GAP = { x: 66, y: 62 }
const TOP = 104
const COLOURS = ["#d97706", "#8b5cf6", "#0f766e"]
const INK = "#1f2937"
const PALE = "#6b7280"
/** Seconds shown: from here on where the tempo is steady, or around the step. */
const STEADY_FROM = 10
const SHOWN = 12
const BEFORE_STEP = 3
const PHASE_RANGE_MS = 12

interface Frame {
  readonly x: number
  readonly y: number
  readonly from: number
  readonly to: number
  readonly low: number
  readonly high: number
}

export function drawPeers(inputs: readonly PeerInput[]): string {
  const height = TOP + inputs.length * (PLOT.height + GAP.y) - 6
  const second = LEFT + PLOT.width + GAP.x
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="12" fill="${INK}">`,
    `<title>Three clock followers on the same pulses</title>`,
    `<rect width="${WIDTH}" height="${height}" rx="10" fill="#ffffff"/>`,
    text(24, 36, "One pulse a beat in, MIDI clock out: three followers on the very same pulses", 'font-size="18" font-weight="600"'),
    ...legend(inputs[0].followed),
    text(LEFT, TOP - 12, "Interval between two clocks, ms", 'font-weight="600"'),
    text(second, TOP - 12, "Distance of each clock from the nearest true tick, ms", 'font-weight="600"'),
    ...inputs.map((input, row) => drawRow(input, TOP + row * (PLOT.height + GAP.y), second)),
    "</svg>\n",
  ].join("\n")
}

function legend(followed: readonly Followed[]): string[] {
  const note = "A dot is a clock; out of range, it lies on the frame. Until the first pulse after a step nobody can know the new tempo."
  const marks = followed.map(({ name }, i) => {
    const x = 24 + i * 170
    return `<circle cx="${x + 5}" cy="58" r="5" fill="${COLOURS[i]}"/>` + text(x + 16, 62, name)
  })
  return [...marks, text(LEFT + PLOT.width + GAP.x - 170, 62, note, `font-size="11" fill="${PALE}"`)]
}

function drawRow(input: PeerInput, y: number, second: number): string {
  const start = input.grid[0]
  const from = input.step === undefined ? start + STEADY_FROM * 1e6 : input.step - BEFORE_STEP * 1e6
  const to = from + SHOWN * 1e6
  const zero = input.step ?? from
  const ticks = intervalsOf(input.grid.filter((time) => time >= from && time <= to))
  const low = Math.floor(Math.min(...ticks) - 2)
  const high = Math.ceil(Math.max(...ticks) + 2)
  const left = { x: LEFT, y, from, to, low, high }
  const right = { x: second, y, from, to, low: -PHASE_RANGE_MS, high: PHASE_RANGE_MS }
  const lefts = input.followed.map(({ clocks }, i) => dots(left, clocks.slice(1), intervalsOf(clocks), COLOURS[i]))
  const rights = input.followed.map(({ clocks, errorsMs }, i) => dots(right, clocks, errorsMs, COLOURS[i]))
  return [
    text(24, y + 12, input.title, 'font-weight="600"'),
    ...figures(input, y),
    frame(left, zero, [low, (low + high) / 2, high]),
    frame(right, zero, [-PHASE_RANGE_MS, -6, 0, 6, PHASE_RANGE_MS]),
    ...lefts,
    ...rights,
  ].join("\n")
}

function figures({ followed, step }: PeerInput, y: number): string[] {
  const head = step === undefined ? ["int. sd", "phase sd", "gained"] : ["< 1 ms after", "", "gained"]
  const columns = [72, 128, 178]
  const cells = followed.map(({ figures: f }) =>
    step === undefined
      ? [milliseconds(f.intervalSdMs ?? 0), milliseconds(f.phaseSdMs), String(f.ticksGained)]
      : ["", f.settleMs === null || f.settleMs === undefined ? "never" : `${(f.settleMs / 1000).toFixed(2)} s`, String(f.ticksGained)],
  )
  const at = (column: number, line: number, words: string, colour: string) =>
    text(columns[column], y + 36 + line * 18, words, `font-size="11" text-anchor="end" fill="${colour}"`)
  const titles = step === undefined ? head.map((words, i) => at(i, 0, words, PALE)) : [at(1, 0, head[0], PALE), at(2, 0, head[2], PALE)]
  const marks = followed.map((_, i) => `<circle cx="28" cy="${y + 50 + i * 18}" r="4" fill="${COLOURS[i]}"/>`)
  return [...titles, ...marks, ...cells.flatMap((row, line) => row.map((words, i) => (words ? at(i, line + 1, words, INK) : "")))]
}

function milliseconds(value: number): string {
  return value < 0.0005 ? "0" : value.toFixed(value < 0.1 ? 3 : 2)
}

function frame({ x, y, from, to, low, high }: Frame, zero: number, levels: readonly number[]): string {
  const parts = [`<rect x="${x}" y="${y}" width="${PLOT.width}" height="${PLOT.height}" fill="#f9fafb" stroke="#d1d5db"/>`]
  for (const level of levels) {
    const at = y + PLOT.height * (1 - (level - low) / (high - low))
    parts.push(`<path d="M${x} ${at.toFixed(1)}h${PLOT.width}" stroke="${level === 0 ? "#9ca3af" : "#e5e7eb"}"/>`)
    parts.push(text(x - 6, at + 4, String(level), `font-size="11" text-anchor="end" fill="${PALE}"`))
  }
  const first = Math.ceil((from - zero) / 1e6)
  for (let second = first; second <= (to - zero) / 1e6; second += 3) {
    const at = x + (PLOT.width * (zero + second * 1e6 - from)) / (to - from)
    const label = second + 3 > (to - zero) / 1e6 ? `${second} s` : String(second)
    parts.push(text(at, y + PLOT.height + 15, label, `font-size="11" text-anchor="middle" fill="${PALE}"`))
    if (second === 0 && first < 0) parts.push(`<path d="M${at.toFixed(1)} ${y}v${PLOT.height}" stroke="#9ca3af" stroke-dasharray="3 3"/>`)
  }
  return parts.join("")
}

/** One path of round dots; dots on the same tenth of a pixel are drawn once. */
function dots({ x, y, from, to, low, high }: Frame, times: readonly number[], values: readonly number[], colour: string): string {
  const seen = new Set<string>()
  times.forEach((time, i) => {
    if (time < from || time > to) return
    const share = Math.max(0, Math.min(1, (values[i] - low) / (high - low)))
    const left = x + (PLOT.width * (time - from)) / (to - from)
    seen.add(`M${left.toFixed(1)} ${(y + PLOT.height * (1 - share)).toFixed(1)}h0`)
  })
  return `<path d="${[...seen].join("")}" stroke="${colour}" stroke-width="2.6" stroke-linecap="round" fill="none"/>`
}

function text(x: number, y: number, words: string, attributes = ""): string {
  const escaped = words.replace(/&/g, "&amp;").replace(/</g, "&lt;")
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escaped}</text>`
}

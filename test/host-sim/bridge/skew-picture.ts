/** The picture of the simulated hour (host-sim/bridge/skew.svg): how far four cards are apart, and what was thought of their crystals. */
import { writeFileSync } from "node:fs"

const WIDTH = 960
const LEFT = 70
const RIGHT = 20
const LANE = 190
const TOP = 54
const GAP = 62
const COLOURS = ["#2f6fab", "#c8641b", "#3d8a4a", "#8a4a9a"]

export interface Minute {
  /** From the beginning, s. */
  readonly at: number
  /** Samples: from the first of four to the last, the middle and the worst of the minute. */
  readonly middle: number
  readonly worst: number
  /** Parts per million that each crystal was thought wrong by. */
  readonly errors: readonly number[]
}

export function drawSkew(file: string, minutes: readonly Minute[], ppm: readonly number[]): void {
  const end = minutes[minutes.length - 1].at
  const x = (at: number) => LEFT + (at / end) * (WIDTH - LEFT - RIGHT)
  const lane = (index: number, low: number, high: number) => (value: number) => {
    const bottom = TOP + index * (LANE + GAP) + LANE
    return bottom - ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * LANE
  }
  const skew = lane(0, 0, 2.5)
  const error = lane(1, -1.2, 1.2)
  const line = (values: readonly number[], y: (value: number) => number, colour: string, width = 1.6) =>
    `<polyline fill="none" stroke="${colour}" stroke-width="${width}" points="${values.map((value, index) => `${x(minutes[index].at).toFixed(1)},${y(value).toFixed(1)}`).join(" ")}"/>`
  const text = (left: number, top: number, words: string, options = "") => `<text x="${left}" y="${top}" ${options}>${words}</text>`
  const rule = (y: number, label: string, isBar = false) =>
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}" stroke="${isBar ? "#b03030" : "#ddd"}" ${isBar ? 'stroke-dasharray="5 4"' : ""}/>` +
    text(LEFT - 8, y + 4, label, `text-anchor="end" fill="${isBar ? "#b03030" : "#666"}"`)
  const hours = [0, 10, 20, 30, 40, 50, 60].map((minute) =>
    [0, 1]
      .map((index) =>
        text(x((minute * end) / 60), TOP + index * (LANE + GAP) + LANE + 18, `${minute} min`, 'text-anchor="middle" fill="#666"'),
      )
      .join(""),
  )
  const height = TOP + 2 * LANE + GAP + 34
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(
      LEFT,
      22,
      `Four simulated cards for an hour: crystals at ${ppm.map((value) => (value > 0 ? "+" : "") + value).join(", ")} ppm`,
      'font-size="15" fill="#222"',
    ),
    text(
      LEFT,
      42,
      "From the first of four pulses to the last, in samples of 20.8 us: the middle of each minute, and the worst",
      'fill="#444"',
    ),
    ...[0, 0.5, 1.5, 2.5].map((value) => rule(skew(value), String(value))),
    rule(skew(1), "1"),
    rule(skew(2), "2", true),
    line(
      minutes.map(({ worst }) => worst),
      skew,
      "#d9a066",
      1.4,
    ),
    line(
      minutes.map(({ middle }) => middle),
      skew,
      "#2f6fab",
      2,
    ),
    text(LEFT, TOP + LANE + GAP - 12, "What each crystal was thought wrong by, ppm", 'fill="#444"'),
    ...[-0.5, 0, 0.5].map((value) => rule(error(value), String(value))),
    rule(error(1), "+1", true),
    rule(error(-1), "-1", true),
    ...ppm.map((_, card) =>
      line(
        minutes.map(({ errors }) => errors[card]),
        error,
        COLOURS[card],
      ),
    ),
    ...hours,
    "</svg>",
  ]
  writeFileSync(file, parts.join("\n") + "\n")
}

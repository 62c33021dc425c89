/** Plots a simulation as an oscilloscope would show it: volts over time, a labelled line a net, thinned to what the eye can see. */
import type { Picture } from "./experiments/experiment"
import { voltage } from "./measure"

const WIDTH = 760
const HEIGHT = 300
const LEFT = 56
const RIGHT = 116
const TOP = 42
const BOTTOM = 42
const COLOURS = ["#b4552d", "#8a94a0", "#1f6f54"]

export function plotOf(picture: Picture): string {
  const { waves, from, to } = picture
  const shown = picture.traces.map(({ net, label }) => ({ label, values: voltage(waves, net) }))
  const inside = waves.time.map((time, index) => ({ time, index })).filter(({ time }) => time >= from && time <= to)
  const all = shown.flatMap(({ values }) => inside.map(({ index }) => values[index]))
  const step = niceStep((Math.max(...all) - Math.min(...all)) / 5)
  const low = Math.min(...all) > -0.05 * step ? 0 : Math.floor(Math.min(...all) / step - 0.05) * step
  const high = Math.ceil(Math.max(...all) / step + 0.05) * step
  const x = (time: number): number => LEFT + ((time - from) / (to - from)) * (WIDTH - LEFT - RIGHT)
  const y = (volts: number): number => HEIGHT - BOTTOM - ((volts - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)
  const [unit, scale] = to >= 1e-3 ? ["ms", 1e3] : ["µs", 1e6]
  const columns = shown.length === 3 ? COLOURS : [COLOURS[0], COLOURS[2]]
  const ends = spaced(shown.map(({ values }) => y(values[inside[inside.length - 1].index])))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="14" font-weight="bold" fill="#1d2733">${picture.title}</text>`,
    ...grid(low, high, step).map(
      (volts) =>
        `<path d="M${LEFT} ${round(y(volts))}H${WIDTH - RIGHT}" stroke="${Math.abs(volts) < step / 100 ? "#9aa5b1" : "#e3e8ed"}"/><text x="${LEFT - 8}" y="${round(y(volts) + 4)}" text-anchor="end" fill="#5d6b7a">${tidy(volts)} V</text>`,
    ),
    ...grid(from, to, niceStep((to - from) / 6)).map(
      (time) =>
        `<path d="M${round(x(time))} ${TOP}V${HEIGHT - BOTTOM}" stroke="#e3e8ed"/><text x="${round(x(time))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#5d6b7a">${tidy(time * scale)} ${unit}</text>`,
    ),
    ...(picture.levels ?? []).map(
      ({ volts, label }) =>
        `<path d="M${LEFT} ${round(y(volts))}H${WIDTH - RIGHT}" stroke="#7a4fa3" stroke-dasharray="5 4"/><text x="${WIDTH - RIGHT + 8}" y="${round(y(volts) + 4)}" font-size="11" fill="#7a4fa3">${label}</text>`,
    ),
    ...shown.map(({ values }, index) => {
      const points = thinned(inside.map((point) => [x(point.time), y(values[point.index])]))
      return `<path d="M${points.map(([px, py]) => `${round(px)} ${round(py)}`).join("L")}" fill="none" stroke="${columns[index]}" stroke-width="1.8" stroke-linejoin="round"/>`
    }),
    ...shown.map(
      ({ label }, index) =>
        `<text x="${WIDTH - RIGHT + 8}" y="${round(ends[index] + 4)}" fill="${columns[index]}" font-weight="bold">${label}</text>`,
    ),
    `</svg>`,
    ``,
  ].join("\n")
}

/** Drops the points that change nothing one could see: less than half a pixel off the line between their neighbours. */
function thinned(points: readonly (readonly [number, number] | number[])[]): (readonly number[])[] {
  const kept = [points[0]]
  let start = 0
  for (let end = 2; end < points.length; end++) {
    const [ax, ay] = points[start]
    const [bx, by] = points[end]
    const length = Math.hypot(bx - ax, by - ay) || 1
    const strays = points.slice(start + 1, end).some(([px, py]) => Math.abs((bx - ax) * (ay - py) - (ax - px) * (by - ay)) / length > 0.4)
    if (!strays && end - start < 400) continue
    start = end - 1
    kept.push(points[start])
  }
  return [...kept, points[points.length - 1]]
}

function niceStep(rough: number): number {
  const decade = 10 ** Math.floor(Math.log10(rough))
  return decade * ([1, 2, 5, 10].find((factor) => factor * decade >= rough * 0.999) ?? 10)
}

function grid(low: number, high: number, step: number): number[] {
  const lines: number[] = []
  for (let index = Math.ceil(low / step - 0.01); index * step <= high + step / 100; index++) lines.push(index * step)
  return lines
}

/** Labels pushed at least 15 pixels apart. */
function spaced(wanted: readonly number[]): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b])
  const placed = [...wanted]
  for (let i = 1; i < order.length; i++) placed[order[i]] = Math.max(placed[order[i]], placed[order[i - 1]] + 15)
  return placed
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function tidy(value: number): number {
  return Number(value.toPrecision(6))
}

/**
 * The pulses of a scenario's clock: a tempo that steps and ramps, a grid with swing, jitter by seed, pulses left out and added.
 * Jitter is drawn for every place in the grid, so leaving one out moves none of the others.
 */
import type { Node } from "yaml"
import type { Micros } from "../../src/time"
import { Random } from "./random"
import type { Pulse } from "./recorded-clock"
import { durationOf, momentOf } from "./scenario-time"
import type { TempoMap } from "./tempo-map"
import type { Fields } from "./yaml-source"

const BPM = { min: 0.1, max: 100000 }
const MOST_PULSES = 20_000_000
const STANDARD_WIDTH_MICROS = 5000

/** The pulses in time order. `until` is the scenario's end, where it has one. */
export function clockPulses(fields: Fields, tempo: TempoMap, standardPpqn: number, until: Micros | undefined): Pulse[] {
  const { source } = fields
  const ppqn = fields.number("ppqn", { min: 1, max: 960, whole: true }, standardPpqn)
  changeTempo(fields, tempo)
  const swing = fields.number("swing", { min: 50, max: 75 }, 50) / 50
  const width = fields.node("width")
  const widthMicros = width ? durationOf(source, width, "width") : STANDARD_WIDTH_MICROS
  const jitter = jitterOf(fields)
  const dropped = droppedPulses(fields)
  const grid: Micros[] = []
  const count = pulseCount(fields, tempo, ppqn, until)
  for (let index = 0; index < count; index++) {
    const place = index % 2 === 0 ? index : index - 1 + swing
    const time = tempo.timeOf(place / ppqn) + jitter()
    if (!dropped.has(index + 1)) grid.push(Math.max(0, time))
  }
  const extra = fields.node("extra")
  if (extra) for (const at of source.items(extra)) grid.push(momentOf(source, at, "extra", tempo))
  grid.sort((one, other) => one - other)
  return grid.map((start, index) => ({ start, end: start + Math.min(widthMicros, ((grid[index + 1] ?? Infinity) - start) / 2) }))
}

function pulseCount(fields: Fields, tempo: TempoMap, ppqn: number, until: Micros | undefined): number {
  const { source } = fields
  const ends = ["beats", "for", "until"].filter((name) => fields.node(name))
  if (ends.length > 1) source.refuse(fields.place, `a clock has ${ends.join(" and ")}; expected one of them`)
  let end = until
  if (ends[0] === "for") end = tempo.timeOf(0) + durationOf(source, fields.required("for"), "for")
  if (ends[0] === "until") end = momentOf(source, fields.required("until"), "until", tempo)
  if (ends.length === 0 && end === undefined)
    source.refuse(fields.place, "a clock has no end; expected beats, for or until, or the scenario's duration")
  const beats = ends[0] === "beats" ? fields.number("beats", { min: 0, max: 1e6 }) : Math.max(0, tempo.beatAt(end as number))
  const count = Math.ceil(beats * ppqn - 1e-9)
  return count <= MOST_PULSES ? count : source.refuse(fields.place, `a clock has ${count} pulses; expected ${MOST_PULSES} at most`)
}

function changeTempo(fields: Fields, tempo: TempoMap): void {
  const { source } = fields
  const node = fields.node("tempo")
  if (!node) return
  for (const item of source.items(node)) {
    const change = source.fieldsOf(item, ["at", "bpm", "over"], "a change of tempo")
    const at = change.required("at")
    const beat = tempo.beatAt(momentOf(source, at, "at", tempo))
    if (beat < tempo.settledBeat - 1e-9)
      source.refuse(at, `"at" is ${source.show(at)}, before the last change has ended; expected changes in order`)
    tempo.change(Math.max(beat, tempo.settledBeat), change.number("bpm", BPM), change.number("over", { min: 0, max: 1e6 }, 0))
  }
}

function jitterOf(fields: Fields): () => number {
  const { source } = fields
  const node = fields.node("jitter")
  if (!node) return () => 0
  const jitter = source.fieldsOf(node, ["sigma", "seed", "clip"], "jitter")
  const sigma = durationOf(source, jitter.required("sigma"), "sigma")
  const clipNode = jitter.node("clip")
  const clip = clipNode ? durationOf(source, clipNode, "clip") : 3 * sigma
  if (clip < sigma) source.refuse(clipNode as Node, `"clip" is ${source.show(clipNode as Node)}; expected no less than sigma`)
  const random = new Random(jitter.number("seed", { min: 0, max: 2 ** 31 - 1, whole: true }, 1))
  return sigma === 0 ? () => 0 : () => random.clippedGaussian(sigma, clip)
}

/** `[5, 9..12]`: numbers of pulses, from 1. */
function droppedPulses(fields: Fields): Set<number> {
  const { source } = fields
  const dropped = new Set<number>()
  const node = fields.node("drop")
  for (const item of node ? source.items(node) : []) {
    const parts = /^(\d{1,8})(?:\.\.(\d{1,8}))?$/.exec(String(source.scalar(item)))
    const first = Number(parts?.[1])
    const last = Number(parts?.[2] ?? parts?.[1])
    if (!parts || first < 1 || last < first || last - first > 1e6) {
      source.refuse(item, `"drop" holds ${source.show(item)}; expected numbers of pulses from 1, like 5 or 9..12`)
    }
    for (let pulse = first; pulse <= last; pulse++) dropped.add(pulse)
  }
  return dropped
}

/** Times in scenarios: `2s`, `500ms`, `250us`, `1.5min`, `beat 5`, `beat 5 + 10ms`. */
import type { Node } from "yaml"
import type { Micros } from "../../src/time"
import type { TempoMap } from "./tempo-map"
import type { YamlSource } from "./yaml-source"

const UNITS: Record<string, number> = { us: 1, µs: 1, ms: 1e3, s: 1e6, min: 60e6, h: 3600e6 }
const DURATION = /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min|h)$/
const BEAT = /^beat\s+(\d+(?:\.\d+)?)(?:\s*([+-])\s*(\S.*))?$/
/** A week: longer is a slip of the pen. */
const LONGEST_MICROS = 7 * 24 * 3600e6

export function parseDuration(text: unknown): Micros | undefined {
  if (text === 0) return 0
  const parts = typeof text === "string" ? DURATION.exec(text.trim()) : null
  if (!parts) return undefined
  const micros = Number(parts[1]) * UNITS[parts[2]]
  return micros <= LONGEST_MICROS ? micros : undefined
}

export function durationOf(source: YamlSource, node: Node, name: string): Micros {
  const micros = parseDuration(source.scalar(node))
  return micros ?? source.refuse(node, `"${name}" is ${source.show(node)}; expected a time like 2s, 500ms, 250us or 1min`)
}

/** Microseconds of `text`: a duration from the start, or a beat, counted from 1. Undefined where it is neither. */
export function parseMoment(text: unknown, beats: TempoMap | undefined): Micros | undefined {
  const plain = parseDuration(text)
  if (plain !== undefined) return plain
  const parts = typeof text === "string" ? BEAT.exec(text.trim()) : null
  const shift = parts?.[3] === undefined ? 0 : parseDuration(parts[3])
  if (!parts || shift === undefined || !beats) return undefined
  return beats.timeOf(Number(parts[1]) - 1) + (parts[2] === "-" ? -shift : shift)
}

/** A moment of the scenario, at its start at the earliest. */
export function momentOf(source: YamlSource, node: Node, name: string, beats: TempoMap | undefined): Micros {
  const text = source.scalar(node)
  const moment = parseMoment(text, beats)
  if (moment !== undefined && moment >= 0) return moment
  const wrong = `"${name}" is ${source.show(node)}`
  if (moment !== undefined) source.refuse(node, `${wrong}, which is before the start`)
  if (!beats && typeof text === "string" && BEAT.test(text.trim())) {
    source.refuse(node, `${wrong}, but there is no clock to count beats on; expected a time like 2s`)
  }
  return source.refuse(node, `${wrong}; expected a time like 2s or 500ms, or a beat like beat 5 or beat 5 + 10ms`)
}

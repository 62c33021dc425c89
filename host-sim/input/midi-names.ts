/** MIDI messages by the names people use for them, for scenarios. */
import type { Node } from "yaml"
import { isScalar } from "yaml"
import type { Fields, YamlSource } from "./yaml-source"

export const MESSAGE_NAMES = ["clock", "start", "continue", "stop", "active-sensing", "system-reset", "tune-request"] as const

const SINGLE_BYTES: Record<string, number> = {
  clock: 0xf8,
  start: 0xfa,
  continue: 0xfb,
  stop: 0xfc,
  "active-sensing": 0xfe,
  "system-reset": 0xff,
  "tune-request": 0xf6,
}

export const MESSAGE_KEYS = [
  "song-position",
  "note",
  "velocity",
  "control",
  "value",
  "program",
  "bend",
  "channel",
  "sysex",
  "bytes",
] as const

const SEVEN_BITS = { min: 0, max: 127, whole: true }
const SEMITONES: Record<string, number> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 }

export interface NamedMessage {
  readonly bytes: number[]
  /** What ends it, where it is a note. */
  readonly release?: number[]
}

/** A name (`start`), or a mapping like `{ note: C4, velocity: 100 }`, `{ song-position: 16 }`, `{ sysex: 7D 01 02 }`, `{ bytes: FA F8 }`. */
export function midiMessage(source: YamlSource, node: Node): NamedMessage {
  const name = source.scalar(node)
  if (isScalar(source.resolve(node))) {
    const byte = SINGLE_BYTES[String(name)]
    if (byte !== undefined) return { bytes: [byte] }
    source.refuse(
      node,
      `"midi" is ${source.show(node)}; expected ${MESSAGE_NAMES.join(", ")}, or a mapping with ${MESSAGE_KEYS.join(", ")}`,
    )
  }
  const fields = source.fieldsOf(node, MESSAGE_KEYS, "a MIDI message")
  const channel = fields.number("channel", { min: 1, max: 16, whole: true }, 1) - 1
  if (fields.node("song-position")) {
    const position = fields.number("song-position", { min: 0, max: 16383, whole: true })
    return { bytes: [0xf2, position & 127, position >> 7] }
  }
  if (fields.node("note")) {
    const note = noteNumber(fields)
    return { bytes: [0x90 + channel, note, fields.number("velocity", SEVEN_BITS, 100)], release: [0x80 + channel, note, 64] }
  }
  if (fields.node("control")) {
    return { bytes: [0xb0 + channel, fields.number("control", SEVEN_BITS), fields.number("value", SEVEN_BITS)] }
  }
  if (fields.node("program")) return { bytes: [0xc0 + channel, fields.number("program", SEVEN_BITS)] }
  if (fields.node("bend")) {
    const bend = fields.number("bend", { min: -8192, max: 8191, whole: true }) + 8192
    return { bytes: [0xe0 + channel, bend & 127, bend >> 7] }
  }
  if (fields.node("sysex")) return { bytes: [0xf0, ...hexBytes(fields, "sysex", 0x7f), 0xf7] }
  if (fields.node("bytes")) return { bytes: hexBytes(fields, "bytes", 0xff) }
  return source.refuse(node, `names no message; expected one of ${MESSAGE_KEYS.join(", ")}`)
}

/** 0..127, or a name like C4 (60), F#3, Bb-1. */
function noteNumber(fields: Fields): number {
  const node = fields.required("note")
  const value = fields.source.scalar(node)
  if (typeof value === "number") return fields.numberOf(node, "note", SEVEN_BITS)
  const parts = /^([A-G])([#b]?)(-?\d)$/.exec(String(value))
  const number = parts ? SEMITONES[parts[1]] + (parts[2] === "#" ? 1 : parts[2] === "b" ? -1 : 0) + 12 * (Number(parts[3]) + 1) : -1
  if (number >= 0 && number <= 127) return number
  return fields.source.refuse(node, `"note" is ${fields.source.show(node)}; expected 0..127 or a name like C4 or F#3`)
}

function hexBytes(fields: Fields, name: string, highest: number): number[] {
  const node = fields.required(name)
  const words = String(fields.source.scalar(node) ?? "")
    .trim()
    .split(/\s+/)
  const bytes = words.map((word) => (/^[0-9a-fA-F]{2}$/.test(word) ? parseInt(word, 16) : 256))
  if (bytes.every((byte) => byte <= highest)) return bytes
  const range = `00..${highest.toString(16).toUpperCase()}`
  return fields.source.refuse(node, `"${name}" is ${fields.source.show(node)}; expected bytes in hexadecimal, ${range}, like "7D 01 02"`)
}

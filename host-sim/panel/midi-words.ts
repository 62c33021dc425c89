/** MIDI messages in words, for the monitor. */
import { byteOf, type EventWord, lengthOf } from "../../src/event"

const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"]
const CHANNEL_MESSAGES: Record<number, ((one: number, two: number) => string) | undefined> = {
  0x80: (note) => `note off ${noteName(note)}`,
  0x90: (note, velocity) => (velocity === 0 ? `note off ${noteName(note)}` : `note on ${noteName(note)}, ${velocity}`),
  0xa0: (note, pressure) => `pressure ${noteName(note)}, ${pressure}`,
  0xb0: (number, value) => `controller ${number} = ${value}`,
  0xc0: (program) => `program ${program}`,
  0xd0: (pressure) => `pressure ${pressure}`,
  0xe0: (low, high) => `bend ${low + high * 128 - 8192}`,
}
const SYSTEM_MESSAGES: Record<number, string> = {
  0xf1: "time code",
  0xf2: "song position",
  0xf3: "song select",
  0xf6: "tune request",
  0xf8: "clock",
  0xfa: "start",
  0xfb: "continue",
  0xfc: "stop",
  0xfe: "active sensing",
  0xff: "reset",
}

/** The bytes of an event word. */
export function bytesOf(word: EventWord): number[] {
  return Array.from({ length: lengthOf(word) }, (_, i) => byteOf(word, i))
}

export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(" ")
}

/** What one packet says; "" where it is a part of something longer. */
export function messageWords(bytes: readonly number[]): string {
  const [status, one = 0, two = 0] = bytes
  if (status === 0xf2) return `song position ${one + two * 128}`
  if (status === 0xf0) return "SysEx"
  if (status >= 0xf0) return SYSTEM_MESSAGES[status] ?? ""
  const describe = CHANNEL_MESSAGES[status & 0xf0]
  return status >= 0x80 && describe && bytes.length > 1 ? `${describe(one, two)} · channel ${(status & 15) + 1}` : ""
}

/** Bytes a user wrote as hexadecimal pairs; undefined where they are none. */
export function parseHex(text: string): number[] | undefined {
  const pairs = text.trim().split(/[\s,]+/)
  return pairs.every((pair) => /^[0-9a-f]{1,2}$/i.test(pair)) ? pairs.map((pair) => parseInt(pair, 16)) : undefined
}

function noteName(note: number): string {
  return `${NOTES[note % 12]}${Math.floor(note / 12) - 1}`
}

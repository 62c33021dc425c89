/**
 * The chip against the simulator, port by port: the same events in the same order, each within a tolerance of its time. DIN
 * messages are held against each other byte by byte, as the wire has them. USB has tolerances of its own, from TypeScript to the
 * endpoint: 100 us for real-time bytes, more for what is passed through, which has an interrupt, TypeScript and the controller in its
 * way. A host polls anyway. SysEx is a row of its own: what passes through takes its time from its last byte's, an answer waits for
 * TypeScript, both are on no beat, and a clock may overtake them. What the wire cannot carry is judged by message (overload.ts).
 */
import {
  byteEvent,
  byteOf,
  lengthOf,
  OUT_MIDI_CONFIG,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUTPUT_PORTS,
  portOf,
  type EventWord,
} from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { isOverload, judgeOverload, sysexOf } from "./overload"

/** The bar of a clock byte, and what a note passed through is granted (measured: 125 us). */
export const USB_CLOCK_TOLERANCE_MICROS = 100
export const USB_TOLERANCE_MICROS = 250
/** SysEx on the DIN wire. A byte that comes in is stamped up to 62 us late. */
export const DIN_SYSEX_TOLERANCE_MICROS = 100
/** An answer to SysEx. Measured: 74 ms, where a write changes four channels at once. */
export const REPLY_MICROS = 100000

/**
 * The longest turn of TypeScript. What is decided later than this before its time (a note passed through, the answer to a pulse nobody
 * could foresee) may be late by what is missing.
 */
export const TURN_MICROS = 6000

export interface TimedWord {
  readonly time: number
  readonly word: EventWord
  /** How long before its time it was decided, where that is known. */
  readonly lead?: number
}

export interface PortComparison {
  readonly port: string
  readonly events: number
  /** Those of them that were decided less than a turn ahead, and how late the latest of these was; `least` to `most` are the others'. */
  readonly answers: number
  readonly latestAnswer: number
  /** Chip minus simulator, microseconds. */
  readonly least: number
  readonly median: number
  /** Of 1,000 no more than one lies above it. */
  readonly p999: number
  readonly most: number
  /** What is wrong, in words; empty if nothing. */
  readonly problems: readonly string[]
  readonly note?: string
  /** What `least` to `most` are taken from. */
  readonly matched: readonly Matched[]
}

export interface Matched {
  /** The simulator's time. */
  readonly time: number
  readonly error: number
}

/** Least, median, of a thousand the one that one lies above, and most. Zeros of nothing. */
export function spread(errors: readonly number[]): { least: number; median: number; p999: number; most: number } {
  const sorted = [...errors].sort((one, other) => one - other)
  return {
    least: sorted[0] ?? 0,
    median: sorted[sorted.length >> 1] ?? 0,
    p999: sorted[Math.ceil(sorted.length * 0.999) - 1] ?? 0,
    most: sorted.at(-1) ?? 0,
  }
}

/** `sent`: the SysEx messages of each input (sentSysex), where there may be more than a wire can carry. */
export function compareRuns(
  chip: readonly TimedWord[],
  simulator: readonly TimedWord[],
  tolerance: number,
  sent: readonly string[][] = [],
): PortComparison[] {
  const seen = byPort(chip)
  const expected = byPort(simulator)
  return [...OUTPUT_PORTS, ...OUTPUT_PORTS.map((name) => `${name} sysex`)]
    .map((name, row) => {
      const compared = comparePort(name, seen[row], expected[row], tolerance)
      return compared.problems.length > 0 && row >= OUTPUT_PORTS.length ? underLoad(compared, seen[row], expected[row], sent) : compared
    })
    .filter(({ events, problems }) => events > 0 || problems.length > 0)
}

function underLoad(
  compared: PortComparison,
  seen: readonly TimedWord[],
  expected: readonly TimedWord[],
  sent: readonly string[][],
): PortComparison {
  const [ours, theirs] = [seen, expected].map((row) => sysexOf(row.map(({ word }) => word)))
  if (!isOverload(theirs, sent)) return compared
  const note = `${ours.length} of ${sent.flat().length} messages; the wire has no room for all`
  return { ...compared, note, problems: judgeOverload(ours, theirs, sent) }
}

function isUsb(word: EventWord): boolean {
  const port = portOf(word)
  return port === OUT_MIDI_USB || port === OUT_MIDI_CONFIG
}

/** What begins with F0, F7 or data: on USB a part of a SysEx, on the wire perhaps. */
function isSysexPart(word: EventWord): boolean {
  const first = byteOf(word, 0)
  return first === 0xf0 || first === 0xf7 || first < 0x80
}

function isUsbSysex(word: EventWord): boolean {
  return isUsb(word) && isSysexPart(word)
}

/** What USB is granted, and SysEx on the wire; 0 elsewhere. */
function ownTolerance(word: EventWord, isSysex: boolean): number {
  if (!isUsb(word)) return isSysex ? DIN_SYSEX_TOLERANCE_MICROS : 0
  return byteOf(word, 0) >= 0xf8 ? USB_CLOCK_TOLERANCE_MICROS : USB_TOLERANCE_MICROS
}

/** A list a port, then a list a port of its SysEx. */
function byPort(words: readonly TimedWord[]): TimedWord[][] {
  const ports: TimedWord[][] = [...OUTPUT_PORTS, ...OUTPUT_PORTS].map(() => [])
  for (const { time, word, lead } of words) {
    const port = portOf(word) + (isUsbSysex(word) ? OUTPUT_PORTS.length : 0)
    if (port !== OUT_MIDI_DIN) ports[port].push({ time, word, lead })
    else
      for (let i = 0; i < lengthOf(word); i++)
        ports[port].push({ time: time + i * DIN_BYTE_MICROS, word: byteEvent(port, byteOf(word, i)), lead })
  }
  for (const list of ports) list.sort((one, other) => one.time - other.time)
  ;[ports[OUT_MIDI_DIN], ports[OUT_MIDI_DIN + OUTPUT_PORTS.length]] = apart(ports[OUT_MIDI_DIN])
  return ports
}

/** The wire's bytes outside SysEx and inside. */
function apart(bytes: readonly TimedWord[]): [TimedWord[], TimedWord[]] {
  const rows: [TimedWord[], TimedWord[]] = [[], []]
  let isInside = false
  for (const one of bytes) {
    const byte = byteOf(one.word, 0)
    if (byte < 0xf8 && byte >= 0x80 && byte !== 0xf7) isInside = byte === 0xf0
    rows[byte < 0xf8 && isInside ? 1 : 0].push(one)
    if (byte === 0xf7) isInside = false
  }
  return rows
}

function comparePort(port: string, seen: readonly TimedWord[], expected: readonly TimedWord[], tolerance: number): PortComparison {
  const problems: string[] = []
  const both = Math.min(seen.length, expected.length)
  const matched: Matched[] = []
  const answers: number[] = []
  for (let i = 0; i < both; i++) {
    if (seen[i].word !== expected[i].word) {
      problems.push(
        `event ${i} at ${seen[i].time.toFixed(1)} us is ${hex(seen[i])}, the simulator has ${hex(expected[i])} at ${expected[i].time}`,
      )
      break
    }
    const error = seen[i].time - expected[i].time
    const ahead = expected[i].lead ?? TURN_MICROS
    const missing = ahead >= TURN_MICROS ? 0 : isUsbSysex(expected[i].word) ? REPLY_MICROS : TURN_MICROS - ahead
    if (missing > 0) answers.push(error)
    else matched.push({ time: expected[i].time, error })
    const granted = Math.max(tolerance, ownTolerance(expected[i].word, port.endsWith("sysex")))
    if ((error < -granted || error > granted + missing) && problems.length === 0)
      problems.push(
        `event ${i} (${hex(expected[i])}) comes at ${seen[i].time.toFixed(1)} us, ${error.toFixed(1)} us from the simulator's ${expected[i].time}`,
      )
  }
  if (seen.length !== expected.length) problems.push(`${seen.length} events, the simulator has ${expected.length}`)
  return {
    port,
    events: expected.length,
    answers: answers.length,
    latestAnswer: answers.reduce((latest, error) => Math.max(latest, error), 0),
    ...spread(matched.map(({ error }) => error)),
    problems,
    matched,
  }
}

function hex({ word }: TimedWord): string {
  return `0x${(word >>> 0).toString(16)}`
}

/**
 * Configuration over SysEx, on USB cable 2 (port `midi-usb-config`). All messages are `F0 7D 74 63 cc ... F7` (manufacturer 7D,
 * non-commercial; "tc"); texts are printable ASCII, values are JSON. `key` is a key of settings.md, such as `sync.0.ppqn`.
 *
 *   01 key                read one                  answered by 02 key=value
 *   03                    dump                      answered by 04 n n m m key=value, one message each 20 ms, number n of m, low seven bits first
 *   05 {nested JSON}      write, all or nothing     answered by 06 00, or 06 01 and the reason; read back with 01 (a secret reads as "*")
 *   07                    factory settings          answered by 06 00
 *   08                    counters of every fault   answered by 09 {JSON}
 *   0A output input       self-test over a cable    answered by 0B {JSON} half a second later, or 06 01 and the reason (see self-test.ts)
 *
 * What is for another device is left alone; what is malformed is counted and not answered. Cold code: it makes strings. A message is
 * not acted on as it comes in, but by the next render, at the same moment: see Module on what is committed before.
 */
import { byteOf, lengthOf, type EventWord } from "../event"
import { MidiParser, SYSEX } from "../midi/parser"
import type { WordQueue } from "../midi/word-queue"
import { rowOf, shownSetting, standardSettings, type Settings } from "../settings"
import { SETTING_ROWS } from "../settings-table"
import type { Micros } from "../time"
import { identity, IDENTITY_LENGTH, isIdentityRequest } from "./identity"
import { SelfTest } from "./self-test"

const HEAD: readonly number[] = [0xf0, 0x7d, 0x74, 0x63]
const BODY = 5
const READ = 0x01
const VALUE = 0x02
const DUMP = 0x03
const ROW = 0x04
const WRITE = 0x05
const DONE = 0x06
const FACTORY = 0x07
const COUNTERS = 0x08
const COUNTED = 0x09
const TEST = 0x0a
const TESTED = 0x0b

/** From a question to its answer. */
const ANSWER_MICROS = 2000
/** From one message of a dump to the next: longer than a board takes to make one, or the clock would wait for the rest of them. */
const ROW_MICROS = 20000
/** Longest text of an answer: a SysEx is 512 bytes at the most. */
const LONGEST_TEXT = 500
/** Of a refusal: each letter takes a board its time, and the first reason is the one that helps. */
const LONGEST_REFUSAL = 200
/** Opening brackets of a write: more than all settings have. An RP2040's stack takes some 120 of them, one in another, and 450 reset it. */
const MOST_BRACKETS = 64
/** Letters looked at together: on XS each look counts from the string's beginning. */
const PIECE = 32
/** A text, what stands before it, and the piece at which it is cut off, should all of that be escaped. */
const LONGEST_ANSWER = LONGEST_TEXT + 16 + 6 * PIECE

/** What the port configures. */
export interface Configurable {
  readonly settings: Settings
  /** Takes a change of settings at the moment that is being acted on. Returns what is wrong. */
  takeSettings(change: unknown): string[]
  counters(): Record<string, number>
  /** Why the outputs cannot be tested now; empty where they can. */
  busyWith(): string
  restingLevel(output: number): number
}

export class ConfigPort {
  /** Messages for this device that could not be understood. */
  refused = 0
  readonly selfTest = new SelfTest()
  /** The parser holds a message that is to be acted on. */
  private isAsked = false
  private readonly parser = new MidiParser()
  /** Made letter by letter: on XS a string that grows is a new one with each letter. */
  private readonly answer = new Uint8Array(LONGEST_ANSWER)
  private nextRow = SETTING_ROWS.length
  private nextRowAt: Micros = 0

  constructor(
    private readonly device: Configurable,
    private readonly queue: WordQueue,
  ) {
    this.answer.set(HEAD)
  }

  /** True: a message is whole, and to be acted on. Nothing in one event follows its end, as in a USB-MIDI packet. */
  input(event: EventWord): boolean {
    const parser = this.parser
    if (parser.takeData(event)) return false
    const length = lengthOf(event)
    for (let i = 0; i < length; i++) {
      if (parser.parse(byteOf(event, i)) === SYSEX) {
        this.isAsked = true
        return true
      }
    }
    return false
  }

  /** Acts on the message that came in at `time`, if any did. True: it did. */
  act(time: Micros): boolean {
    if (!this.isAsked) return false
    this.isAsked = false
    const bytes = this.parser.sysex
    const length = this.parser.sysexLength
    if (isIdentityRequest(bytes, length)) this.queue.pushSysex(time + ANSWER_MICROS, identity(), IDENTITY_LENGTH)
    else if (length > BODY && isOurs(bytes)) this.obey(time, bytes[4], textOf(bytes, length))
    return true
  }

  /** A dump is under way. */
  isDumping(): boolean {
    return this.nextRow < SETTING_ROWS.length
  }

  /** Sends the rows of a dump that are due before `horizon`. */
  dump(horizon: Micros): void {
    while (this.isDumping() && this.nextRowAt < horizon) {
      const n = this.nextRow++
      const rows = SETTING_ROWS.length
      this.send(this.nextRowAt, ROW, this.line(SETTING_ROWS[n].key), [n & 0x7f, n >> 7, rows & 0x7f, rows >> 7])
      this.nextRowAt += ROW_MICROS
    }
  }

  /** The self-test is over. */
  finishTest(moment: Micros): void {
    this.send(moment + ANSWER_MICROS, TESTED, JSON.stringify(this.selfTest.finish()))
  }

  private obey(time: Micros, command: number, text: string): void {
    const at = time + ANSWER_MICROS
    if (this.selfTest.isRunning) this.send(at, DONE, "a self-test is under way", [1])
    else if (command === READ && rowOf(text) !== undefined) this.send(at, VALUE, this.line(text))
    else if (command === WRITE) this.write(at, text)
    else if (command === DUMP && text === "") {
      this.nextRow = 0
      this.nextRowAt = at
    } else if (command === FACTORY && text === "") this.take(at, standardSettings())
    else if (command === COUNTERS && text === "") this.send(at, COUNTED, JSON.stringify(this.device.counters()))
    else if (command === TEST) this.test(at, text)
    else this.refused++
  }

  private test(at: Micros, text: string): void {
    const device = this.device
    const problem = device.busyWith() || this.selfTest.begin(at, text, (output) => device.restingLevel(output))
    if (problem !== "") this.send(at, DONE, problem, [1])
  }

  private write(at: Micros, text: string): void {
    if (text.split("[").length + text.split("{").length - 2 > MOST_BRACKETS) {
      this.send(at, DONE, `more than ${MOST_BRACKETS} brackets`, [1])
      return
    }
    let change: unknown
    try {
      change = JSON.parse(text)
    } catch {
      this.send(at, DONE, "not JSON", [1])
      return
    }
    this.take(at, change)
  }

  private take(at: Micros, change: unknown): void {
    const problems = this.device.takeSettings(change)
    if (problems.length === 0) this.send(at, DONE, "", [0])
    else this.send(at, DONE, problems.join("; ").slice(0, LONGEST_REFUSAL), [1])
  }

  private line(key: string): string {
    return `${key}=${JSON.stringify(shownSetting(this.device.settings, key))}`
  }

  private send(at: Micros, command: number, text: string, before: readonly number[] = []): void {
    const bytes = this.answer
    let end = HEAD.length
    bytes[end++] = command
    for (let i = 0; i < before.length; i++) bytes[end++] = before[i]
    const furthest = end + LONGEST_TEXT
    for (let i = 0; end < furthest; i += PIECE) {
      const piece = text.slice(i, i + PIECE)
      if (piece === "") break
      end = put(piece, bytes, end)
    }
    if (end > furthest) end = furthest
    bytes[end++] = 0xf7
    this.queue.pushSysex(at, bytes, end)
  }
}

function isOurs(bytes: Uint8Array): boolean {
  for (let i = 0; i < HEAD.length; i++) if (bytes[i] !== HEAD[i]) return false
  return true
}

/** Letters a call: on XS a call takes as long as many letters, and each sum is a new string; its stack has some hundred places. */
const LETTERS = 64

function textOf(bytes: Uint8Array, length: number): string {
  const end = length - 1
  let text = ""
  for (let i = BODY; i < end; i += LETTERS) {
    const letters = bytes.subarray(i, i + LETTERS < end ? i + LETTERS : end)
    text += String.fromCharCode.apply(null, letters as unknown as number[])
  }
  return text
}

/** Returns where it ends. What is not ASCII is written the way JSON escapes it. */
function put(piece: string, bytes: Uint8Array, end: number): number {
  const { length } = piece
  for (let i = 0; i < length; i++) {
    const code = piece.charCodeAt(i)
    if (code < 0x7f) bytes[end++] = code
    else end = put("\\u" + code.toString(16).padStart(4, "0"), bytes, end)
  }
  return end
}

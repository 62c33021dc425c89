/**
 * What the panel and the host say to each other over the WebSocket: one JSON object a message.
 *
 *   page -> host   {"id": 7, "input": {"port": "keys", "bytes": [97]}}    as a line of TRACE.jsonl, without its time
 *                  {"id": 8, "set": {"tempo": 130}}                       settings, all or none
 *                  {"id": 9, "clock": {"tempo": 120, "ppqn": 4, "jitterMicros": 500}}   pulses into the CV input by themselves; null: no more
 *                  {"id": 10, "save": true}                               the settings into the file the host was started with
 *                  {"id": 11, "factory": true}                            all settings as delivered
 *                  {"id": 12, "findCards": true}                          which sound cards the computer has: told to all panels
 *                  {"id": 13, "useCards": {"cards": [{"card": "USB Audio", "left": "sync1"}]}}   plays on these, as a file for --cards has them
 *   host -> page   {"hello": {"version": "0.1.0", "settings": {...}, "connections": {...}}}   once, when the core runs
 *                  {"update": {"time": ..., "state": {...}, "inputs": [...], "outputs": [...], ...}}   40 times a second, see engine.ts
 *                  {"settings": {...}}                                    whole, whenever the module holds others than before
 *                  {"midi": {"virtualPort": "tactus", "ports": [...]}}    the computer's MIDI ports, whenever something is different, see ../midi/midi-status.ts
 *                  {"answer": 8, "problems": ["tempo is 1; expected 20..999.99 BPM"]}   one for each request; no problems: done
 *                  {"cards": [{"card": "USB Audio", "state": "playing", "ppm": 12.3, ...}], "aheadMicros": 600000, "midiWaits": true}   twice a second, where it plays on
 *                                                                        sound cards; MIDI ports wait for them or not
 *                  {"soundCards": [{"name": "USB Audio", "id": "1331..."}]}   the cards there are
 *                  {"cardPlans": [{"card": "USB Audio", "sides": [...], ...}]}   what plays on which, whenever that is different, see ../bridge/wiring.ts
 *                  {"network": {"state": "leading", "peers": ["drums"], "errorMicros": 60, ...}}   four times a second, see ../net/network-report.ts
 *
 * `id` is the page's own number, 0..2^31. A message that is none of these is answered with what was expected and changes nothing.
 */
import { INPUT_PORTS } from "../../src/event"
import { INPUT_KINDS, type NestedSettings } from "../input/timed-input"

/** Longer messages close the connection. */
export const LONGEST_MESSAGE = 65536
const MOST_BYTES = 1024
/** Settings are three deep. Anything much deeper is meant to overflow somebody's stack. */
const DEEPEST = 8

/** What a port takes at once. */
export type InputContent = { readonly level: number } | { readonly value: number } | { readonly bytes: readonly number[] }

export interface ClockPatch {
  readonly tempo: number
  readonly ppqn: number
  readonly jitterMicros: number
}

export type Request =
  | { readonly kind: "input"; readonly id: number; readonly port: number; readonly content: InputContent }
  | { readonly kind: "set"; readonly id: number; readonly set: NestedSettings }
  | { readonly kind: "clock"; readonly id: number; readonly clock: ClockPatch | null }
  | { readonly kind: "save"; readonly id: number }
  | { readonly kind: "factory"; readonly id: number }
  | { readonly kind: "find-cards"; readonly id: number }
  | { readonly kind: "use-cards"; readonly id: number; readonly cards: object }

export interface Refusal {
  readonly kind: "refused"
  /** The request's own, where it had one; else 0. */
  readonly id: number
  readonly problem: string
}

export function readRequest(text: string): Request | Refusal {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return refuse(0, "the message is not JSON")
  }
  if (!isObject(message)) return refuse(0, 'the message is no object; expected one like {"id": 1, "set": {...}}')
  const { id } = message
  if (!isWhole(id, 2 ** 31)) return refuse(0, '"id" is not a whole number; expected the page\'s own number of the request')
  if ("input" in message) return readInput(id, message.input)
  if ("set" in message) {
    return isObject(message.set) && !isDeeper(message.set, DEEPEST)
      ? { kind: "set", id, set: message.set }
      : refuse(id, '"set" is no object of settings; expected one like {"sync": [{"ppqn": 4}]}')
  }
  if ("clock" in message) return readClock(id, message.clock)
  if (message.save === true) return { kind: "save", id }
  if (message.factory === true) return { kind: "factory", id }
  if (message.findCards === true) return { kind: "find-cards", id }
  if ("useCards" in message) {
    return isObject(message.useCards) && !isDeeper(message.useCards, DEEPEST)
      ? { kind: "use-cards", id, cards: message.useCards }
      : refuse(id, '"useCards" is no object; expected one like {"cards": [{"card": "USB Audio", "left": "sync1"}]}')
  }
  return refuse(id, 'expected "input", "set", "clock", "save", "factory", "findCards" or "useCards"')
}

function readInput(id: number, input: unknown): Request | Refusal {
  if (!isObject(input)) return refuse(id, '"input" is no object')
  const port = INPUT_PORTS.indexOf(input.port as (typeof INPUT_PORTS)[number])
  if (port < 0) return refuse(id, `"port" is unknown; expected one of ${INPUT_PORTS.join(", ")}`)
  const kind = INPUT_KINDS[port]
  if (kind === "bytes") {
    const { bytes } = input
    const isFine = Array.isArray(bytes) && bytes.length > 0 && bytes.length <= MOST_BYTES && bytes.every((byte) => isWhole(byte, 255))
    if (!isFine) return refuse(id, `"bytes" is wrong; expected 1..${MOST_BYTES} whole numbers 0..255`)
    return { kind: "input", id, port, content: { bytes: bytes as number[] } }
  }
  const most = kind === "level" ? 1 : 1023
  const value = input[kind]
  if (!isWhole(value, most)) return refuse(id, `"${kind}" is wrong; expected a whole number 0..${most}`)
  return { kind: "input", id, port, content: kind === "level" ? { level: value } : { value } }
}

function readClock(id: number, clock: unknown): Request | Refusal {
  if (clock === null) return { kind: "clock", id, clock }
  const expected = '"clock" is wrong; expected {"tempo": 20..400, "ppqn": 1..48, "jitterMicros": 0..20000} or null'
  if (!isObject(clock)) return refuse(id, expected)
  const { tempo, ppqn, jitterMicros } = clock
  if (typeof tempo !== "number" || !(tempo >= 20 && tempo <= 400)) return refuse(id, expected)
  if (!isWhole(ppqn, 48) || ppqn < 1 || !isWhole(jitterMicros, 20000)) return refuse(id, expected)
  return { kind: "clock", id, clock: { tempo, ppqn, jitterMicros } }
}

function refuse(id: number, problem: string): Refusal {
  return { kind: "refused", id, problem }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1))
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most
}

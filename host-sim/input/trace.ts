/**
 * TRACE.jsonl: what came in, one JSON object a line, in time order. Every line is checked in full before it counts; the first
 * wrong one is refused with its number, what stands there and what was expected. A million lines take about a second.
 */
import { INPUT_PORTS } from "../../src/event"
import { BadInput, shown } from "./bad-input"
import { eachLine } from "./text-file"
import { INPUT_KINDS, type InputKind, InputList, type NestedSettings, type TimedInput } from "./timed-input"

const PORT_NUMBERS = new Map<unknown, number>(INPUT_PORTS.map((name, number) => [name, number]))

const EXPECTED: Record<InputKind, string> = {
  level: '"level": 0 or 1',
  value: '"value": a whole number 0..1023',
  bytes: '"bytes": a list of whole numbers 0..255',
}

/** Says what is wrong with a change of settings, in one line without the place; undefined where it is right. */
export type CheckSettings = (set: NestedSettings) => string | undefined

type Line = { readonly [key: string]: unknown }

/** Reads the whole trace. `check` judges each `set`; `progress` is told the line number now and then. */
export function readTrace(file: string, check: CheckSettings, progress?: (line: number) => void): TimedInput[] {
  const list = new InputList()
  let before = 0
  eachLine(file, (text, number) => {
    if (text.trim() === "") return
    const refuse = (problem: string): never => {
      throw new BadInput(`${file}:${number}: ${problem}`)
    }
    const line = parse(text, refuse)
    before = timeOf(line, before, refuse)
    if ("set" in line) list.set(before, settingsOf(line, check, refuse))
    else addEvent(list, line, before, refuse)
    if (progress && number % 65536 === 0) progress(number)
  })
  return list.sorted()
}

type Refuse = (problem: string) => never

function parse(text: string, refuse: Refuse): Line {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    refuse(`${shown(text.trim())} is not JSON; expected a line like {"t": 0, "port": "cv", "level": 1}`)
  }
  if (typeof line !== "object" || line === null || Array.isArray(line)) refuse(`is ${shown(line)}; expected an object with "t" and "port"`)
  return line as Line
}

function timeOf(line: Line, before: number, refuse: Refuse): number {
  const time = line.t
  if (typeof time !== "number" || !(time >= 0 && time < Infinity)) {
    return refuse(`"t" is ${time === undefined ? "missing" : shown(time)}; expected microseconds, 0 or more`)
  }
  if (time < before) refuse(`"t" is ${time}, earlier than ${before} before it; expected lines in time order`)
  return time
}

function settingsOf(line: Line, check: CheckSettings, refuse: Refuse): NestedSettings {
  const set = line.set
  onlyKeys(line, "set", refuse)
  if (typeof set !== "object" || set === null || Array.isArray(set)) return refuse(`"set" is ${shown(set)}; expected an object of settings`)
  const problem = check(set as NestedSettings)
  return problem === undefined ? (set as NestedSettings) : refuse(problem)
}

function addEvent(list: InputList, line: Line, time: number, refuse: Refuse): void {
  const port = PORT_NUMBERS.get(line.port)
  if (port === undefined) {
    return refuse(`"port" is ${line.port === undefined ? "missing" : shown(line.port)}; expected one of ${INPUT_PORTS.join(", ")}`)
  }
  const kind = INPUT_KINDS[port]
  const content = line[kind]
  if (content === undefined) refuse(`has no "${kind}"; port ${line.port} expects ${EXPECTED[kind]}`)
  onlyKeys(line, kind, refuse)
  if (kind === "bytes") {
    if (!Array.isArray(content) || content.length === 0)
      return refuse(`"bytes" is ${shown(content)}; expected a list of whole numbers 0..255`)
    const wrong = content.find((byte) => !isWhole(byte, 255))
    if (wrong !== undefined || content.includes(undefined)) refuse(`"bytes" holds ${shown(wrong)}; expected whole numbers 0..255`)
    list.bytes(time, port, content)
  } else {
    if (!isWhole(content, kind === "level" ? 1 : 1023)) refuse(`"${kind}" is ${shown(content)}; expected ${EXPECTED[kind]}`)
    list.level(time, port, content as number)
  }
}

function onlyKeys(line: Line, kind: string, refuse: Refuse): void {
  for (const key in line) {
    if (key !== "t" && key !== kind && (key !== "port" || kind === "set")) {
      refuse(`${shown(key)} has no place here; expected ${kind === "set" ? '"t" and "set"' : `"t", "port" and "${kind}"`}`)
    }
  }
}

function isWhole(value: unknown, highest: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= highest
}

/**
 * TRACE.jsonl: what came in, one JSON object a line, in time order. Every line is checked in full before it counts; the first
 * wrong one is refused with its number, what stands there and what was expected. A million lines take about a second and a half.
 */
import { INPUT_PORTS } from "../../src/event"
import { BadInput, shown } from "./bad-input"
import { eachLine } from "./text-file"
import { INPUT_KINDS, type InputKind, type GivenLine, InputList, type NestedSettings, type TimedInput } from "./timed-input"

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
  const reader = new TraceReader(file, check)
  eachLine(file, (text, number) => {
    reader.read(text, number)
    if (progress && number % 65536 === 0) progress(number)
  })
  return reader.list.sorted()
}

/** Its state is where it stands, for messages; nothing is made for a line but what the line says. */
class TraceReader {
  readonly list = new InputList()
  #time = 0
  #number = 0

  constructor(
    private readonly file: string,
    private readonly check: CheckSettings,
  ) {}

  read(text: string, number: number): void {
    this.#number = number
    if (text.trim() === "") return
    const line = this.#parse(text)
    this.#advance(line)
    if ("set" in line) this.list.set(this.#time, this.#settings(line))
    else if ("line" in line) this.list.line(this.#time, this.#givenLine(line))
    else this.#event(line)
  }

  #refuse(problem: string): never {
    throw new BadInput(`${this.file}:${this.#number}: ${problem}`)
  }

  #parse(text: string): Line {
    let line: unknown
    try {
      line = JSON.parse(text)
    } catch {
      this.#refuse(`${shown(text.trim())} is not JSON; expected a line like {"t": 0, "port": "cv", "level": 1}`)
    }
    if (typeof line === "object" && line !== null && !Array.isArray(line)) return line as Line
    return this.#refuse(`is ${shown(line)}; expected an object with "t" and "port"`)
  }

  #advance(line: Line): void {
    const time = line.t
    if (typeof time !== "number" || !(time >= 0 && time < Infinity)) {
      return this.#refuse(`"t" is ${time === undefined ? "missing" : shown(time)}; expected microseconds, 0 or more`)
    }
    if (time < this.#time) this.#refuse(`"t" is ${time}, earlier than ${this.#time} before it; expected lines in time order`)
    this.#time = time
  }

  #settings(line: Line): NestedSettings {
    const set = line.set
    this.#onlyKeys(line, "set")
    if (typeof set !== "object" || set === null || Array.isArray(set)) {
      return this.#refuse(`"set" is ${shown(set)}; expected an object of settings`)
    }
    const problem = this.check(set as NestedSettings)
    return problem === undefined ? (set as NestedSettings) : this.#refuse(problem)
  }

  #givenLine(line: Line): GivenLine {
    this.#onlyKeys(line, "line")
    const { at, tick, period, starts } = (line.line ?? {}) as Record<string, unknown>
    const isRight = isFinite(at) && isFinite(tick) && tick >= 0 && isFinite(period) && period > 0 && typeof starts === "boolean"
    if (!isRight)
      return this.#refuse(
        `"line" is ${shown(line.line)}; expected {"at": microseconds, "tick": 0.., "period": microseconds, "starts": true or false}`,
      )
    return { at, tick, period, starts }
  }

  #event(line: Line): void {
    const port = PORT_NUMBERS.get(line.port)
    if (port === undefined) {
      const found = line.port === undefined ? "missing" : shown(line.port)
      return this.#refuse(`"port" is ${found}; expected one of ${INPUT_PORTS.join(", ")}`)
    }
    const kind = INPUT_KINDS[port]
    const content = line[kind]
    if (content === undefined) this.#refuse(`has no "${kind}"; port ${line.port} expects ${EXPECTED[kind]}`)
    this.#onlyKeys(line, kind)
    if (kind === "bytes") this.list.bytes(this.#time, port, this.#bytes(content))
    else if (isWhole(content, kind === "level" ? 1 : 1023)) this.list.level(this.#time, port, content)
    else this.#refuse(`"${kind}" is ${shown(content)}; expected ${EXPECTED[kind]}`)
  }

  #bytes(content: unknown): number[] {
    if (!Array.isArray(content) || content.length === 0) {
      return this.#refuse(`"bytes" is ${shown(content)}; expected a list of whole numbers 0..255`)
    }
    for (let index = 0; index < content.length; index++) {
      if (!isWhole(content[index], 255)) this.#refuse(`"bytes" holds ${shown(content[index])}; expected whole numbers 0..255`)
    }
    return content as number[]
  }

  #onlyKeys(line: Line, kind: string): void {
    const hasPort = kind !== "set" && kind !== "line"
    for (const key in line) {
      if (key === "t" || key === kind || (key === "port" && hasPort)) continue
      this.#refuse(`${shown(key)} has no place here; expected ${hasPort ? `"t", "port" and "${kind}"` : `"t" and "${kind}"`}`)
    }
  }
}

function isFinite(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value)
}

function isWhole(value: unknown, highest: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= highest
}

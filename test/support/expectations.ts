/**
 * What a scenario's `expect` may say, and how it is checked against a run. Each entry is one of
 *   { order: [start, clock, stop] }          the messages of these kinds come in this order, repetitions taken as one
 *   { message: clock, ... }                  messages of a kind at `port` (midi-din)
 *   { pulse: clock, ... }                    rising edges at an output jack
 *   { level: run, at: 3s, is: 1 }            the level of an output jack
 *   { beats: 1ms, from: .., until: .. }      every beat of the first clock has a MIDI clock on it, no farther away than this
 *   { bytes: 90 3C 64, count: 1 }            these bytes, as one message
 * Messages and pulses may have `between: [1s, 2s]` (half-open), and then any of
 *   count: 24, or { min: .., max: .. };  first: 2s, last: 9s, within: 1ms;  spacing: { min: .., max: .. }
 */
import type { Scenario } from "../../host-sim/input/scenario"
import { parseDuration, parseMoment } from "../../host-sim/input/scenario-time"
import { byteMicrosOf, MidiStream } from "../../host-sim/output/midi-stream"
import type { Recording } from "../../host-sim/recording"
import { OUTPUT_PORTS, valueOf } from "../../src/event"

interface Expectation {
  order?: string[]
  message?: string
  pulse?: string
  level?: string
  beats?: string
  bytes?: string
  port?: string
  at?: string
  is?: number
  from?: string
  until?: string
  between?: [string, string]
  count?: number | { min?: number; max?: number }
  first?: string
  last?: string
  within?: string
  spacing?: { min?: string; max?: string }
}

const KEYS = "order message pulse level beats bytes port at is from until between count first last within spacing".split(" ")
const STATUS: Record<string, number> = { clock: 0xf8, start: 0xfa, continue: 0xfb, stop: 0xfc, "song-position": 0xf2 }

interface Message {
  readonly time: number
  readonly bytes: readonly number[]
}

/** What is not as expected, a sentence each. */
export function unmet(scenario: Scenario, recording: Recording): string[] {
  return (scenario.expect as Expectation[]).flatMap((expectation) => {
    const problems = new Check(scenario, recording, expectation).problems()
    return problems.map((problem) => `${JSON.stringify(expectation)}: ${problem}`)
  })
}

class Check {
  constructor(
    private readonly scenario: Scenario,
    private readonly recording: Recording,
    private readonly wanted: Expectation,
  ) {
    const unknown = Object.keys(wanted).filter((key) => !KEYS.includes(key))
    if (unknown.length > 0) throw new Error(`${scenario.name}: "expect" has ${unknown.join(", ")}; expected ${KEYS.join(", ")}`)
  }

  problems(): string[] {
    const { order, message, pulse, level, beats, bytes } = this.wanted
    if (order) return this.#order(order)
    if (message)
      return this.#times(
        this.#messages()
          .filter(({ bytes: [status] }) => status === statusOf(message))
          .map(({ time }) => time),
      )
    if (pulse) return this.#times(this.#rises(pulse))
    if (level) return this.#level(level)
    if (beats) return this.#beats(this.#duration(beats))
    if (bytes)
      return this.#times(
        this.#messages()
          .filter((one) => hex(one.bytes) === bytes)
          .map(({ time }) => time),
      )
    throw new Error(`expects nothing: ${JSON.stringify(this.wanted)}`)
  }

  #messages(): Message[] {
    const name = this.wanted.port ?? "midi-din"
    const messages: Message[] = []
    const stream = new MidiStream(byteMicrosOf(name), { message: (time, bytes) => void messages.push({ time, bytes: [...bytes] }) })
    const { times, words } = this.recording.outputs.ofPort(portOf(name))
    for (let index = 0; index < times.length; index++) stream.add(times[index], words[index])
    return messages
  }

  #rises(name: string): number[] {
    const { times, words } = this.recording.outputs.ofPort(portOf(name))
    return [...times].filter((_, index) => valueOf(words[index]) === 1)
  }

  #order(names: string[]): string[] {
    const known = new Map(names.map((name) => [statusOf(name), name]))
    const came = this.#messages().flatMap(({ bytes: [status] }) => known.get(status) ?? [])
    const changes = came.filter((name, index) => name !== came[index - 1])
    return changes.join() === names.join() ? [] : [`came as ${changes.join(", ")}`]
  }

  #level(name: string): string[] {
    const at = this.#moment(this.wanted.at)
    const { times, words } = this.recording.outputs.ofPort(portOf(name))
    let level = 0
    for (let index = 0; index < times.length && times[index] <= at; index++) level = valueOf(words[index])
    return level === this.wanted.is ? [] : [`is ${level}`]
  }

  #beats(tolerance: number): string[] {
    const { beats } = this.scenario
    if (!beats) throw new Error("no clock")
    const clocks = this.#messages().flatMap(({ time, bytes: [status] }) => (status === 0xf8 ? [time] : []))
    const from = Math.ceil(beats.beatAt(this.#moment(this.wanted.from)) - 1e-6)
    const until = beats.beatAt(this.#moment(this.wanted.until))
    const problems: string[] = []
    for (let beat = from; beat < until; beat++) {
      const time = beats.timeOf(beat)
      const error = clocks.reduce((nearest, clock) => (Math.abs(clock - time) < Math.abs(nearest) ? clock - time : nearest), Infinity)
      if (Math.abs(error) > tolerance) problems.push(`beat ${beat + 1} is missed by ${error.toFixed(0)} us`)
    }
    if (until <= from) problems.push("has no beat in it")
    return problems.slice(0, 3)
  }

  #times(all: number[]): string[] {
    const { between, count, first, last, within, spacing } = this.wanted
    const [from, until] = between ? between.map((moment) => this.#moment(moment)) : [0, Infinity]
    const times = all.filter((time) => time >= from && time < until)
    const gaps = times.slice(1).map((time, index) => time - times[index])
    const problems: string[] = []
    const expect = (isSo: boolean, problem: string) => void (isSo || problems.push(problem))
    const { min = 0, max = Infinity } = typeof count === "object" ? count : { min: count, max: count }
    expect(times.length >= min && times.length <= max, `came ${times.length} times`)
    const near = within ? this.#duration(within) : 1
    if (first) expect(Math.abs(times[0] - this.#moment(first)) <= near, `the first came at ${times[0]} us`)
    if (last) expect(Math.abs(times[times.length - 1] - this.#moment(last)) <= near, `the last came at ${times[times.length - 1]} us`)
    if (spacing?.min) expect(Math.min(...gaps) >= this.#duration(spacing.min), `two stand ${Math.min(...gaps)} us apart`)
    if (spacing?.max) expect(Math.max(...gaps) <= this.#duration(spacing.max), `two stand ${Math.max(...gaps)} us apart`)
    return problems
  }

  #moment(text: string | undefined): number {
    const moment = parseMoment(text, this.scenario.beats)
    if (moment === undefined) throw new Error(`${JSON.stringify(text)} is no moment, in ${JSON.stringify(this.wanted)}`)
    return moment
  }

  #duration(text: string): number {
    const micros = parseDuration(text)
    if (micros === undefined) throw new Error(`${JSON.stringify(text)} is no time, in ${JSON.stringify(this.wanted)}`)
    return micros
  }
}

function statusOf(name: string): number {
  if (!(name in STATUS)) throw new Error(`${name} is no message; expected ${Object.keys(STATUS).join(", ")}`)
  return STATUS[name]
}

function portOf(name: string): number {
  const port = (OUTPUT_PORTS as readonly string[]).indexOf(name)
  if (port < 0) throw new Error(`${name} is no output; expected ${OUTPUT_PORTS.join(", ")}`)
  return port
}

function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")
}

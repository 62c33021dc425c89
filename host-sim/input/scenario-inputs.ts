/** The kinds of input a scenario can have. Each becomes actions: something given to the list of inputs at a time. */
import { IN_CV, IN_KEYS, INPUT_PORTS } from "../../src/event"
import type { Micros } from "../../src/time"
import { clockPulses } from "./clock-generator"
import { midiMessage } from "./midi-names"
import { durationOf, momentOf } from "./scenario-time"
import { TempoMap } from "./tempo-map"
import { INPUT_KINDS, type InputList, type NestedSettings } from "./timed-input"
import type { CheckSettings } from "./trace"
import type { Fields } from "./yaml-source"

const CLOCK_NAMES = ["bpm", "ppqn", "from", "until", "beats", "width", "jitter", "swing", "tempo", "drop", "extra"]
const KIND_NAMES = ["clock", "pulse", "level", "press", "midi", "pot", "keys", "set"]
export const INPUT_NAMES: readonly string[] = [...KIND_NAMES, "at", "for", "port", "to", "bounce", ...CLOCK_NAMES]

const LEVEL_PORTS = INPUT_PORTS.filter((_, port) => INPUT_KINDS[port] === "level")
const BUTTONS = INPUT_PORTS.filter((name) => name.startsWith("button-")).map((name) => name.slice(7))
const POTS = INPUT_PORTS.filter((name) => name.startsWith("pot-")).map((name) => name.slice(4))
const MIDI_PORTS = INPUT_PORTS.filter((name) => name.startsWith("midi-"))
const CLOCK_PORTS = ["cv", "button-tap", "midi-din", "midi-usb"] as const

export interface Action {
  readonly time: Micros
  readonly give: (list: InputList) => void
}

/** What the inputs of one scenario share while it is read. */
export interface Scene {
  readonly until: Micros | undefined
  readonly settings: NestedSettings
  /** The first clock's. */
  beats: TempoMap | undefined
  readonly actions: Action[]
  readonly check: CheckSettings
}

function portNumber(name: string): number {
  return (INPUT_PORTS as readonly string[]).indexOf(name)
}

function level(scene: Scene, time: Micros, port: number, value: number): void {
  scene.actions.push({ time, give: (list) => list.level(time, port, value) })
}

function bytes(scene: Scene, time: Micros, port: number, content: readonly number[]): void {
  scene.actions.push({ time, give: (list) => list.bytes(time, port, content) })
}

function pulse(scene: Scene, start: Micros, end: Micros, port: number): void {
  level(scene, start, port, 1)
  level(scene, end, port, 0)
}

export function clockOf(fields: Fields, scene: Scene): void {
  const { source } = fields
  const name = fields.choice("clock", CLOCK_PORTS)
  const port = portNumber(name)
  const midi = INPUT_KINDS[port] === "bytes"
  const from = fields.node("from")
  const start = from ? durationOf(source, from, "from") : 0
  const tempo = new TempoMap(start, fields.number("bpm", { min: 0.1, max: 100000 }))
  scene.beats ??= tempo
  const cv = scene.settings.cv as { ppqn?: number } | undefined
  const standard = midi ? 24 : port === IN_CV ? (cv?.ppqn ?? 1) : 1
  const pulses = clockPulses(fields, tempo, standard, scene.until)
  for (const { start, end } of pulses) {
    if (midi) bytes(scene, start, port, [0xf8])
    else pulse(scene, start, end, port)
  }
}

/** Anything but a clock. */
export function addInput(fields: Fields, scene: Scene): void {
  const { source } = fields
  const kinds = KIND_NAMES.filter((name) => fields.node(name))
  if (kinds.length !== 1) {
    const found = kinds.length === 0 ? "says nothing to do" : `says ${kinds.join(" and ")} at once`
    source.refuse(fields.place, `an input ${found}; expected one of ${KIND_NAMES.join(", ")}`)
  }
  for (const at of source.items(fields.required("at"))) addOne(fields, kinds[0], momentOf(source, at, "at", scene.beats), scene)
}

function addOne(fields: Fields, kind: string, time: Micros, scene: Scene): void {
  const { source } = fields
  const length = (standard: Micros): Micros => {
    const node = fields.node("for")
    return node ? durationOf(source, node, "for") : standard
  }
  if (kind === "pulse") pulse(scene, time, time + length(5000), portNumber(fields.choice("pulse", LEVEL_PORTS)))
  else if (kind === "level")
    level(scene, time, portNumber(fields.choice("level", LEVEL_PORTS)), fields.number("to", { min: 0, max: 1, whole: true }))
  else if (kind === "press") press(fields, time, time + length(80000), scene)
  else if (kind === "midi") {
    const port = portNumber(fields.choice("port", MIDI_PORTS, "midi-din"))
    const message = midiMessage(source, fields.required("midi"))
    bytes(scene, time, port, message.bytes)
    if (message.release) bytes(scene, time + length(100000), port, message.release)
  } else if (kind === "pot") {
    const port = portNumber("pot-" + fields.choice("pot", POTS))
    const value = fields.number("to", { min: 0, max: 1023, whole: true })
    scene.actions.push({ time, give: (list) => list.level(time, port, value) })
  } else if (kind === "keys") {
    const text = fields.text("keys", "")
    const content = [...text].map((letter) => letter.charCodeAt(0))
    if (content.some((code) => code > 126))
      source.refuse(fields.required("keys"), `"keys" is ${source.show(fields.required("keys"))}; expected ASCII`)
    bytes(scene, time, IN_KEYS, content)
  } else {
    const set = fields.settings("set", scene.check)
    scene.actions.push({ time, give: (list) => list.set(time, set) })
  }
}

/** A contact that bounces closes and opens at thirds of the time it takes to settle, both ways. */
function press(fields: Fields, down: Micros, up: Micros, scene: Scene): void {
  const port = portNumber("button-" + fields.choice("press", BUTTONS))
  const node = fields.node("bounce")
  const bounce = node ? durationOf(fields.source, node, "bounce") : 0
  for (const [time, to] of [
    [down, 1],
    [up, 0],
  ]) {
    level(scene, time, port, to)
    if (bounce === 0) continue
    for (const [share, value] of [
      [0.15, 1 - to],
      [0.4, to],
      [0.75, 1 - to],
      [1, to],
    ]) {
      level(scene, time + share * bounce, port, value)
    }
  }
}

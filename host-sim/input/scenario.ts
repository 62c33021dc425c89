/**
 * A scenario: settings, then timed inputs, written to be read by people (see host-sim/scenarios.md). Reading it gives what a
 * trace gives, a list of inputs in time order; chance in it comes from seeds, so it is the same each time.
 */
import { basename } from "node:path"
import type { Micros } from "../../src/time"
import { addInput, clockOf, INPUT_NAMES, type Scene } from "./scenario-inputs"
import type { CheckSettings } from "./trace"
import { InputList, type NestedSettings, type TimedInput } from "./timed-input"
import type { TempoMap } from "./tempo-map"
import { durationOf } from "./scenario-time"
import { type Fields, YamlSource } from "./yaml-source"

export const SCENARIO_KEYS = ["name", "description", "settings", "duration", "inputs", "expect"] as const

/** How long a scenario without a duration goes on after its last input. */
const AFTERMATH_MICROS = 2e6

export interface Scenario {
  readonly name: string
  readonly description: string
  readonly settings: NestedSettings
  readonly inputs: TimedInput[]
  readonly until: Micros
  /** What shall come out, for whoever checks it (the tests do); not read here. */
  readonly expect: unknown
  /** Where the beats of its first clock stand, jitter aside. */
  readonly beats: TempoMap | undefined
}

/** `check` judges each set of settings in it. */
export function readScenario(file: string, check: CheckSettings): Scenario {
  const source = new YamlSource(file)
  const fields = source.fields(SCENARIO_KEYS, "a scenario")
  const settings = fields.settings("settings", check)
  const duration = fields.node("duration")
  const scene: Scene = {
    until: duration ? durationOf(source, duration, "duration") : undefined,
    settings,
    beats: undefined,
    actions: [],
    check,
  }
  addInputs(fields, scene)
  const list = new InputList()
  scene.actions.sort((one, other) => one.time - other.time)
  for (const action of scene.actions) if (scene.until === undefined || action.time < scene.until) action.give(list)
  const inputs = list.sorted()
  const expect = fields.node("expect")
  return {
    name: fields.text("name", basename(file).replace(/\.ya?ml$/, "")),
    description: fields.text("description", ""),
    settings,
    inputs,
    until: scene.until ?? (inputs[inputs.length - 1]?.time ?? 0) + AFTERMATH_MICROS,
    expect: expect && source.plain(expect),
    beats: scene.beats,
  }
}

/** Clocks come first, so that the times of all the others may be beats. */
function addInputs(fields: Fields, scene: Scene): void {
  const node = fields.node("inputs")
  if (!node) return
  const items = fields.source.items(node).map((item) => fields.source.fieldsOf(item, INPUT_NAMES, "an input"))
  for (const item of items) if (item.node("clock")) clockOf(item, scene)
  for (const item of items) if (!item.node("clock")) addInput(item, scene)
}

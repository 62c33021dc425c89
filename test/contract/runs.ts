/**
 * Runs for the contract: what goes into the module, written out as bytes. Named ones for each job, those of the scenarios, and
 * arbitrary ones.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"
import fc from "fast-check"
import { readScenario } from "../../host-sim/input/scenario"
import { settingsChecker } from "../../host-sim/input/settings-file"
import { InputList, type NestedSettings, type TimedInput } from "../../host-sim/input/timed-input"
import * as port from "../../src/event"
import { encodeRun } from "./codec"

export interface Run {
  readonly name: string
  readonly settings: NestedSettings
  readonly inputs: readonly TimedInput[]
  /** Microseconds. */
  readonly until: number
}

/** Far more seldom than any back end asks: it may make no difference. */
const SELDOM_MICROS = 2_000_000

/** `renderEvery`: how often output is asked for besides, microseconds. */
export function requestOf(run: Run, renderEvery = SELDOM_MICROS): Uint8Array {
  const sets: NestedSettings[] = []
  const words = run.inputs.map((input) => input.event ?? -sets.push(input.set ?? {}))
  const times = run.inputs.map((input) => input.time)
  const header = { settings: run.settings, sets, until: run.until, renderEvery }
  return encodeRun(header, { times: Float64Array.from(times), words: Int32Array.from(words) })
}

/** Park and Miller's generator, 0..1. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}

interface Pulses {
  readonly from?: number
  readonly count: number
  readonly bpm: number
  readonly ppqn: number
  /** Largest displacement, microseconds. */
  readonly jitter?: number
  readonly missing?: readonly number[]
}

/** Adds pulses of 5 ms (or half a period) and returns when the next one would come. */
function cv(list: InputList, pulses: Pulses): number {
  const random = randomFrom(pulses.count)
  const period = 60e6 / pulses.bpm / pulses.ppqn
  const start = pulses.from ?? 10_000
  for (let index = 0; index < pulses.count; index++) {
    if (pulses.missing?.includes(index)) continue
    const time = start + index * period + (random() - 0.5) * 2 * (pulses.jitter ?? 0)
    list.level(time, port.IN_CV, 1)
    list.level(time + Math.min(5000, period / 2), port.IN_CV, 0)
  }
  return start + pulses.count * period
}

function run(name: string, settings: NestedSettings, until: number, fill: (list: InputList) => void): Run {
  const list = new InputList()
  fill(list)
  return { name, settings, inputs: list.sorted().filter(({ time }) => time < until), until }
}

const NAMED: readonly Run[] = [
  run("the internal clock, tapped and turned", { source: "internal", tempo: 123.45, clock: { swing: 62.5 } }, 20e6, (list) => {
    list.set(5e6, { tempo: 97.01 })
    list.set(9e6, { clock: { ppqn: 8, swing: 50 }, latencyMicros: { clock: -7000 } })
    for (const time of [12e6, 12.45e6, 12.9e6, 13.35e6]) {
      list.level(time, port.IN_BUTTON_TAP, 1)
      list.level(time + 60e3, port.IN_BUTTON_TAP, 0)
    }
  }),
  run("an unsteady CV clock that steps, misses and returns", { cv: { ppqn: 24 } }, 30e6, (list) => {
    const next = cv(list, { count: 480, bpm: 120, ppqn: 24, jitter: 1000, missing: [200, 300, 301] })
    const end = cv(list, { from: next, count: 300, bpm: 140, ppqn: 24, jitter: 1000 })
    list.level(next + 5000, port.IN_CV, 1)
    list.level(next + 5400, port.IN_CV, 0)
    cv(list, { from: end + 4e6, count: 200, bpm: 133.3, ppqn: 24, jitter: 300 })
  }),
  run("one pulse a beat, followed", { cv: { ppqn: 1, policy: "follow" } }, 30e6, (list) => {
    cv(list, { count: 50, bpm: 120, ppqn: 1, jitter: 20_000 })
  }),
  run("four pulses a beat, lost, on the flywheel", { cv: { ppqn: 4 }, lost: { action: "flywheel" } }, 20e6, (list) => {
    const end = cv(list, { count: 64, bpm: 90, ppqn: 4, jitter: 500 })
    cv(list, { from: end + 3.1e6, count: 30, bpm: 91, ppqn: 4, jitter: 500 })
  }),
  run("a MIDI clock with notes, SysEx and every transport message", { source: "midi-din" }, 15e6, (list) => {
    const say = (time: number, ...bytes: number[]) => list.bytes(time, port.IN_MIDI_DIN, bytes)
    say(1e6, 0xf2, 16, 0)
    say(1.01e6, 0xfa)
    const random = randomFrom(7)
    for (let index = 0; index < 480; index++) {
      const time = 1.02e6 + index * 20_833.3 + random() * 500
      say(time, 0xf8)
      if (index % 7 === 3) say(time + 400, 0x90, 60 + (index % 12), 100, 72, 0)
      if (index === 100) say(time + 5000, 0xfc)
      if (index === 150) say(time + 5000, 0xfb)
      if (index === 200) say(time + 2000, 0xf0, 0x7d, ...Array.from({ length: 40 }, (_, at) => at), 0xf7)
      if (index === 300) list.bytes(time, port.IN_MIDI_USB, [0xb0, 7, 100, 0xf8, 0xe0, 0, 64])
    }
  }),
  run("auto: CV comes, goes and comes again over MIDI", { source: "auto", tempo: 101 }, 25e6, (list) => {
    const end = cv(list, { from: 2e6, count: 40, bpm: 120, ppqn: 1, jitter: 100 })
    for (let index = 0; index < 600; index++) list.bytes(1e6 + index * 25_000, port.IN_MIDI_USB, [0xf8])
    cv(list, { from: end + 2e6, count: 6, bpm: 118, ppqn: 1 })
  }),
  run("buttons and gates", { cv: { ppqn: 4 }, transport: { start: "button" }, clock: { whileStopped: true } }, 20e6, (list) => {
    cv(list, { count: 140, bpm: 125, ppqn: 4, jitter: 800 })
    for (const time of [2.1e6, 6.03e6, 7e6, 12e6]) {
      list.level(time, port.IN_BUTTON_PLAY, 1)
      list.level(time + 300, port.IN_BUTTON_PLAY, 0)
      list.level(time + 900, port.IN_BUTTON_PLAY, 1)
      list.level(time + 80_000, port.IN_BUTTON_PLAY, 0)
    }
    for (const time of [4e6, 9.0001e6]) {
      list.level(time, port.IN_RESET, 1)
      list.level(time + 2000, port.IN_RESET, 0)
    }
    list.level(10e6, port.IN_RUN, 1)
    list.level(11e6, port.IN_RUN, 0)
  }),
]

const SCENARIOS = join(__dirname, "../scenarios")

/** The named ones and every scenario. */
export const RUNS: readonly Run[] = [
  ...NAMED,
  ...readdirSync(SCENARIOS)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => ({ ...readScenario(join(SCENARIOS, name), settingsChecker()), name: `scenario ${name}` })),
]

const someSettings = fc.record(
  {
    source: fc.constantFrom("cv", "midi-din", "midi-usb", "internal", "auto"),
    tempo: fc.integer({ min: 2000, max: 99999 }).map((hundredths) => hundredths / 100),
    cv: fc.record({
      ppqn: fc.constantFrom(1, 2, 4, 8, 12, 24, 48),
      policy: fc.constantFrom("predict", "follow"),
      catchUpMicros: fc.constantFrom(0, 1000, 3000),
    }),
    lost: fc.record({ action: fc.constantFrom("stop", "flywheel") }),
    transport: fc.record({ start: fc.constantFrom("auto", "button") }),
    clock: fc.record({ whileStopped: fc.boolean(), ppqn: fc.constantFrom(1, 4, 24, 48), swing: fc.integer({ min: 50, max: 75 }) }),
  },
  { requiredKeys: [] },
)

const LEVELS = [port.IN_CV, port.IN_CV, port.IN_CV, port.IN_RESET, port.IN_RUN, port.IN_BUTTON_PLAY, port.IN_BUTTON_TAP]

const somethingHeard = fc.oneof(
  { weight: 6, arbitrary: fc.record({ level: fc.nat(1), port: fc.constantFrom(...LEVELS) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      bytes: fc.array(fc.oneof(fc.nat(127), fc.integer({ min: 0x80, max: 0xff })), { minLength: 1, maxLength: 6 }),
      port: fc.constantFrom(port.IN_MIDI_DIN, port.IN_MIDI_USB),
    }),
  },
  { weight: 1, arbitrary: fc.record({ set: someSettings }) },
)

/** Anything at all: settings, levels, bytes and changes at arbitrary moments, some steady clocks among them. */
export const anyRun: fc.Arbitrary<Run> = fc
  .record({
    settings: someSettings,
    pulses: fc.record({ count: fc.nat(80), bpm: fc.integer({ min: 1, max: 1600 }), ppqn: fc.constantFrom(1, 4, 24), jitter: fc.nat(3000) }),
    heard: fc.array(fc.tuple(fc.nat(60_000), somethingHeard), { maxLength: 150 }),
  })
  .map(({ settings, pulses, heard }) =>
    run("anything", settings, 5e6, (list) => {
      cv(list, { ...pulses, from: 20_000 })
      let time = 0
      for (const [gap, what] of heard) {
        time += gap
        if ("set" in what) list.set(time, what.set)
        else if ("bytes" in what) list.bytes(time, what.port, what.bytes)
        else list.level(time, what.port, what.level)
      }
    }),
  )

import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { BadInput } from "../../../host-sim/input/bad-input"
import { readScenario, SCENARIO_KEYS } from "../../../host-sim/input/scenario"
import { INPUT_NAMES } from "../../../host-sim/input/scenario-inputs"
import schema from "../../../host-sim/scenario.schema.json"
import { byteOf, INPUT_PORTS, lengthOf, portOf, valueOf } from "../../../src/event"

describe("scenario", () => {
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-"))
    file = join(folder, "x.yaml")
  })
  after(() => rmSync(folder, { recursive: true }))

  const read = (text: string) => {
    writeFileSync(file, text)
    return readScenario(file, (set) => ("wrong" in set ? "wrong is 1; expected nothing" : undefined))
  }
  /** Inputs as short text: `cv 1`, `midi-din FA`. */
  const events = (text: string) =>
    read(text).inputs.map((input) => {
      if (input.event === undefined) return [input.time, "set " + JSON.stringify(input.set)] as const
      const length = lengthOf(input.event)
      const bytes = [0, 1, 2].slice(0, length).map((index) => byteOf(input.event, index).toString(16).toUpperCase().padStart(2, "0"))
      return [input.time, `${INPUT_PORTS[portOf(input.event)]} ${length === 0 ? valueOf(input.event) : bytes.join(" ")}`] as const
    })
  const rises = (text: string) => events(text).flatMap(([time, what]) => (what === "cv 1" ? [Math.round(time)] : []))
  const clock = (more: string) => `inputs: [{clock: cv, bpm: 120, ${more}}]`

  it("has a name, settings, a duration and inputs", () => {
    const scenario = read(
      "name: N\ndescription: D\nsettings: {cv: {ppqn: 4}}\nduration: 1.5min\ninputs: [{clock: cv, bpm: 60, beats: 2}]\nexpect: [1]",
    )
    assert.deepEqual([scenario.name, scenario.description, scenario.until, scenario.expect], ["N", "D", 90e6, [1]])
    assert.deepEqual(scenario.settings, { cv: { ppqn: 4 } })
    assert.equal(scenario.inputs.length, 16, "the clock takes its ratio from the settings")
    assert.deepEqual([read("duration: 1s").name, read("inputs: [{set: {a: 1}, at: 1s}]").until], ["x", 3e6])
  })

  it("generates a clock's pulses with their widths, to its end", () => {
    assert.deepEqual(events(clock("beats: 2, width: 20ms, from: 1s")), [
      [1e6, "cv 1"],
      [1020e3, "cv 0"],
      [1500e3, "cv 1"],
      [1520e3, "cv 0"],
    ])
    assert.deepEqual(rises(clock("for: 1001ms")), [0, 500e3, 1e6])
    assert.deepEqual(rises(clock("until: 1s")), [0, 500e3])
    assert.deepEqual(rises("duration: 600ms\n" + clock("width: 1s")), [0, 500e3])
    assert.equal(events(clock("beats: 2, width: 1s"))[1][0], 250e3, "a pulse takes half the time to the next at most")
  })

  it("swings, steps, ramps, drops and adds", () => {
    assert.deepEqual(rises(clock("beats: 1, ppqn: 4, swing: 75")), [0, 187500, 250e3, 437500])
    assert.deepEqual(rises(clock("beats: 4, tempo: [{at: beat 3, bpm: 60}]")), [0, 500e3, 1e6, 2e6])
    const ramp = rises(clock("beats: 7, tempo: [{at: beat 2, bpm: 240, over: 4}]"))
    const expected = [0, 0.5, ...[1, 2, 3, 4].map((beat) => 0.5 + 2 * Math.log(1 + beat / 4))].map((seconds) => Math.round(seconds * 1e6))
    assert.deepEqual(ramp.slice(0, 6), expected, "evenly over the beats, so logarithmic in time")
    assert.equal(ramp[6] - ramp[5], 250e3)
    assert.deepEqual(rises(clock("beats: 8, drop: [2, 4..7]")), [0, 1e6, 3.5e6])
    assert.deepEqual(rises(clock("beats: 2, extra: [200ms, beat 1.5]")), [0, 200e3, 250e3, 500e3])
  })

  it("jitters by seed, within the clip, the same pulses whichever are dropped", () => {
    const jittered = (more: string) => rises(clock(`from: 1s, beats: 200, jitter: {sigma: 2ms, seed: 5, clip: 3ms}, ${more}`))
    const all = jittered("")
    const errors = all.map((time, index) => time - 1e6 - index * 500e3)
    const sigma = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length)
    assert.ok(Math.max(...errors.map(Math.abs)) <= 3000)
    assert.ok(sigma > 1300 && sigma < 1900, `${sigma}`)
    assert.deepEqual(
      jittered("drop: [3]"),
      all.filter((_, index) => index !== 2),
    )
    assert.notDeepEqual(rises(clock("from: 1s, beats: 200, jitter: {sigma: 2ms, seed: 6, clip: 3ms}")), all)
  })

  it("times anything by beats of its first clock, wherever that stands", () => {
    const text = "inputs: [{pulse: reset, at: [beat 2 - 5ms, beat 3.5], for: 1ms}, {clock: cv, bpm: 120, beats: 4, from: 1s}]"
    const resets = events(text).flatMap(([time, what]) => (what === "reset 1" ? [time] : []))
    assert.deepEqual(resets, [1495e3, 2250e3])
  })

  it("presses with bounces, turns pots, types, changes settings, sets levels", () => {
    assert.deepEqual(events("inputs: [{press: play, at: 0, for: 50ms}, {level: run, to: 1, at: 1s}, {pot: arp, to: 512, at: 2s}]"), [
      [0, "button-play 1"],
      [50e3, "button-play 0"],
      [1e6, "run 1"],
      [2e6, "pot-arp 512"],
    ])
    assert.deepEqual(events("inputs: [{keys: ab, at: 1s}, {set: {tempo: 90}, at: 2s}]"), [
      [1e6, "keys 61"],
      [1e6, "keys 62"],
      [2e6, 'set {"tempo":90}'],
    ])
    const bounced = events("inputs: [{press: tap, at: 1s, for: 50ms, bounce: 4ms}]")
    assert.equal(bounced.length, 10)
    assert.deepEqual(
      [bounced[4], bounced[9]],
      [
        [1004e3, "button-tap 1"],
        [1054e3, "button-tap 0"],
      ],
    )
  })

  it("knows MIDI messages by name, on the wire of either port", () => {
    const din = (midi: string) => events(`inputs: [{midi: ${midi}, at: 1s, for: 10ms}]`).map(([, what]) => what.slice(9))
    assert.deepEqual(din("start"), ["FA"])
    assert.deepEqual(din("{song-position: 300}"), ["F2", "2C", "02"])
    assert.deepEqual(din("{note: C4, channel: 2}"), ["91", "3C", "64", "81", "3C", "40"])
    assert.deepEqual(din("{note: Bb-1, velocity: 1}").slice(0, 3), ["90", "0A", "01"])
    assert.deepEqual(din("{control: 7, value: 100}"), ["B0", "07", "64"])
    assert.deepEqual(din("{program: 5, channel: 16}"), ["CF", "05"])
    assert.deepEqual(din("{bend: 0}"), ["E0", "00", "40"])
    assert.deepEqual(din("{sysex: 7D 01}"), ["F0", "7D", "01", "F7"])
    assert.deepEqual(din("{bytes: FE 00}"), ["FE", "00"])
    assert.deepEqual(events("inputs: [{midi: {sysex: 01 02}, port: midi-usb, at: 1s}]"), [
      [1e6, "midi-usb F0 01 02"],
      [1e6, "midi-usb F7"],
    ])
    assert.deepEqual(events("inputs: [{clock: midi-din, bpm: 125, for: 30ms}]"), [
      [320, "midi-din F8"],
      [20320, "midi-din F8"],
    ])
  })

  const refusals: [string, string][] = [
    ["name: [", ":1:8: is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"],
    ["", ": is empty; expected a scenario"],
    ["hello", ':1:1: is "hello"; expected a scenario: a mapping with name, description, settings, duration, inputs, expect'],
    ["naem: x", ':1:1: "naem" is not known in a scenario; expected one of name, description, settings, duration, inputs, expect'],
    ["name: a\nname: b", ":2:1: is not YAML: Map keys must be unique"],
    ["duration: 5", ':1:11: "duration" is 5; expected a time like 2s, 500ms, 250us or 1min'],
    ["settings: {wrong: 1}", ":1:11: wrong is 1; expected nothing"],
    ["settings: 7", ':1:11: "settings" is 7; expected settings, as in SETTINGS.json'],
    ["inputs:\n  - clock: cv\n    bpm: fast\n    beats: 1", ':3:10: "bpm" is "fast"; expected a number 0.1..100000'],
    ["inputs: [{clock: cv, beats: 1}]", ':1:10: "bpm" is missing in an input'],
    ["inputs: [{clock: volca, bpm: 1}]", ':1:18: "clock" is "volca"; expected one of cv, button-tap, midi-din, midi-usb'],
    ["inputs: [{clock: cv, bpm: 60}]", ":1:10: a clock has no end; expected beats, for or until, or the scenario's duration"],
    ["inputs: [{clock: cv, bpm: 60, beats: 1, for: 1s}]", ":1:10: a clock has beats and for; expected one of them"],
    ["inputs: [{clock: cv, bpm: 60, beats: 1, drop: [0]}]", ':1:48: "drop" holds 0; expected numbers of pulses from 1, like 5 or 9..12'],
    ["inputs: [{clock: cv, bpm: 9999, ppqn: 960, for: 150h}]", ":1:10: a clock has 86391360000 pulses; expected 20000000 at most"],
    [
      "inputs: [{midi: begin, at: 1s}]",
      ':1:17: "midi" is "begin"; expected clock, start, continue, stop, active-sensing, system-reset, tune-request, or a mapping with song-position, note, velocity, control, value, program, bend, channel, sysex, bytes',
    ],
    ["inputs: [{midi: {note: H2}, at: 1s}]", ':1:24: "note" is "H2"; expected 0..127 or a name like C4 or F#3'],
    ["inputs: [{midi: {sysex: 7D 80}, at: 1s}]", ':1:25: "sysex" is "7D 80"; expected bytes in hexadecimal, 00..7F, like "7D 01 02"'],
    ["inputs: [{press: play, at: beat 1}]", ':1:28: "at" is "beat 1", but there is no clock to count beats on; expected a time like 2s'],
    ["inputs: [{press: play}]", ':1:10: "at" is missing in an input'],
    [
      "inputs: [{press: play, keys: x, at: 1s}]",
      ":1:10: an input says press and keys at once; expected one of clock, pulse, level, press, midi, pot, keys, set",
    ],
    ["inputs: [{at: 1s}]", ":1:10: an input says nothing to do; expected one of clock, pulse, level, press, midi, pot, keys, set"],
    ["inputs: [{pot: arp, to: 1024, at: 1s}]", ':1:25: "to" is 1024; expected a whole number 0..1023'],
  ]
  it("refuses what is wrong with file, line and column, what stands there and what was expected", () => {
    for (const [text, message] of refusals) {
      assert.throws(
        () => read(text),
        (error: Error) => {
          assert.ok(error instanceof BadInput, error.stack)
          assert.equal(error.message, file + message)
          return true
        },
      )
    }
  })

  it("answers any text at all with inputs in time order or one line of refusal", () => {
    const words = fc.constantFrom(
      ...INPUT_NAMES,
      ...SCENARIO_KEYS,
      "cv",
      "play",
      "1s",
      "beat 2",
      "start",
      "4",
      "-1",
      "&a",
      "*a",
      "9..12",
      "{",
      "}",
      "[",
      "]",
      "note",
      "!!x",
    )
    const text = fc.array(fc.tuple(words, fc.constantFrom(": ", "\n", "\n  - ", "\n    ", ", ", " ")), { maxLength: 30 })
    const sensible = fc
      .record(
        {
          clock: fc.constantFrom("cv", "midi-din"),
          bpm: fc.double(),
          beats: fc.nat(50),
          ppqn: fc.integer({ max: 30 }),
          swing: fc.nat(90),
          from: fc.string(),
          tempo: fc.anything(),
          jitter: fc.anything(),
          drop: fc.anything(),
        },
        { requiredKeys: ["clock", "bpm"] },
      )
      .map((input) => "duration: 10s\ninputs: [" + JSON.stringify(input, (_, value) => (typeof value === "bigint" ? 1 : value)) + "]")
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.flat().join("")),
          sensible,
          fc.string(),
        ),
        (yaml) => {
          try {
            const { inputs } = read(yaml)
            for (let index = 1; index < inputs.length; index++) assert.ok(inputs[index].time >= inputs[index - 1].time)
          } catch (error) {
            assert.ok(error instanceof BadInput && !error.message.includes("\n"), error as Error)
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it("has a schema for editors that knows the same keys", () => {
    assert.deepEqual(Object.keys(schema.properties).sort(), [...SCENARIO_KEYS].sort())
    assert.deepEqual(Object.keys(schema.$defs.input.properties).sort(), [...INPUT_NAMES].sort())
  })
})

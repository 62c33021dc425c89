import assert from "node:assert/strict"
import { byteEvent, IN_CV, IN_KEYS, IN_MIDI_DIN, levelEvent } from "../../../src/event"
import { Engine } from "../../../host-sim/live/engine"
import { BORDERS } from "../../../host-sim/live/histogram"
import { TestClock } from "../../../host-sim/live/test-clock"
import type { NestedSettings, TimedInput } from "../../../host-sim/input/timed-input"
import { simulate } from "../../../host-sim/simulator"

/** Small, seeded, good enough to shake a clock. */
function chance(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16807) % 2147483647) / 2147483647
}

/** Runs an engine by hand on a clock that stumbles. Returns outputs as [time, word, ...] and the inputs as they were heard. */
function stumble(settings: NestedSettings, until: number, plan: (engine: Engine, now: number) => void, seed = 3) {
  const engine = new Engine(settings)
  const random = chance(seed)
  const outputs: number[] = []
  const inputs: TimedInput[] = []
  for (let now = 0; now < until;) {
    now = Math.min(until, now + 100 + Math.floor(random() ** 8 * 40000))
    plan(engine, now)
    engine.advance(now)
    const report = engine.report()
    outputs.push(...report.outputs)
    inputs.push(...report.inputs)
  }
  return { engine, outputs, inputs }
}

function simulated(inputs: readonly TimedInput[], settings: NestedSettings, until: number): number[] {
  return [...simulate(inputs, settings, until).outputs].flatMap(({ time, word }) => [time, word])
}

describe("the live engine", () => {
  it("does with a stumbling clock what the simulator does in virtual time, event for event", () => {
    const settings = { source: "cv", cv: { ppqn: 4 } }
    const clock = new TestClock({ tempo: 127, ppqn: 4, jitterMicros: 2000 }, 0, chance(7))
    let pressed = 0
    const run = stumble(settings, 20e6, (engine, now) => {
      for (const edge of clock.edges(now)) engine.accept(edge)
      if (now > 3e6 * (pressed + 1) && pressed < 5) {
        engine.accept({ time: now - 700, event: byteEvent(IN_KEYS, "aibx6".charCodeAt(pressed++)) })
        engine.change(now - 200, { clock: { ppqn: [1, 2, 4, 8, 24][pressed - 1] } })
      }
    })
    assert.ok(run.outputs.length > 2000)
    assert.ok(run.inputs.filter((input) => input.set !== undefined).length === 5)
    assert.deepEqual(run.outputs, simulated(run.inputs, settings, 20e6))
  })

  it("hears an input that comes too late as early as it still can", () => {
    const engine = new Engine({ source: "cv" })
    engine.advance(50000)
    engine.accept({ time: 20000, event: levelEvent(IN_CV, 1) })
    engine.advance(51000)
    assert.deepEqual(engine.report().inputs, [{ time: 50000, event: levelEvent(IN_CV, 1) }])
  })

  it("keeps DIN bytes apart as the wire does, however late they are heard", () => {
    const engine = new Engine({ source: "midi-din" })
    engine.advance(50000)
    for (let byte = 1; byte <= 3; byte++) engine.accept({ time: 20000 + 320 * byte, event: byteEvent(IN_MIDI_DIN, 0xf8) })
    engine.advance(60000)
    assert.deepEqual(
      engine.report().inputs.map(({ time }) => time),
      [50000, 50320, 50640],
    )
  })

  it("refuses a wrong setting whole, and does not write it down", () => {
    const engine = new Engine({ source: "internal" })
    engine.advance(1000)
    assert.deepEqual(engine.change(1000, { tempo: 5 }), ["tempo is 5; expected 20..999.99 BPM"])
    assert.equal(engine.report().inputs.length, 0)
    assert.equal(engine.module.settings.tempo, 120)
  })

  it("counts nothing as late while it is asked in time, and what a stall made late", () => {
    const engine = new Engine({ source: "internal" })
    for (let now = 0; now <= 3e6; now += 6000) engine.advance(now)
    assert.equal(engine.report().late, 0)
    engine.advance(3.3e6)
    const { late, worstLateMicros } = engine.report()
    assert.ok(late > 20, `${late}`)
    assert.ok(worstLateMicros > 250000 && worstLateMicros <= 300000, `${worstLateMicros}`)
  })

  it("files how long after its time an event was picked up", () => {
    const engine = new Engine({ source: "internal" })
    for (let now = 0; now <= 2e6; now += 700) engine.advance(now)
    const { counts, worst } = engine.report().wakeUps
    assert.ok(worst < 701 && worst > 300, `${worst}`)
    assert.equal(counts.slice(BORDERS.indexOf(1000)).reduce((sum, count) => sum + count, 0) - counts[BORDERS.indexOf(1000)], 0)
  })

  it("wakes for whatever comes first, and often enough", () => {
    const engine = new Engine({ source: "cv" })
    engine.advance(1000)
    assert.equal(engine.nextWake(), 3000)
    engine.accept({ time: 1700, event: levelEvent(IN_CV, 1) })
    assert.equal(engine.nextWake(), 1701)
  })
})

/**
 * Four channels over one position. The oracle keeps no clock: it knows that beat 1 stands at BEAT_1, that a part is 2 s long (16
 * steps at 120 BPM), and which parts a channel plays when its keys are pressed in given parts.
 */
import assert from "node:assert/strict"
import { Rack, intervals } from "../support/rack"

const INTERNAL = { source: "internal" }
const BEAT_1 = 10000
const PART = 2e6
const STEP = 125000
const SYNCS = ["sync1", "sync2", "sync3", "sync4"] as const
const TOGGLE = "abcd"
const PAUSE = "ijkl"

/** The parts in which a channel plays all its eight pulses, none in the others; anything else fails. */
function partsPlayed(rises: readonly number[], parts: number): number[] {
  const played: number[] = []
  for (let part = 0; part < parts; part++) {
    const from = BEAT_1 + part * PART
    const within = rises.filter((time) => time >= from - 1 && time < from + PART - 1)
    if (within.length > 0) {
      assert.deepEqual(
        within.map((time) => Math.round((time - from) / 250000)),
        [0, 1, 2, 3, 4, 5, 6, 7],
        `part ${part} is whole`,
      )
      within.forEach((time, i) => assert.ok(Math.abs(time - from - i * 250000) <= 1))
      played.push(part)
    }
  }
  return played
}

describe("the sync channels", () => {
  it("pulse twice a beat from beat 1 on, 15 ms wide, all four at the same microsecond", () => {
    const outcome = new Rack().run(INTERNAL, 8.1e6)
    const first = outcome.levels("sync1")
    assert.equal(first[0].time, BEAT_1)
    for (let i = 0; i + 1 < first.length; i += 2) assert.equal(first[i + 1].time - first[i].time, 15000)
    for (const port of SYNCS) assert.deepEqual(outcome.levels(port), first)
    assert.ok(intervals(outcome.rises("sync1")).every((interval) => interval === 250000))
  })

  it("stop and start at the part boundary, wherever in the part the key is pressed, and on the boundary itself for the next one", () => {
    for (let step = 0; step < 32; step++) {
      const press = BEAT_1 + 2 * PART + step * (STEP / 2) + (step % 2)
      SYNCS.forEach((port, channel) => {
        const outcome = new Rack()
          .keys(press, TOGGLE[channel])
          .keys(press + PART, TOGGLE[channel])
          .run(INTERNAL, BEAT_1 + 8 * PART)
        assert.deepEqual(partsPlayed(outcome.rises(port), 8), [0, 1, 2, 4, 5, 6, 7], `${port}, pressed at half-step ${step}`)
        for (const other of SYNCS) if (other !== port) assert.equal(partsPlayed(outcome.rises(other), 8).length, 8)
      })
    }
  })

  it("decide a boundary 8 ms ahead of the first output, for all alike: 58 ms where one has a latency of -50 ms", () => {
    const sync = [{}, {}, {}, { latencyMicros: -50000 }]
    // The start leaves room for the 50 ms: beat 1 is later by as much.
    const beat1 = new Rack().run({ ...INTERNAL, sync }, 1e6).rises("sync1")[0]
    assert.ok(beat1 >= BEAT_1 && beat1 < BEAT_1 + 60000)
    for (const [ahead, last] of [
      [58001, 1],
      [58000, 2],
      [8001, 2],
    ]) {
      const outcome = new Rack().keys(beat1 + 2 * PART - ahead, "abcd").run({ ...INTERNAL, sync }, beat1 + 5 * PART)
      SYNCS.forEach((port, channel) => {
        const rises = outcome.rises(port)
        assert.equal(rises.length, 8 * (last + 1), `${port}, ${ahead} us ahead`)
        assert.equal(rises[rises.length - 1], beat1 + last * PART + 1750000 - (channel === 3 ? 50000 : 0))
      })
    }
  })

  it("pause for `wait` parts and resume by themselves, or at the boundary after the key is pressed again", () => {
    for (const wait of [1, 2, 3]) {
      const outcome = new Rack().keys(BEAT_1 + 1.5 * PART, PAUSE).run({ ...INTERNAL, wait }, BEAT_1 + 8 * PART)
      const silent = [2, 3, 4].slice(0, wait)
      for (const port of SYNCS) {
        assert.deepEqual(
          partsPlayed(outcome.rises(port), 8),
          [0, 1, 2, 3, 4, 5, 6, 7].filter((part) => !silent.includes(part)),
        )
      }
    }
    const early = new Rack()
      .keys(BEAT_1 + 1.5 * PART, "i")
      .keys(BEAT_1 + 3.5 * PART, "i")
      .run({ ...INTERNAL, wait: 99 }, BEAT_1 + 8 * PART)
    assert.deepEqual(partsPlayed(early.rises("sync1"), 8), [0, 1, 4, 5, 6, 7])
  })

  it("take a pending action back when the key is pressed again", () => {
    const outcome = new Rack()
      .keys(BEAT_1 + 1.2 * PART, "ab")
      .keys(BEAT_1 + 1.4 * PART, "a")
      .keys(BEAT_1 + 1.5 * PART, "c")
      .keys(BEAT_1 + 1.6 * PART, "kck")
    const run = outcome.run(INTERNAL, BEAT_1 + 4 * PART)
    assert.deepEqual(partsPlayed(run.rises("sync1"), 4), [0, 1, 2, 3])
    assert.deepEqual(partsPlayed(run.rises("sync2"), 4), [0, 1])
    assert.deepEqual(partsPlayed(run.rises("sync4"), 4), [0, 1, 2, 3])
  })

  it("step a stopped instrument at once, and realign it with the missing pulses", () => {
    const outcome = new Rack()
      .keys(BEAT_1 + 0.5 * PART, "a")
      .keys(BEAT_1 + 1.2 * PART, "i")
      .keys(BEAT_1 + 1.3 * PART, "ii")
      .keys(BEAT_1 + 1.5 * PART, "I")
      .run(INTERNAL, BEAT_1 + 2 * PART)
    const rises = outcome.rises("sync1").filter((time) => time > BEAT_1 + PART)
    assert.equal(rises.length, 8, "three by hand and five to come round")
    assert.equal(rises[0], BEAT_1 + 1.2 * PART + 8000)
    assert.ok(Math.min(...intervals(rises)) >= 30000, "no closer than twice the width")
  })

  it("change tempo together at step 1, atomically, MIDI and rack clock too", () => {
    const outcome = new Rack().keys(BEAT_1 + 1.3 * PART, "9").run(INTERNAL, BEAT_1 + 4 * PART)
    const boundary = BEAT_1 + 2 * PART
    const slow = 250000
    const fast = 60e6 / 140 / 2
    for (const port of SYNCS) {
      const steps = intervals(outcome.rises(port))
      const rises = outcome.rises(port)
      steps.forEach((interval, i) => assert.ok(Math.abs(interval - (rises[i] < boundary - 1 ? slow : fast)) <= 1))
    }
    const clocks = outcome.clocks()
    intervals(clocks).forEach((interval, i) => assert.ok(Math.abs(interval - (clocks[i] < boundary - 1 ? 500000 : 60e6 / 140) / 24) <= 1))
  })

  it("refuse a tempo while an external clock rules", () => {
    const rack = new Rack()
    for (let i = 0; i < 40; i++) rack.pulse("cv", 1e6 + i * 500000)
    rack.keys(21e6, "9")
    const outcome = rack.run({}, 23e6)
    assert.equal(outcome.recording.counters.tempoRefused, 1)
    assert.ok(intervals(outcome.rises("sync1")).every((interval) => Math.abs(interval - 250000) <= 1))
  })

  it("take a new part length and wait at the boundary", () => {
    const outcome = new Rack()
      .keys(BEAT_1 + 0.5 * PART, "[[[[[[[[")
      .keys(BEAT_1 + 1.2 * PART, "a")
      .run(INTERNAL, BEAT_1 + 3 * PART)
    const rises = outcome.rises("sync1")
    assert.equal(rises[rises.length - 1], BEAT_1 + 1.5 * PART - 250000, "the second part has eight steps, and the channel stops after it")
  })

  it("do not run before their key where autoStart is false", () => {
    const outcome = new Rack().keys(BEAT_1 + 1.5 * PART, "b").run({ ...INTERNAL, sync: [{}, { autoStart: false }] }, BEAT_1 + 4 * PART)
    assert.deepEqual(partsPlayed(outcome.rises("sync2"), 4), [2, 3])
    assert.deepEqual(partsPlayed(outcome.rises("sync1"), 4), [0, 1, 2, 3])
  })

  it("have rate, width, polarity, latency and swing of their own", () => {
    const sync = [
      { ppqn: 48, widthMicros: 15000 },
      { polarity: "negative", latencyMicros: -20000 },
      { ppqn: 4, swing: 60, latencyMicros: 30000 },
      { ppqn: 1 },
    ]
    const outcome = new Rack().run({ ...INTERNAL, tempo: 300, sync }, 4e6)
    const origin = 60000 - 30000
    const widths = intervals(outcome.levels("sync1").map((event) => event.time))
    assert.ok(
      widths.every((width) => Math.abs(width - 60e6 / 300 / 48 / 2) <= 1),
      "half a period at most",
    )
    const negative = outcome.levels("sync2")
    assert.equal(negative[0].level, 1, "rests high")
    const beat = outcome.rises("sync4")[0]
    assert.equal(negative[1].level, 0)
    assert.equal(negative[1].time, beat - 20000)
    const swung = outcome.rises("sync3")
    swung.forEach((time, i) => assert.ok(Math.abs(time - beat - 30000 - Math.floor(i / 2) * 100000 - (i % 2) * 60000) <= 1))
    assert.ok(origin > 0)
  })
})

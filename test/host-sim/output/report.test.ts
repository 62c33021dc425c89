import assert from "node:assert/strict"
import { readingOf } from "../../../host-sim/output/reading"
import { reportOf as figuresOf } from "../../../host-sim/output/report"
import { byteEvent, bytesEvent, IN_CV, levelEvent, OUT_MIDI_DIN } from "../../../src/event"
import { Recording } from "../../../host-sim/recording"
import { synthetic } from "./synthetic"

const reportOf = (recording: Recording) => figuresOf(readingOf(recording))

function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} +- ${tolerance}`)
}

describe("report.json", () => {
  it("measures a steady clock that stands on its pulses", () => {
    const report = reportOf(synthetic({ seconds: 20 }))
    near(report.clock.beatsPerMinute?.mean, 120, 0.001)
    near(report.clock.intervalMicros?.sd, 0, 0.6)
    near(report.phaseError.absoluteMicros?.maximum, 0, 0)
    assert.equal(report.phaseError.pulsesWithoutClock, 0)
    assert.equal(report.wire.dinOverlaps, 0)
  })

  it("counts messages and edges of each port", () => {
    const report = reportOf(synthetic({ seconds: 1.49, rack: true, notes: true }))
    assert.deepEqual(report.outputs["midi-din"], { noteOn: 8, clock: 48, start: 1 })
    assert.deepEqual(report.outputs.clock, { rising: 8, falling: 8 })
    assert.deepEqual(report.inputs, { cv: { rising: 48, falling: 48 } })
  })

  it("finds the spread of jittered pulses against an even clock", () => {
    const report = reportOf(synthetic({ seconds: 120, jitter: 1000 }))
    near(report.phaseError.micros?.sd, 1000, 60)
    near(report.phaseError.micros?.mean, 0, 60)
    near(report.clock.intervalMicros?.sd, 0, 0.6)
  })

  for (const pulsesPerBeat of [1, 2, 4, 8, 12]) {
    it(`matches pulses at ${pulsesPerBeat} a beat with the clocks that belong to them`, () => {
      const report = reportOf(synthetic({ pulsesPerBeat, tempo: (beat) => (beat < 8 ? 120 : 140) }))
      assert.equal(report.phaseError.absoluteMicros?.maximum, 0)
      assert.equal(report.phaseError.micros?.count, report.phaseError.pulses)
    })
  }

  it("is not spoilt by a missing or a spurious pulse, and says there was one", () => {
    const recording = synthetic({ pulsesPerBeat: 4, missing: (pulse) => pulse === 10 })
    recording.addInput(4_040_000, levelEvent(IN_CV, 1))
    recording.addInput(4_041_000, levelEvent(IN_CV, 0))
    const report = reportOf(recording)
    assert.equal(report.phaseError.absoluteMicros?.maximum, 0)
    assert.equal(report.phaseError.pulsesWithoutClock, 1)
  })

  it("counts a clock late by nearly half a pulse in full", () => {
    const recording = new Recording("late", { source: "cv", cv: { ppqn: 1 } })
    for (let beat = 0; beat < 8; beat++) {
      recording.addInput(1e6 + beat * 500_000, levelEvent(IN_CV, 1))
      recording.addInput(1e6 + beat * 500_000 + 5000, levelEvent(IN_CV, 0))
    }
    recording.addOutput(990_000, byteEvent(OUT_MIDI_DIN, 0xfa))
    for (let tick = 0; tick < 190; tick++)
      recording.addOutput(1e6 + tick * 20833.333 + (tick === 96 ? 9000 : 0), byteEvent(OUT_MIDI_DIN, 0xf8))
    assert.equal(reportOf(recording).phaseError.micros?.worst, 9000)
  })

  it("is not spoilt by a spurious pulse close to a true one, though the clock stands a little off", () => {
    const recording = synthetic({ pulsesPerBeat: 24, settings: { source: "cv", cv: { ppqn: 24 }, latencyMicros: { "midi-din": -2000 } } })
    recording.addInput(500_000 + 5003, levelEvent(IN_CV, 1))
    recording.addInput(500_000 + 5103, levelEvent(IN_CV, 0))
    const report = reportOf(recording)
    assert.equal(report.phaseError.micros?.minimum, 2000)
    assert.equal(report.phaseError.micros?.maximum, 2000)
    assert.equal(report.phaseError.pulsesWithoutClock, 1)
  })

  it("gives a pulse no clock rather than one from a whole period away", () => {
    const recording = new Recording("held", { source: "cv", cv: { ppqn: 4 } })
    const period = 120_000
    for (let pulse = 0; pulse < 40; pulse++) {
      if (pulse === 20) continue
      const early = pulse === 21 ? 2000 : 0
      recording.addInput(pulse * period - early, levelEvent(IN_CV, 1))
      recording.addInput(pulse * period + 5000, levelEvent(IN_CV, 0))
    }
    // Held at the missing pulse, and caught up after the second one that came.
    const heldUntil = 22 * period + 4000
    for (let tick = 0; tick < 240; tick++) {
      const late = tick > 120 && tick < 138 ? Math.max(0, heldUntil + (tick - 120) * 1000 - tick * 20_000) : 0
      recording.addOutput(tick * 20_000 + late, byteEvent(OUT_MIDI_DIN, 0xf8))
    }
    const { micros, pulsesWithoutClock } = reportOf(recording).phaseError
    assert.equal(pulsesWithoutClock, 1)
    assert.equal(micros?.worst, 10_000)
    assert.equal(micros?.minimum, 0)
  })

  it("tells the first beat after each start apart from the rest", () => {
    const recording = new Recording("late start", { source: "cv", cv: { ppqn: 24 } })
    recording.addOutput(0, byteEvent(OUT_MIDI_DIN, 0xfa))
    for (let tick = 0; tick < 240; tick++) {
      if (tick === 120) recording.addOutput(2000 + tick * 20_000 - 1000, byteEvent(OUT_MIDI_DIN, 0xfa))
      const late = tick % 120 < 24 ? 9000 : 100
      recording.addInput(2000 + tick * 20_000, levelEvent(IN_CV, 1))
      recording.addInput(2000 + tick * 20_000 + 5000, levelEvent(IN_CV, 0))
      recording.addOutput(2000 + tick * 20_000 + late, byteEvent(OUT_MIDI_DIN, 0xf8))
    }
    assert.equal(reportOf(recording).phaseError.micros?.worst, 9000)
    assert.equal(reportOf(recording).phaseError.settledMicros?.worst, 100)
    assert.equal(reportOf(recording).phaseError.settledMicros?.count, 192)
  })

  it("takes a port's latency offset off again", () => {
    const recording = synthetic({ settings: { source: "cv", cv: { ppqn: 24 }, latencyMicros: { "midi-din": 3000 } } })
    assert.equal(reportOf(recording).phaseError.micros?.mean, -3000)
  })

  it("tells starts, stops and continues with their beats", () => {
    const recording = new Recording("transport", { source: "internal" })
    const send = (time: number, byte: number) => recording.addOutput(time, byteEvent(OUT_MIDI_DIN, byte))
    send(0, 0xfa)
    for (let tick = 0; tick < 60; tick++) send(2000 + tick * 20000, 0xf8)
    send(1_300_000, 0xfc)
    send(2_000_000, 0xfb)
    for (let tick = 0; tick < 24; tick++) send(2_002_000 + tick * 20000, 0xf8)
    send(3_000_000, 0xfc)
    recording.addOutput(3_000_500, bytesEvent(OUT_MIDI_DIN, 3, 0xf2, 8, 1))
    send(3_100_000, 0xfb)
    assert.deepEqual(
      reportOf(recording).transport.map(({ change, beat }) => [change, beat]),
      [
        ["start", 0],
        ["stop", 2.5],
        ["continue", 2.5],
        ["stop", 3.5],
        ["continue", 34],
      ],
    )
    assert.equal(reportOf(recording).clock.intervalMicros?.maximum, 20000)
    assert.equal(reportOf(recording).clock.beatsPerMinute?.minimum, 125)
  })

  it("counts bytes that would stand on top of each other", () => {
    const recording = new Recording("overlap", {})
    recording.addOutput(1000, bytesEvent(OUT_MIDI_DIN, 3, 0x90, 60, 100))
    recording.addOutput(1640, byteEvent(OUT_MIDI_DIN, 0xf8))
    assert.equal(reportOf(recording).wire.dinOverlaps, 1)
  })
})

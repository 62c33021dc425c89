import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { detailWindowOf } from "../../../host-sim/output/detail-window"
import { readingOf } from "../../../host-sim/output/reading"
import { writeTimeline } from "../../../host-sim/output/timeline-svg"
import { Recording } from "../../../host-sim/recording"
import { byteEvent, IN_CV, INPUT_PORTS, levelEvent, OUT_CLOCK, OUT_MIDI_DIN, OUTPUT_PORTS } from "../../../src/event"
import { needs } from "../../support/needs"
import { synthetic } from "./synthetic"

function svgOf(recording: Recording): string {
  let svg = ""
  writeTimeline(readingOf(recording), (piece) => (svg += piece))
  return svg
}

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text)

/** Every number in every attribute is one, and stands in the picture or near it. */
function assertDrawable(svg: string): void {
  assert.doesNotMatch(svg, /NaN|Infinity|undefined|null/)
  const height = Number(/viewBox="0 0 1200 ([\d.]+)"/.exec(svg)?.[1])
  for (const [, name, value] of svg.matchAll(/ (x|x1|x2|y|y1|y2)="(-?[\d.]+)"/g)) {
    const most = name.startsWith("x") ? 1200 : height
    assert.ok(Number(value) >= 0 && Number(value) <= most, `${name}="${value}"`)
  }
}

const SHAPES = {
  steady: synthetic({ rack: true }),
  step: synthetic({ tempo: (beat) => (beat < 10 ? 120 : 140), jitter: 100, rack: true, sync: true }),
  "one pulse a beat": synthetic({ seconds: 30, pulsesPerBeat: 1, missing: (pulse) => pulse === 9, notes: true }),
  "jitter for minutes": synthetic({ seconds: 300, jitter: 1000 }),
  slow: synthetic({ seconds: 900, tempo: () => 0.5, pulsesPerBeat: 1 }),
  nothing: new Recording("nothing", {}),
}

describe("timeline.svg", () => {
  for (const [name, recording] of Object.entries(SHAPES)) {
    it(`stays within its picture and under 300 KB: ${name}`, () => {
      const svg = svgOf(recording)
      assertDrawable(svg)
      assert.ok(svg.length < 300_000, `${svg.length} bytes`)
    })
  }

  it("is well-formed whatever the title says", function () {
    needs(this, "python3")
    const svg = svgOf(synthetic({ title: `</title> & "A" \u0007\ud800 <script>` }))
    const { status, stderr } = spawnSync("python3", ["-c", "import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())"], {
      input: svg,
    })
    assert.equal(status, 0, stderr.toString())
    assert.doesNotMatch(svg, /<script/)
  })

  it("has a labelled lane for each port that was used and for no other", () => {
    const texts = textsOf(svgOf(SHAPES.step))
    const lanes = texts.filter((text) => / (in|out)$/.test(text))
    assert.deepEqual(lanes, [
      "cv in",
      "midi-din out",
      "midi-usb out",
      "clock out",
      "run out",
      "reset out",
      "sync1 out",
      "sync2 out",
      "sync3 out",
      "sync4 out",
    ])
  })

  it("draws every port there is", () => {
    const recording = new Recording("all", {})
    recording.until = 1e6
    INPUT_PORTS.forEach((name, port) =>
      recording.addInput(5e5, name.startsWith("midi") || name === "keys" ? byteEvent(port, 0xf8) : levelEvent(port, 1)),
    )
    OUTPUT_PORTS.forEach((name, port) => recording.addOutput(5e5, name.startsWith("midi") ? byteEvent(port, 0xf8) : levelEvent(port, 1)))
    const svg = svgOf(recording)
    assertDrawable(svg)
    assert.equal(textsOf(svg).filter((text) => / (in|out)$/.test(text)).length, INPUT_PORTS.length + OUTPUT_PORTS.length)
  })

  it("numbers the beats and tells the figures", () => {
    const texts = textsOf(svgOf(synthetic({ seconds: 10, jitter: 1000 })))
    for (const expected of ["beat 1", "beat 2", "beat 4", "start", "119.99"])
      assert.ok(texts.includes(expected) || expected === "119.99", expected)
    assert.ok(texts.some((text) => /^120\.0\d$|^119\.9\d$/.test(text)))
    assert.ok(texts.some((text) => /pulses · mean .* · sd .* · worst/.test(text)))
  })

  it("has figures below zero in both panels of the phase, whatever its size", () => {
    for (let jitter = 20; jitter < 2000; jitter *= 1.1) {
      const below = textsOf(svgOf(synthetic({ seconds: 20, jitter }))).filter((text) => /^−\d+(\.\d+)? (µs|ms)$/.test(text))
      assert.ok(below.length >= 2, `${jitter} us: ${below.join()}`)
    }
  })

  it("shows a pulse that is narrower than a pixel as narrow", () => {
    const recording = synthetic({ seconds: 900, tempo: () => 0.5, pulsesPerBeat: 1 })
    const lane = /<path d="(M150[^"]*)" fill="none" stroke="#c8324a" stroke-width="1.4"/.exec(svgOf(recording))?.[1] ?? ""
    const points = [...lane.matchAll(/V([\d.]+)H([\d.]+)/g)].map(([, y, x]) => ({ y: Number(y), x: Number(x) }))
    const low = Math.max(...points.map(({ y }) => y))
    assert.ok(points.length >= 4)
    for (const { y } of points) assert.equal(y, low)
  })

  it("stays small in a storm of glitches", () => {
    const recording = synthetic({ seconds: 10 })
    for (let i = 0; i < 100_000; i++) recording.addInput(i * 100, levelEvent(IN_CV, i & 1))
    for (let i = 0; i < 100_000; i++) recording.addOutput(i * 100, levelEvent(OUT_CLOCK, i & 1))
    assert.ok(svgOf(recording).length < 300_000)
  })
})

describe("the close-up", () => {
  const windowOf = (recording: Recording) => detailWindowOf(readingOf(recording))

  it("shows the start of a run in which nothing happens", () => {
    const { from, until, reason } = windowOf(synthetic({ seconds: 60, jitter: 300 }))
    assert.equal(reason, "the start")
    assert.ok(from <= 498_000 && until > 2_000_000 && until < 3_000_000)
  })

  it("does not take a pause for a change of tempo", () => {
    const recording = new Recording("pause", { source: "internal" })
    recording.until = 20e6
    for (const [from, byte] of [
      [1e6, 0xfa],
      [12e6, 0xfb],
    ]) {
      recording.addOutput(from - 2000, byteEvent(OUT_MIDI_DIN, byte))
      for (let tick = 0; tick < 200; tick++) recording.addOutput(from + tick * 25_000, byteEvent(OUT_MIDI_DIN, 0xf8))
      recording.addOutput(from + 5e6, byteEvent(OUT_MIDI_DIN, 0xfc))
    }
    assert.equal(windowOf(recording).reason, "the start")
  })

  it("finds a step, a missing pulse, a stray pulse and a clock that stood off", () => {
    const step = windowOf(synthetic({ seconds: 60, tempo: (beat) => (beat < 100 ? 120 : 140) }))
    assert.equal(step.reason, "the largest change of tempo")
    assert.ok(step.from < 50.5e6 && step.until > 50.5e6)
    const missing = windowOf(synthetic({ seconds: 60, missing: (pulse) => pulse === 240 }))
    assert.equal(missing.reason, "a missing pulse")
    assert.ok(missing.from < 5.5e6 && missing.until > 5.5e6)
    const stray = synthetic({ seconds: 60, pulsesPerBeat: 4 })
    stray.addInput(30_040_000, levelEvent(IN_CV, 1))
    stray.addInput(30_041_000, levelEvent(IN_CV, 0))
    assert.ok(windowOf(stray).from < 30.04e6 && windowOf(stray).until > 30.04e6)
    const late = new Recording("late", { source: "cv", cv: { ppqn: 24 } })
    late.until = 60e6
    for (let i = 0; i < 2000; i++) {
      late.addInput(i * 20_000, levelEvent(IN_CV, 1))
      late.addInput(i * 20_000 + 5000, levelEvent(IN_CV, 0))
      late.addOutput(i * 20_000 + (i === 1234 ? 2000 : 0), byteEvent(OUT_MIDI_DIN, 0xf8))
    }
    assert.equal(windowOf(late).reason, "the largest phase error")
    assert.ok(windowOf(late).from < 1234 * 20_000 && windowOf(late).until > 1234 * 20_000)
  })
})

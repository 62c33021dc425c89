import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { parseMidi } from "midi-file"
import { writeClockMidi } from "../../../host-sim/output/clock-midi"
import { readingOf } from "../../../host-sim/output/reading"
import { Recording } from "../../../host-sim/recording"
import { byteEvent, bytesEvent, OUT_MIDI_DIN } from "../../../src/event"
import { needs, unavailable } from "../../support/needs"
import { synthetic } from "./synthetic"

function fileOf(recording: Recording): Buffer {
  const chunks: Uint8Array[] = []
  writeClockMidi(readingOf(recording), (bytes) => chunks.push(bytes))
  return Buffer.concat(chunks)
}

interface Heard {
  notes: { micros: number; channel: number; note: number }[]
  markers: { micros: number; text: string }[]
  tempi: number
  seconds: number
}

/** Reads the file from standard input and prints what it would sound like; mido does the timing. */
const READ_WITH_MIDO = `
import io, json, sys, mido
file = mido.MidiFile(file=io.BytesIO(sys.stdin.buffer.read()))
now, notes, markers, tempi = 0.0, [], [], 0
for message in file:
    now += message.time
    if message.type == "note_on": notes.append({"micros": now * 1e6, "channel": message.channel, "note": message.note})
    if message.type == "marker": markers.append({"micros": now * 1e6, "text": message.text})
    if message.type == "set_tempo": tempi += 1
print(json.dumps({"notes": notes, "markers": markers, "tempi": tempi, "seconds": file.length}))
`

/** Where Python has the module; Debian's own does even when another comes first in PATH. */
function pythonWithMido(context: Mocha.Context): string {
  needs(context, "python3")
  const python = ["python3", "/usr/bin/python3"].find((candidate) => spawnSync(candidate, ["-c", "import mido"]).status === 0)
  return python ?? unavailable(context, "needs the Python module mido: apt-get install python3-mido")
}

function hear(context: Mocha.Context, file: Buffer): Heard {
  const { stdout, stderr } = spawnSync(pythonWithMido(context), ["-c", READ_WITH_MIDO], { input: file, maxBuffer: 1e8 })
  assert.equal(stderr.toString(), "")
  return JSON.parse(stdout.toString()) as Heard
}

/** Times of the clocks on beats, as recorded. */
function beatTimes(recording: Recording): number[] {
  const { clocks } = readingOf(recording)
  return [...clocks.times].filter((_, i) => clocks.ticks[i] >= 0 && clocks.ticks[i] % 24 === 0)
}

function assertBeats(heard: Heard, expected: number[]): void {
  const beats = heard.notes.filter(({ channel }) => channel === 9)
  assert.equal(beats.length, expected.length)
  const worst = Math.max(...beats.map(({ micros }, i) => Math.abs(micros - expected[i])))
  assert.ok(worst <= 50, `a beat is off by ${worst} us`)
}

describe("clock.mid, read by mido", function () {
  this.slow(2000)

  for (const tempo of [120, 123.45, 97]) {
    it(`keeps every beat of an hour at ${tempo} BPM within 50 us`, function () {
      const recording = synthetic({ seconds: 3600, tempo: () => tempo })
      const heard = hear(this, fileOf(recording))
      assertBeats(heard, beatTimes(recording))
      assert.ok(Math.abs(heard.seconds - 3600) < 0.001, `${heard.seconds} s`)
      assert.ok(heard.tempi < 200, `${heard.tempi} tempo changes`)
    })
  }

  it("follows steps, ramps and uneven clocks", function () {
    for (const tempo of [(beat: number) => (beat < 8.5 ? 120 : 140), (beat: number) => 80 + Math.min(80, beat * 5)]) {
      const recording = synthetic({ seconds: 20, tempo, clockJitter: 300 })
      assertBeats(hear(this, fileOf(recording)), beatTimes(recording))
    }
  })

  it("follows a clock slower than a MIDI file can say", function () {
    const recording = synthetic({ seconds: 600, tempo: () => 0.8 })
    assertBeats(hear(this, fileOf(recording)), beatTimes(recording))
  })

  it("starts on a bar line, marks the transport, and keeps true time through a stop", function () {
    const recording = new Recording("stop and go", { source: "internal" })
    recording.until = 320e6
    const play = (from: number, first: number, clocks: number, period: number) => {
      recording.addOutput(from - 1000, byteEvent(OUT_MIDI_DIN, first))
      for (let tick = 0; tick < clocks; tick++) recording.addOutput(from + tick * period, byteEvent(OUT_MIDI_DIN, 0xf8))
      recording.addOutput(from + clocks * period, byteEvent(OUT_MIDI_DIN, 0xfc))
    }
    play(777_777, 0xfa, 24 * 5 + 7, 20_833.3)
    play(9_111_111, 0xfb, 24 * 4, 17_000)
    play(300_000_000, 0xfa, 24 * 9, 31_000)
    const file = fileOf(recording)
    const heard = hear(this, file)
    assertBeats(heard, beatTimes(recording))
    assert.deepEqual(
      heard.markers.map(({ text }) => text),
      ["start", "stop at beat 5.292", "continue at beat 5.292", "stop at beat 9.292", "start", "stop at beat 9"],
    )
    ;[777_777, 3_423_606, 9_111_111, 10_743_111, 300_000_000].forEach((micros, i) => {
      assert.ok(Math.abs(heard.markers[i].micros - micros) < 600, `${heard.markers[i].text}: ${heard.markers[i].micros}`)
    })
    let tick = 0
    for (const event of parseMidi(file).tracks[0]) {
      tick += event.deltaTime
      if (event.type === "marker" && event.text === "start") assert.equal(tick % (960 * 4), 0)
    }
  })

  it("carries what passed through, each port in a track of its own", function () {
    const recording = synthetic({ seconds: 4, notes: true })
    recording.addOutput(3_900_000, bytesEvent(OUT_MIDI_DIN, 3, 0xf0, 0x7d, 5))
    recording.addOutput(3_900_960, byteEvent(OUT_MIDI_DIN, 0xf7))
    const file = fileOf(recording)
    const through = hear(this, file).notes.filter(({ channel }) => channel === 0)
    assert.equal(through.length, 28)
    through.forEach(({ micros }, i) => assert.ok(Math.abs(micros - (500_320 + i * 125_000)) < 300, `${micros}`))
    const tracks = parseMidi(file).tracks
    assert.deepEqual(
      tracks.map((track) => track.find((event) => event.type === "trackName")).map((name) => name?.type === "trackName" && name.text),
      ["synthetic", "beats", "midi-din out"],
    )
    assert.deepEqual(
      tracks[2].flatMap((event) => (event.type === "sysEx" ? [[...(event.data as number[])]] : [])),
      [[0x7d, 5, 0xf7]],
    )
  })

  it("is a file even when nothing happened", function () {
    const recording = new Recording("nothing", {})
    recording.until = 1e6
    assert.deepEqual(hear(this, fileOf(recording)), { notes: [], markers: [], tempi: 1, seconds: 1 })
  })
})

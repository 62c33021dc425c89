/**
 * Recordings with a click on every beat, and the module that follows them: every clock that begins a beat must stand on its click, to half
 * a sample.
 */
import assert from "node:assert"
import { HEAD_MICROS, renderList } from "../../../host-sim/play/render"
import { SAMPLE_RATE, type Recording } from "../../../host-sim/play/decode"
import { Program } from "../../../host-sim/play/program"
import type { Track } from "../../../host-sim/play/playlist"
import { simulate } from "../../../host-sim/simulator"
import { byteOf, OUT_MIDI_USB, OUT_SYNC, valueOf } from "../../../src/event"

const SETTINGS = { source: "internal", transport: { start: "button" } }
const HALF_SAMPLE = 500_000 / SAMPLE_RATE

interface Song {
  seconds: number
  bpm?: number
  cueSeconds?: number
}

function programOf(songs: Song[], first = 0, fromSeconds = 0): Program {
  const tracks = songs.map(({ bpm, cueSeconds }, index): Track => ({
    path: String(index),
    title: `${index}`,
    line: index,
    bpm,
    cueSeconds,
  }))
  const decode = async (path: string): Promise<Recording> => {
    const { seconds, bpm, cueSeconds = 0 } = songs[Number(path)]
    const samples = new Float32Array(Math.round(seconds * SAMPLE_RATE))
    if (bpm) for (let beat = cueSeconds; beat < seconds - 1e-9; beat += 60 / bpm) samples[Math.round(beat * SAMPLE_RATE)] = 1
    return { channels: [samples, samples], frames: samples.length }
  }
  return new Program(tracks, first, fromSeconds, decode)
}

async function run(songs: Song[], first = 0, fromSeconds = 0) {
  const clicks: number[] = []
  let frame = 0
  const rendered = await renderList(programOf(songs, first, fromSeconds), SETTINGS, fromSeconds, (left) => {
    left.forEach((value, index) => value > 0.5 && clicks.push(((frame + index) / SAMPLE_RATE) * 1e6))
    frame += left.length
  })
  const { times, words } = rendered.recording.outputs.ofPort(OUT_MIDI_USB)
  const timesOf = (byte: number): number[] => [...times].filter((_, index) => byteOf(words[index], 0) === byte)
  /** Clocks since the last Start or Continue, by number. */
  const beats: number[] = []
  let tick = NaN
  words.forEach((word, index) => {
    const byte = byteOf(word, 0)
    if (byte === 0xfa || byte === 0xfb) tick = 0
    if (byte === 0xf8 && tick++ % 24 === 0) beats.push(times[index])
  })
  return { ...rendered, clicks, beats, timesOf }
}

/** Each click has its beat, on it. */
function onTheClicks(beats: number[], clicks: number[]): void {
  const near = clicks.map((click) =>
    beats.reduce((best, beat) => (Math.abs(beat - click) < Math.abs(best - click) ? beat : best), Infinity),
  )
  near.forEach((beat, index) => assert.ok(Math.abs(beat - clicks[index]) <= HALF_SAMPLE + 1, `click ${index}: ${beat - clicks[index]} us`))
}

describe("a list that drives the module", () => {
  it("puts beat 1 on each recording's cue and every beat on its click, from song to song", async () => {
    const songs = [
      { seconds: 8, bpm: 120, cueSeconds: 0.5 },
      { seconds: 7.3, bpm: 97.3, cueSeconds: 1.234 },
      { seconds: 3 },
      { seconds: 5.1, bpm: 174.5 },
      { seconds: 4.2, bpm: 60 },
    ]
    const { clicks, beats, timesOf, recording } = await run(songs)
    assert.strictEqual(clicks.length, 15 + 10 + 15 + 5)
    onTheClicks(beats, clicks)
    const begins = [0, 8, 15.3, 18.3, 23.4].map((seconds) => HEAD_MICROS + seconds * 1e6)
    const cues = [begins[0] + 500_000, begins[1] + 1_234_000, begins[3], begins[4]]
    assert.deepStrictEqual(
      timesOf(0xfa).map((time) => Math.round((time + 2000 - HEAD_MICROS) / 10)),
      cues.map((time) => Math.round((time - HEAD_MICROS) / 10)),
      "Start 2 ms before each beat 1",
    )
    const stops = timesOf(0xfc)
    const expected = [begins[1], begins[2], begins[4] + 4_200_000]
    assert.strictEqual(stops.length, 3, "it stands in an intro, where a recording has no tempo, and at the end")
    stops.forEach((time, index) => assert.ok(Math.abs(time - expected[index]) < 2000))
    const sync = recording.outputs.ofPort(OUT_SYNC)
    const rises = [...sync.times].filter((_, index) => valueOf(sync.words[index]) === 1)
    onTheClicks(rises, clicks)
    assert.strictEqual(recording.counters.lateChanges, 0)
  })

  it("joins a recording that is resumed in the middle on its next beat, by Song Position and Continue", async () => {
    const { clicks, beats, timesOf, recording } = await run([{ seconds: 30, bpm: 100, cueSeconds: 0.25 }], 0, 10.1)
    assert.ok(clicks[0] > HEAD_MICROS, "nothing is heard of what came before")
    onTheClicks(beats, clicks)
    assert.strictEqual(beats.length, clicks.length)
    assert.deepStrictEqual([timesOf(0xfa).length, timesOf(0xfb).length], [0, 1])
    const { words } = recording.outputs.ofPort(OUT_MIDI_USB)
    const position = [...words].find((word) => byteOf(word, 0) === 0xf2) ?? 0
    assert.strictEqual(byteOf(position, 1) + 128 * byteOf(position, 2), 4 * 17, "beat 18 of the recording")
  })

  it("leaves a trace that plays the same again without the recordings", async () => {
    const { recording, inputs } = await run([
      { seconds: 5, bpm: 133, cueSeconds: 0.1 },
      { seconds: 4, bpm: 71 },
    ])
    const again = simulate(inputs, SETTINGS, recording.until)
    assert.ok(recording.outputs.length > 300)
    assert.deepStrictEqual([...again.outputs], [...recording.outputs])
  })
})

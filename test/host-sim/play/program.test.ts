import assert from "node:assert"
import { execFileSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decode, SAMPLE_RATE, type Recording } from "../../../host-sim/play/decode"
import { Program } from "../../../host-sim/play/program"
import type { Track } from "../../../host-sim/play/playlist"
import { needs } from "../../support/needs"

function track(path: string, line = 1): Track {
  return { path, title: path, line }
}

/** Recordings that count on from one to the next: a gap or a doubled frame would show. */
const LENGTHS: Record<string, number> = { one: 3 * SAMPLE_RATE + 17, two: 40 * SAMPLE_RATE, three: 999 }
function counting(): (path: string) => Promise<Recording> {
  let begun = 0
  return async (path) => {
    if (!(path in LENGTHS)) throw new Error("unsupported")
    const samples = Float32Array.from({ length: LENGTHS[path] }, (_, index) => begun + index)
    begun += samples.length
    return { channels: [samples, samples], frames: samples.length }
  }
}

describe("a program", () => {
  it("runs from track to track without a gap, and past what cannot be decoded", async () => {
    const program = new Program(
      ["one", "broken", "two", "three"].map((path) => track(path)),
      0,
      0,
      counting(),
    )
    let expected = 0
    const into = new Float32Array(4800)
    const end = LENGTHS.one + LENGTHS.two + LENGTHS.three
    for (let frame = 0; frame < end; frame += into.length) {
      await program.prepare(frame)
      program.channel(0)(frame, into)
      for (const value of into) {
        if (expected < end) assert.strictEqual(value, expected++)
        else assert.strictEqual(value, 0, "silence after the end")
      }
    }
    assert.strictEqual(program.end, end)
    assert.deepStrictEqual(program.skipped, ["line 1: broken cannot be decoded: unsupported"])
  })

  it("says which track is heard and where in it, and is silent before the start", async () => {
    const program = new Program(
      ["one", "two"].map((path) => track(path)),
      0,
      0,
      counting(),
    )
    await program.prepare(0)
    const before = new Float32Array(10).fill(9)
    program.channel(1)(-20, before)
    assert.ok(before.every((value) => value === 0))
    const found = program.at(LENGTHS.one + SAMPLE_RATE)
    assert.deepStrictEqual([found?.track.path, found?.seconds, found?.length], ["two", 1, 40])
    assert.strictEqual(program.at(-1), undefined)
  })
})

describe("decoding", () => {
  it("gives the same length and the same beginning for wav, flac, ogg and mp3: no gaps of the encoder's", async function () {
    needs(this, "sox")
    needs(this, "lame")
    const directory = mkdtempSync(join(tmpdir(), "tactus-decode-"))
    for (const [name, allowed] of [
      ["a.wav", 1],
      ["a.flac", 1],
      ["a.ogg", 2],
      ["a.mp3", 2],
    ] as const) {
      const path = join(directory, name)
      if (name === "a.mp3") execFileSync("lame", ["--quiet", join(directory, "a.wav"), path])
      else
        execFileSync("sox", [
          "-R",
          "-n",
          "-r",
          "44100",
          "-c",
          "1",
          ...(name === "a.ogg" ? [] : ["-b", "16"]),
          path,
          "synth",
          "2",
          "sine",
          "441",
          "gain",
          "-6",
        ])
      const { frames, channels } = await decode(path)
      assert.ok(Math.abs(frames - 2 * SAMPLE_RATE) <= allowed, `${name}: ${frames}`)
      // The phase of the sine against where it ought to be, over the second half second.
      let [sine, cosine] = [0, 0]
      for (let frame = 24000; frame < 48000; frame++) {
        sine += channels[0][frame] * Math.sin((2 * Math.PI * 441 * frame) / SAMPLE_RATE)
        cosine += channels[0][frame] * Math.cos((2 * Math.PI * 441 * frame) / SAMPLE_RATE)
      }
      const micros = (Math.atan2(cosine, sine) / (2 * Math.PI * 441)) * 1e6
      assert.ok(Math.abs(micros) < 21, `${name} is heard ${micros.toFixed(1)} us early`)
    }
  })

  it("names what it cannot decode", async () => {
    await assert.rejects(decode(__filename), /unsupported|format/)
  })
})

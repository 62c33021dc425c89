import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WaveFile } from "wavefile"
import { writeRun } from "../../../host-sim/output/write-run"
import { Recording } from "../../../host-sim/recording"
import { levelEvent, OUT_SYNC } from "../../../src/event"
import { needs } from "../../support/needs"
import { synthetic } from "./synthetic"

describe("sync.wav", () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tactus-"))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  function samplesOf(recording: Recording): Int16Array[] {
    writeRun(directory, recording)
    const wave = new WaveFile(readFileSync(join(directory, "sync.wav")))
    return wave.getSamples(false, Int16Array) as unknown as Int16Array[]
  }

  it("has each edge of each channel on its sample, at full level", () => {
    const recording = new Recording("sync", {})
    recording.until = 100_000
    recording.addOutput(10_000, levelEvent(OUT_SYNC, 1))
    recording.addOutput(10_015, levelEvent(OUT_SYNC + 3, 1))
    recording.addOutput(25_000, levelEvent(OUT_SYNC, 0))
    recording.addOutput(25_000, levelEvent(OUT_SYNC + 1, 1))
    recording.addOutput(40_000, levelEvent(OUT_SYNC + 3, 0))
    const channels = samplesOf(recording)
    const expected = [
      [480, 1200],
      [1200, 4800],
      [0, 0],
      [481, 1920],
    ]
    channels.forEach((samples, channel) => {
      assert.equal(samples.length, 4800)
      const [from, until] = expected[channel]
      samples.forEach((sample, frame) =>
        assert.equal(sample, frame >= from && frame < until ? 32767 : 0, `channel ${channel}, frame ${frame}`),
      )
    })
  })

  it("is not written, nor left over from a run before, where no sync channel was used", () => {
    writeRun(directory, synthetic({ seconds: 1, sync: true }))
    assert.ok(existsSync(join(directory, "sync.wav")))
    writeRun(directory, synthetic({ seconds: 1 }))
    assert.ok(!existsSync(join(directory, "sync.wav")))
  })

  it("ends after a quarter of an hour, however long the run is", () => {
    writeRun(directory, synthetic({ seconds: 1200, sync: true, pulsesPerBeat: 1 }))
    assert.equal(statSync(join(directory, "sync.wav")).size, 44 + 900 * 48000 * 8)
  })

  it("takes little room for its length", () => {
    writeRun(directory, synthetic({ seconds: 120, sync: true, pulsesPerBeat: 1 }))
    const { size, blocks } = statSync(join(directory, "sync.wav"))
    assert.equal(size, 44 + 120 * 48000 * 8)
    if (process.platform === "linux") assert.ok(blocks * 512 < size / 4, `${blocks * 512} of ${size} bytes`)
  })

  it("is what sox takes for four channels of the right length", function () {
    needs(this, "soxi", "sox")
    writeRun(directory, synthetic({ seconds: 10, sync: true }))
    const { stdout } = spawnSync("soxi", [join(directory, "sync.wav")])
    for (const expected of [/Channels\s+: 4/, /Sample Rate\s+: 48000/, /Duration\s+: 00:00:10.00 = 480000 samples/])
      assert.match(stdout.toString(), expected)
  })
})

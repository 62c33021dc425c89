import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { BadInput } from "../../../host-sim/input/bad-input"
import { Random } from "../../../host-sim/input/random"
import { findClock, type Pulse, type RecordedClock } from "../../../host-sim/input/recorded-clock"
import { openWav } from "../../../host-sim/input/wav"
import { demoPulses } from "../../../tools/demo-clock/pulses"
import { type Recipe, synthesize } from "../../../tools/demo-clock/synthesize"
import { needs } from "../../support/needs"
import { type Depth, writeWav } from "../../support/recordings"

/** A clock at 120 BPM that wanders by 1 ms (sigma) a pulse; `width` 0 is a square. */
function wanderingPulses(seconds: number, width: number, perBeat = 1): Pulse[] {
  const random = new Random(7)
  const pulses: Pulse[] = []
  for (let start = 123456.7; start < (seconds - 0.4) * 1e6;) {
    const period = 500000 / perBeat + 1000 * random.gaussian()
    pulses.push({ start, end: start + (width || period / 2) })
    start += period
  }
  return pulses
}

function worstError(clock: RecordedClock, pulses: Pulse[]): number {
  assert.equal(clock.pulses.length, pulses.length)
  return Math.max(...clock.pulses.map((pulse, index) => Math.abs(pulse.start - pulses[index].start)))
}

describe("recorded clock", () => {
  let folder: string
  let file: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-"))
    file = join(folder, "clock.wav")
  })
  after(() => rmSync(folder, { recursive: true }))

  const recorded = (recipe: Partial<Recipe> & { pulses: Pulse[] }, depth: Depth = "24") => {
    const whole = { sampleRate: 44100, seconds: 6, amplitude: 0.5, ...recipe }
    writeWav(file, whole.sampleRate, [synthesize(whole)], depth)
    return findClock(openWav(file))
  }
  const refused = (use: () => unknown, message: RegExp) =>
    assert.throws(use, (error: Error) => {
      assert.ok(error instanceof BadInput, error.stack)
      assert.match(error.message, message)
      return true
    })

  const couplings: Record<string, Partial<Recipe>> = {
    "DC-coupled": {},
    "AC-coupled at 5 Hz": { highPassHertz: 5 },
    "AC-coupled at 20 Hz": { highPassHertz: 20 },
    "AC-coupled, noise 40 dB below": { highPassHertz: 10, noise: 0.005 },
    "with hum 24 dB below": { hum: 0.03, noise: 0.001 },
    "40 dB too quiet": { amplitude: 0.01, noise: 0.00005 },
  }
  const shapes: Record<string, [number, number]> = { "15 ms pulses": [15000, 1], "1 ms triggers": [1000, 4], "a square": [0, 2] }
  for (const [coupling, recipe] of Object.entries(couplings)) {
    it(`finds each pulse to within 3 us at 44.1 kHz, ${coupling}`, () => {
      const errors = Object.entries(shapes).map(([shape, [width, perBeat]]) => {
        const pulses = wanderingPulses(6, width, perBeat)
        return [shape, worstError(recorded({ ...recipe, pulses }), pulses)] as const
      })
      console.log("        worst " + errors.map(([shape, error]) => `${shape} ${error.toFixed(2)} us`).join(", "))
      for (const [shape, error] of errors) assert.ok(error < 3, `${shape}: ${error}`)
    })
  }

  it("finds in the demo's recording what its generator put there, to 20 us at 16 kHz", () => {
    assert.ok(worstError(findClock(openWav(join(__dirname, "../../../host-sim/demo/clock.wav"))), demoPulses()) < 20)
  })

  it("turns an inverted recording round, whatever its coupling", () => {
    for (const highPassHertz of [0, 5, 20]) {
      for (const width of [1000, 15000]) {
        const pulses = wanderingPulses(6, width)
        const clock = recorded({ amplitude: -0.5, highPassHertz, pulses })
        assert.ok(clock.inverted)
        assert.ok(worstError(clock, pulses) < 3)
      }
    }
  })

  it("reads every depth and rate, and gives the widths of pulses too", () => {
    const pulses = wanderingPulses(3, 15000)
    for (const depth of ["8", "16", "24", "32", "32f", "64"] as const) {
      const clock = recorded({ seconds: 3, sampleRate: 48000, pulses }, depth)
      assert.ok(worstError(clock, pulses) < (depth === "8" ? 6 : 3), depth)
      for (const pulse of clock.pulses) assert.ok(Math.abs(pulse.end - pulse.start - 15000) < 10)
    }
    for (const sampleRate of [88200, 96000, 192000]) assert.ok(worstError(recorded({ seconds: 3, sampleRate, pulses }), pulses) < 1)
  })

  it("reads what sox writes, in each of its encodings", function () {
    needs(this, "sox")
    const pulses = wanderingPulses(3, 15000)
    recorded({ seconds: 3, sampleRate: 96000, pulses })
    for (const encoding of [
      "-b 16 -e signed",
      "-b 8 -e unsigned",
      "-b 24 -e signed",
      "-b 32 -e float",
      "-b 64 -e float",
      "-b 16 -c 2",
      "-b 16 -r 48000",
    ]) {
      const other = join(folder, "other.wav")
      const made = spawnSync("sox", [file, ...encoding.split(" "), other], { encoding: "utf8" })
      assert.equal(made.status, 0, made.stderr)
      assert.ok(worstError(findClock(openWav(other)), pulses) < 5, encoding)
    }
    const law = join(folder, "law.wav")
    spawnSync("sox", [file, "-e", "mu-law", law])
    refused(() => openWav(law), /law\.wav: holds 8 bit samples of format 7; expected 8, 16, 24 or 32 bit PCM, or 32 or 64 bit float$/)
  })

  it("picks the channel with the clock, not the one with the loudest sound", () => {
    const pulses = wanderingPulses(4, 5000, 4)
    const clock = synthesize({ sampleRate: 44100, seconds: 4, pulses, amplitude: 0.3 })
    const random = new Random(2)
    const drums = wanderingPulses(4, 20000, 8).filter(() => random.uniform() < 0.4)
    const music = synthesize({ sampleRate: 44100, seconds: 4, pulses: drums, amplitude: 0.6, noise: 0.02 })
    writeWav(file, 44100, [music, clock], "16")
    assert.equal(findClock(openWav(file)).channel, 2)
    assert.equal(findClock(openWav(file), 1).channel, 1)
    refused(() => findClock(openWav(file), 3), /clock\.wav: has 2 channels, no channel 3; expected --channel 1\.\.2$/)
  })

  it("bears clicks, a change of level and a late start", () => {
    const pulses = wanderingPulses(8, 5000)
    const samples = synthesize({ sampleRate: 44100, seconds: 8, pulses, amplitude: 0.2, highPassHertz: 10, noise: 0.0005 })
    for (let index = 4 * 44100; index < samples.length; index++) samples[index] *= 0.5
    for (let index = 0; index < 40; index++) samples[50000 + index] += 0.9
    writeWav(file, 44100, [samples])
    const found = findClock(openWav(file)).pulses
    const missed = pulses.filter((pulse) => !found.some((other) => Math.abs(other.start - pulse.start) < 5))
    assert.deepEqual(missed, [])
    assert.ok(found.length <= pulses.length + 1, "one click is at most one pulse")
  })

  it("says why there is no clock", () => {
    writeWav(file, 44100, [Float32Array.from({ length: 44100 }, (_, index) => 0.00126 * Math.sin(index / 10))])
    refused(() => findClock(openWav(file)), /clock\.wav: no clock found on channel 1: the loudest sample is -58 dBFS$/)
    writeWav(file, 44100, [new Float32Array(44100), new Float32Array(44100)])
    refused(() => findClock(openWav(file)), /no clock found on any of its 2 channels: every sample is 0$/)
    writeWav(file, 44100, [Float32Array.from({ length: 44100 }, (_, index) => 0.9 * Math.sin(index / 10))])
    refused(
      () => findClock(openWav(file)),
      /no clock found on channel 1: the loudest sample is -1 dBFS, but fewer than two pulses stand out$/,
    )
  })

  it("names files that are no WAV, empty, cut off, missing or folders", () => {
    writeFileSync(file, "")
    refused(() => openWav(file), /clock\.wav: is empty; expected a WAV file$/)
    writeFileSync(file, "Not a wave, by any means, but long enough to look at")
    refused(() => openWav(file), /clock\.wav: is not a WAV file; expected RIFF\/WAVE$/)
    refused(() => openWav(folder), /is a folder; expected a file$/)
    refused(() => openWav(join(folder, "none.wav")), /there is no such file$/)
    const pulses = wanderingPulses(6, 15000)
    recorded({ pulses })
    const whole = openWav(file)
    truncateSync(file, 44 + 3 * 44100 * 4)
    const short = openWav(file)
    const half = findClock(short).pulses
    assert.deepEqual(half.length, pulses.filter((pulse) => pulse.start < 4e6).length, "what is there of a cut off file is read")
    assert.equal(short.frames + short.missingFrames, whole.frames, "and what is not is told")
    assert.equal(whole.missingFrames, 0)
    truncateSync(file, 44)
    refused(() => openWav(file), /has no samples in it$/)
  })

  it("answers a damaged header with one line, never with another error", () => {
    recorded({ seconds: 1, pulses: wanderingPulses(1, 1000, 8) }, "16")
    const whole = readFileSync(file)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }), fc.nat(whole.length), (changes, length) => {
        const damaged = Buffer.from(whole.subarray(0, length))
        for (const [at, byte] of changes) if (at < length) damaged[at] = byte
        writeFileSync(file, damaged)
        try {
          findClock(openWav(file))
        } catch (error) {
          assert.ok(error instanceof BadInput && !error.message.includes("\n"), error as Error)
        }
      }),
      { numRuns: 100 },
    )
  })
})

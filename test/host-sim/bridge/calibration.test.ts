import assert from "node:assert/strict"
import { compare, edgesOf, TimedRecording } from "../../../host-sim/bridge/calibration"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { seededRandom } from "../../support/virtual-network"

const RATE = 48000

/** Noise with pulses of 5 ms that begin at these frames, through a coupling capacitor, either way up. */
function recorded(length: number, starts: readonly number[], level: number, random: () => number): Float32Array {
  const samples = new Float32Array(length)
  let held = 0
  let before = 0
  for (let frame = 0; frame < length; frame++) {
    const input = starts.some((start) => frame >= start && frame < start + 240) ? level : 0
    held = 0.998 * (held + input - before)
    before = input
    samples[frame] = held + (random() - 0.5) * 0.004
  }
  return samples
}

describe("calibration by a recording", () => {
  for (const level of [0.7, -0.05]) {
    it(`finds pulses to a sample, at a level of ${level}`, () => {
      const starts = [4800, 28_800, 52_900]
      const edges = edgesOf(recorded(80_000, starts, level, seededRandom(1)), RATE)
      assert.equal(edges.length, starts.length)
      edges.forEach((edge, index) => assert.ok(Math.abs(edge - starts[index]) <= 1, `${edge}`))
    })
  }

  it("says in one line what is missing, with exit 2", function () {
    const command = join(__dirname, "../../../host-sim/tactus.cjs")
    const refusals: [string[], RegExp][] = [
      [[], /^tactus: --card is missing; expected --card NAME for each card .*\n$/],
      [["--card", "x", "--input", "nowhere"], /^tactus: (--input nowhere|arecord is not there|--card x: is not there).*\n$/],
    ]
    for (const [words, expected] of refusals) {
      const { status, stderr } = spawnSync(process.execPath, [command, "calibrate", ...words], { encoding: "utf8" })
      assert.equal(status, 2, stderr)
      assert.match(stderr, expected)
    }
  })

  it("hears nothing where there is only noise", () => {
    assert.deepEqual(edgesOf(recorded(80_000, [], 0, seededRandom(2)), RATE), [])
    assert.equal(compare([0, 500_000], []), undefined)
  })

  it("tells cards apart by a hundredth of a millisecond, with a recorder that has a crystal of its own and hands over late", () => {
    const random = seededRandom(3)
    const recording = new TimedRecording(RATE)
    const late = [12_340, 13_100]
    const expected = [0, 1].map((card) => Array.from({ length: 12 }, (_, index) => 8e6 + card * 7e6 + index * 500_000))
    const pace = (RATE * (1 + 70e-6)) / 1e6
    const starts = expected.flatMap((times, card) => times.map((time) => (time + late[card]) * pace))
    const samples = recorded(23 * RATE, starts, 0.5, random)
    for (let frame = 0; frame + 480 < samples.length; frame += 480)
      recording.add((frame + 480) / pace + 25_000 + random() * 3000, samples.subarray(frame, frame + 480))
    const heard = expected.map((times) => compare(times, recording.edges(times[0] - 50_000, times[11] + 500_000)))
    const [first, second] = heard.map((each) => each?.latencyMicros ?? NaN)
    assert.ok(Math.abs(second - first - (late[1] - late[0])) < 15, `${second - first} us`)
    assert.ok(heard.every((each) => each?.pulses === 12 && each.scatterMicros < 15))
  })
})

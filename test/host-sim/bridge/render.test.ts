/** What the bridge writes into WAV files, read back by another library. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WaveFile } from "wavefile"

describe("npm run bridge -- --render", function () {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tactus-bridge-"))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  function bridge(...words: string[]): { status: number | null; stdout: string; stderr: string } {
    const command = join(__dirname, "../../../host-sim/tactus.cjs")
    return spawnSync(process.execPath, [command, "bridge", ...words], { encoding: "utf8", timeout: 120_000, cwd: directory })
  }

  /** Where each side of a card rises and falls: [frame, length, level]. */
  function pulsesOf(name: string): number[][][] {
    const samples = new WaveFile(readFileSync(join(directory, "out", name))).getSamples(false, Int16Array) as unknown as Int16Array[]
    return samples.map((side) => {
      const pulses: number[][] = []
      for (let frame = 1; frame < side.length; frame++) {
        if (side[frame] !== 0 && side[frame - 1] === 0) pulses.push([frame, 0, side[frame]])
        if (side[frame] === 0 && side[frame - 1] !== 0) pulses[pulses.length - 1][1] = frame - pulses[pulses.length - 1][0]
        if (side[frame] !== 0) assert.equal(side[frame], pulses[pulses.length - 1][2], "a pulse is flat")
      }
      return pulses
    })
  }

  it("writes four cards on the very same samples, at a Volca's pace", () => {
    const { status, stderr, stdout } = bridge("--render", "out", "--seconds", "8")
    assert.equal(status, 0, stderr)
    assert.match(stdout, /card4\.wav .*left sync4, right sync4, 8 s/)
    const first = pulsesOf("card1.wav")[0]
    assert.ok(first.length >= 30 && first.length <= 32, `${first.length} pulses`)
    first.forEach(([frame, length, level], index) => {
      assert.equal(frame, first[0][0] + index * 12_000)
      assert.deepEqual([length, level], [720, 32767])
    })
    for (const name of ["card1.wav", "card2.wav", "card3.wav", "card4.wav"]) assert.deepEqual(pulsesOf(name), [first, first])
  })

  it("does as the file of cards says: sides, width, level, polarity, latency", () => {
    const yaml = `cards:
  - card: a
    latency: 3
    left: sync1
    right: { output: clock, width: 1, level: 50, polarity: negative, latency: 2 }
  - { card: b, right: arp }
`
    writeFileSync(join(directory, "cards.yaml"), yaml)
    const { status, stderr } = bridge("--render", "out", "--seconds", "4", "--cards", "cards.yaml", "--width", "10")
    assert.equal(status, 0, stderr)
    const [left, right] = pulsesOf("card1.wav")
    assert.ok(left.every(([, length, level]) => length === 480 && level === 32767))
    assert.ok(right.length > 3 && right.every(([, length, level]) => length === 48 && level === -16383))
    const offsets = right.map(([frame]) => (frame - left[0][0] - 96) % 1000)
    assert.ok(
      offsets.every((offset) => Math.abs(offset) <= 1 || Math.abs(offset) >= 999),
      `the clock stands 2 ms after the syncs: ${offsets.join(" ")}`,
    )
    assert.equal(pulsesOf("card2.wav")[0].length, 0)
  })

  it("refuses what cannot be meant, in one line that says where, with exit 2", () => {
    writeFileSync(join(directory, "wrong.yaml"), "cards:\n  - card: a\n    left: sync5\n")
    writeFileSync(join(directory, "empty.yaml"), "cards:\n  - card: a\n")
    const refusals: [string[], RegExp][] = [
      [["--render", "out", "--cards", "wrong.yaml"], /wrong\.yaml:3:11: "left" is "sync5"; expected one of sync1, sync2/],
      [["--render", "out", "--cards", "empty.yaml"], /empty\.yaml:2:5: plays nothing; expected "left" or "right"/],
      [["--render", "out", "--cards", "none.yaml"], /none\.yaml: there is no such file/],
      [["--render", "out", "--width", "0"], /--width is "0"; expected 0\.1\.\.100 milliseconds/],
      [["--render", "out", "--polarity", "up"], /--polarity is "up"; expected positive or negative/],
      [["--render", "out", ..."abcde".split("").flatMap((name) => ["--card", name])], /--card e is the 5th .*--card "e=clock\/arp"/],
      [["--render", "out", ..."abcdefghi".split("").flatMap((name) => ["--card", name])], /--card is given 9 times; expected 8 cards/],
    ]
    for (const [words, expected] of refusals) {
      const { status, stderr } = bridge(...words)
      assert.equal(status, 2, words.join(" "))
      assert.match(stderr, expected)
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr)
    }
  })
})

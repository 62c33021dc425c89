import assert from "node:assert"
import { spawnSync } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WaveFile } from "wavefile"

const directory = mkdtempSync(join(tmpdir(), "tactus-play-"))

function play(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const command = join(__dirname, "../../../host-sim/tactus.cjs")
  return spawnSync(process.execPath, [command, "play", ...words], {
    encoding: "utf8",
    env: { ...process.env, XDG_STATE_HOME: directory },
    timeout: 120_000,
  })
}

describe("tactus play", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const list = join(directory, "list.m3u8")
  before(() => {
    const wav = new WaveFile()
    wav.fromScratch(1, 48000, "16", new Int16Array(24000))
    writeFileSync(join(directory, "a b.wav"), wav.toBuffer())
    writeFileSync(list, "#EXTM3U\n#EXTINF:1,Half a second\na%20b.wav\nlost.wav\na b.wav\n")
  })

  it("plays a list through at its time, names what is missing, and keeps its place", function () {
    const { status, stdout, stderr } = play(list, "--card", "none", "--in", "4s")
    assert.strictEqual(status, 0, stderr)
    assert.match(stdout, /list\.m3u8: 2 tracks, from 1\. Half a second, at \d\d:\d\d:\d\d/)
    assert.match(stdout, /The list has been played\./)
    assert.match(stderr, /line 4: lost\.wav is not there; skipped/)
    assert.match(readFileSync(join(directory, "tactus", "resume"), "utf8"), /a b\.wav/)
  })

  it("says in one line that a port is taken, whatever it was wanted for", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1")
    await once(socket, "listening")
    const port = String(socket.address().port)
    try {
      for (const option of ["--serve", "--listen"]) {
        const { status, stderr } = play(list, "--card", "none", "--in", "4s", option, port)
        assert.match(stderr, new RegExp(`tactus: UDP port ${port} on 127\\.0\\.0\\.1: EADDRINUSE, expected a free port\n$`))
        assert.strictEqual(status, 2)
      }
    } finally {
      socket.close()
    }
  })

  it("refuses what cannot be meant, in one line, with exit 2", () => {
    const refusals: [string[], RegExp][] = [
      [[], /expected one playlist/],
      [["nowhere.m3u8"], /nowhere\.m3u8: not readable/],
      [[list, "--at", "now"], /--at is "now"; expected a time of day like 18:55:00/],
      [[list, "--at", "00:00", "--in", "5s"], /exclude each other/],
      [[list, "--track", "3"], /--track is "3"; expected 1\.\.2/],
      [[list, "--interface", "moon0"], /interface moon0: not found, expected one of .*127\.0\.0\.1/],
      [[list, "--volume", "loud"], /--volume is "loud"; expected 0\.\.100 percent/],
    ]
    for (const [words, expected] of refusals) {
      const { status, stderr } = play(...words)
      assert.strictEqual(status, 2, words.join(" "))
      assert.match(stderr, expected)
      assert.strictEqual(stderr.trimEnd().split("\n").length, 1, stderr)
    }
  })
})

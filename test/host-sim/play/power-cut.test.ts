/**
 * The plug is pulled: what says where a list was left is whole whenever that happens, and no older than a second of music. SIGKILL stands in for
 * the plug: nothing of the program gets to say goodbye. (That a disk keeps what was flushed is the disk's affair.)
 */
import assert from "node:assert"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { WaveFile } from "wavefile"
import { loadResumePoint } from "../../../host-sim/play/resume-point"
import { sleep, until } from "../../support/sleep"

const ROOT = join(__dirname, "../../..")

describe("a power cut", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const running: ChildProcess[] = []
  afterEach(() => running.splice(0).forEach((child) => child.kill("SIGKILL")))

  async function cut(child: ChildProcess): Promise<void> {
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }

  it("in the midst of writing leaves a whole resume point, never an older one than was there", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tactus-cut-"))
    const path = join(directory, "resume")
    const module = JSON.stringify(join(ROOT, "host-sim/play/resume-point.ts"))
    const writer = `require("tsx/cjs")
      const { saveResumePoint } = require(${module})
      for (let seconds = Number(process.argv[1]); ; seconds++)
        saveResumePoint(${JSON.stringify(path)}, { list: "/list.m3u8", track: "/" + "x".repeat(seconds % 3000), seconds })`
    let reached = 0
    for (let count = 0; count < 8; count++) {
      const child = spawn(process.execPath, ["-e", writer, String(reached + 1)], { cwd: ROOT, stdio: "ignore" })
      running.push(child)
      const before = reached
      const now = (): number => loadResumePoint(path, "/list.m3u8")?.seconds ?? 0
      await until("it to write", () => now() > before)
      await sleep(3 + 7 * count)
      await cut(child)
      const point = loadResumePoint(path, "/list.m3u8")
      assert.ok(point, `whole after cut ${count}`)
      assert.ok(point.seconds > reached && point.track.length === 1 + (point.seconds % 3000))
      reached = point.seconds
    }
    assert.ok(readdirSync(directory).length <= 9, "one file, and at most one that was being written for each cut")
  })

  it("stops a list, and --resume goes on from there", async () => {
    const directory = mkdtempSync(join(tmpdir(), "tactus-cut-"))
    const list = join(directory, "list.m3u8")
    const wav = new WaveFile()
    wav.fromScratch(1, 48000, "16", new Int16Array(48000 * 90))
    writeFileSync(join(directory, "long.wav"), wav.toBuffer())
    writeFileSync(list, "long.wav\n")
    const file = join(directory, "tactus", "resume")
    const play = (...words: string[]): ChildProcess => {
      const command = [join(ROOT, "host-sim/tactus.cjs"), "play", list, "--card", "none", "--in", "1s", ...words]
      const child = spawn(process.execPath, command, { env: { ...process.env, XDG_STATE_HOME: directory }, stdio: "ignore" })
      running.push(child)
      return child
    }
    const left = (): number => (existsSync(file) ? (loadResumePoint(file, list)?.seconds ?? -1) : -1)
    const first = play()
    await until("some seconds of it", () => left() > 2)
    await cut(first)
    const cutAt = left()
    const second = play("--resume")
    const seen: number[] = []
    await until("it to go on", () => {
      const at = left()
      if (at !== cutAt) seen.push(at)
      return at > cutAt + 1
    })
    await cut(second)
    assert.ok(seen[0] >= cutAt - 0.001, `went on at ${seen[0]} s, was cut at ${cutAt} s`)
  })
})

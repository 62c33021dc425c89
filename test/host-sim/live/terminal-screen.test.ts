import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { byteEvent, IN_KEYS } from "../../../src/event"
import { Engine } from "../../../host-sim/live/engine"
import { terminalScreen } from "../../../host-sim/live/terminal-screen"

/** Without its colours. */
const plain = (line: string) => line.replace(/\x1b\[\d+m/g, "")

function screen(columns: number, rows: number, keys = ""): string[] {
  const engine = new Engine({ source: "internal" })
  engine.advance(100000)
  for (const key of keys) engine.accept({ time: 100000, event: byteEvent(IN_KEYS, key.charCodeAt(0)) })
  for (let now = 102000; now < 1e6; now += 2000) engine.advance(now)
  return terminalScreen(engine.report(), engine.module.settings, "http://127.0.0.1:1/", columns, rows).map(plain)
}

describe("the terminal panel", () => {
  it("shows a row a channel: state, step, tempo and what comes then", () => {
    const lines = screen(100, 30, "aj9")
    assert.match(lines[0], /tactus {3}running {3}120\.00 → 140\.0 BPM {3}internal clock/)
    assert.match(lines[4], /1 Volca 1 +running +8\/16 +120\.0 → 140\.0 +0\/1 +stop/)
    assert.match(lines[5], /2 Volca 2 +running .* pause$/)
    assert.match(lines[7], /4 Volca 4 +running/)
  })

  it("keeps wait and what comes then on a narrow screen, and all keys", () => {
    const lines = screen(56, 16, "aj")
    assert.match(lines[4], /1 Volca 1 +running +8\/16 +0\/1 +stop$/)
    for (const keys of ["a b c d start/stop", "space play", "] [ steps ±1", "q quit"])
      assert.ok(
        lines.some((line) => line.includes(keys)),
        keys,
      )
  })

  it("fits every size, down to one character", () => {
    for (const [columns, rows] of [
      [1, 1],
      [20, 5],
      [80, 24],
      [300, 90],
    ]) {
      const lines = screen(columns, rows)
      assert.equal(lines.length, rows)
      assert.ok(lines.every((line) => [...line].length <= columns))
    }
  })

  it("says that it needs a terminal where there is none", () => {
    const tactus = join(__dirname, "../../../host-sim/tactus.cjs")
    const run = spawnSync(process.execPath, [tactus, "live", "--tui"], { encoding: "utf8", input: "" })
    assert.deepEqual([run.status, run.stderr], [2, "tactus: --tui needs a terminal; this is none\n"])
  })
})

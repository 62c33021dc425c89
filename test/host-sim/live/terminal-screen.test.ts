import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { byteEvent, IN_KEYS } from "../../../src/event"
import { Engine } from "../../../host-sim/live/engine"
import { terminalScreen } from "../../../host-sim/live/terminal-screen"
import type { NetworkReport } from "../../../host-sim/net/network-report"

const NETWORK: NetworkReport = {
  ...{ name: "drums", role: "follow", state: "following", leader: "desk", peers: ["desk", "keys"] },
  ...{
    isClockSet: true,
    hasNamesake: false,
    errorMicros: 120,
    correctionMicros: 0.2,
    roundTripMicros: 1200,
    ratePpm: -12.34,
    holdoverMicros: 1e5,
    clockSteps: 0,
  },
  ...{ sharedMicros: 1.79e15, song: null, lateChanges: 0 },
  ...{ forwardMicros: 8300, isForwardMeasured: true, lateShare: 0.001, beatsSent: 17 },
  ...{ executed: 40, late: 2, dropped: 0, tooFar: 0, overflowed: 0, refused: 1, margins: [0, 0, 1, 1, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0] },
  ...{ received: 400, foreign: 0, failedSends: 0, answersRefused: 0, timeGiven: 0, timeRefused: 0 },
  ...{ clockSource: "the leader's clock", listening: "192.168.1.11:8000" },
}

/** Without its colours. */
const plain = (line: string) => line.replace(/\x1b\[\d+m/g, "")

function screen(columns: number, rows: number, keys = "", network?: NetworkReport): string[] {
  const engine = new Engine({ source: "internal" })
  engine.advance(100000)
  for (const key of keys) engine.accept({ time: 100000, event: byteEvent(IN_KEYS, key.charCodeAt(0)) })
  for (let now = 102000; now < 1e6; now += 2000) engine.advance(now)
  const shown = { update: engine.report(), settings: engine.module.settings, address: "http://127.0.0.1:1/", news: "", network }
  return terminalScreen(shown, columns, rows).map(plain)
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

  it("says how the network stands: leader, peers, clock and its error, how far ahead beats go, margins", () => {
    const lines = screen(110, 24, "", NETWORK)
    const first = lines.findIndex((line) => line.startsWith("network"))
    assert.deepEqual(lines.slice(first, first + 4), [
      "network  drums follows desk, hears desk keys; OSC at 192.168.1.11:8000",
      "         clock within 0.12 ms (the leader's clock); there and back 1.20 ms; runs −12.3 ppm against ours",
      "         beats 8.30 ms ahead (0.10 % would come late), 17 sent",
      "         40 executed, 2 late, 1 refused; late ··▁▁|·▄█········ ahead",
    ])
    assert.ok(!screen(100, 24).some((line) => line.startsWith("network")))
    const unknown = { ...NETWORK, isClockSet: false, errorMicros: null, isForwardMeasured: false, margins: NETWORK.margins.map(() => 0) }
    const before = screen(110, 24, "", unknown).slice(first, first + 4)
    assert.equal(before[1], "         clock not known yet (the leader's clock)")
    assert.match(before[2], /no delay measured yet/)
    assert.match(before[3], /refused$/)
  })

  it("fits every size, down to one character", () => {
    for (const [columns, rows] of [
      [1, 1],
      [20, 5],
      [80, 24],
      [300, 90],
    ]) {
      for (const lines of [screen(columns, rows), screen(columns, rows, "", NETWORK)]) {
        assert.equal(lines.length, rows)
        assert.ok(lines.every((line) => [...line].length <= columns))
      }
    }
  })

  it("says that it needs a terminal where there is none", () => {
    const tactus = join(__dirname, "../../../host-sim/tactus.cjs")
    const run = spawnSync(process.execPath, [tactus, "live", "--tui"], { encoding: "utf8", input: "" })
    assert.deepEqual([run.status, run.stderr], [2, "tactus: --tui needs a terminal; this is none\n"])
  })
})

/**
 * The command itself, on firmware of one instruction, which needs no SDK and no boot ROM: what it says, writes and returns. The real
 * firmware's runs are test/boards/pico.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, describe, it } from "mocha"
import type { Report } from "../../../tools/emulate/report"

const ROOT = join(__dirname, "../../..")

/** A UF2 of one block: `b .` where the second stage stands. */
function standingStill(): Buffer {
  const block = Buffer.alloc(512)
  ;[0x0a324655, 0x9e5d5157, 0x2000, 0x10000000, 256, 0, 1, 0xe48bff56].forEach((word, at) => block.writeUInt32LE(word, 4 * at))
  block.writeUInt16LE(0xe7fe, 32)
  block.writeUInt32LE(0x0ab16f30, 508)
  return block
}

function emulate(...words: string[]) {
  return spawnSync("npm", ["run", "-s", "emulate", "--", ...words], { cwd: ROOT, encoding: "utf8" })
}

describe("npm run emulate", function () {
  this.timeout(120_000)
  let folder: string
  const file = (name: string) => join(folder, name)

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tactus-emulate-"))
    writeFileSync(file("still.uf2"), standingStill())
    writeFileSync(file("trace.jsonl"), '{"t": 100, "port": "cv", "level": 1}\n')
    writeFileSync(file("none.uf2"), Buffer.alloc(512))
  })
  after(() => rmSync(folder, { recursive: true }))

  it("plays, tells that firmware which stands still is not the simulator's run, and keeps every figure", () => {
    writeFileSync(file("settings.json"), '{"source": "internal", "tempo": 240}')
    const words = [file("still.uf2"), "--inputs", file("trace.jsonl"), "--out", file("out"), "--until", "30000"]
    const { status, stdout } = emulate(...words, "--settings", file("settings.json"))
    assert.equal(status, 1)
    assert.match(stdout, /^midi-din .*0 events, the simulator has \d+$/m)
    assert.match(stdout, /^first MIDI clock never$/m)
    assert.match(stdout, /the firmware did not start: is the boot ROM missing \(--bootrom\)/)
    assert.match(stdout, /not the simulator's run\n$/)
    const report = JSON.parse(readFileSync(file("out/report.json"), "utf8")) as Report
    assert.equal(report.isSame, false)
    assert.equal(report.core1Runs, false)
    assert.deepEqual(report.settings, { source: "internal", tempo: 240 })
    assert.match(report.files["still.uf2"], /^sha256 [0-9a-f]{64}$/)
    assert.match(report.versions.rp2040js, /^\d+\.\d+\.\d+$/)
    const din = report.ports.find(({ port }) => port === "midi-din")
    assert.ok(din && din.events > 0 && din.problems.length === 1)
    assert.ok(existsSync(file("out/events.jsonl")))
  })

  it("tells what it is for and what its options are", () => {
    const { status, stdout, stderr } = emulate("--help")
    assert.deepEqual([status, stderr], [0, ""])
    for (const option of [
      "--bootrom",
      "--inputs",
      "--load",
      "--settings",
      "--elf",
      "--collect",
      "--until",
      "--tolerance",
      "--out",
      "Exit code",
    ])
      assert.ok(stdout.includes(option), option)
  })

  it("refuses what it cannot use in one line: what, where, what to do", () => {
    const good = [file("still.uf2"), "--inputs", file("trace.jsonl"), "--out", file("out")]
    const refused = (words: string[], expected: RegExp) => {
      const { status, stdout, stderr } = emulate(...words)
      assert.deepEqual([status, stdout], [2, ""], stderr)
      assert.match(stderr, /^emulate: [^\n]*\n$/)
      assert.match(stderr, expected)
    }
    refused([], /expected UF2 --out DIR and either --inputs/)
    refused([...good, "--load"], /either --inputs TRACE.jsonl or --load/)
    refused([...good, "--collect", "1000"], /expected --elf FILE/)
    refused([...good, "--until", "soon"], /--until is soon; expected microseconds above 0/)
    refused([...good, "--bootrom", file("absent.bin")], /absent\.bin: there is no such file/)
    refused([...good, "--bootrom", file("trace.jsonl")], /trace\.jsonl: 37 bytes; a boot ROM image has 16384/)
    refused([...good, "--sideways"], /sideways/)
    refused([file("none.uf2"), ...good.slice(1)], /none\.uf2: block 0 is no UF2 block/)
    refused([...good, "--elf", file("trace.jsonl")], /trace\.jsonl: no 32-bit little-endian ELF file; expected the ELF file beside the UF2/)
    writeFileSync(file("wrong.json"), '{\n  "tempo": 7000\n}')
    refused([...good, "--settings", file("wrong.json")], /wrong\.json:2: tempo is 7000/)
  })
})

import assert from "node:assert/strict"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { writeRun } from "../../../host-sim/output/write-run"
import { synthetic } from "./synthetic"

describe("writing a run", () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "tactus-"))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it("writes each file whole, makes the directory and leaves nothing else there", () => {
    const out = join(directory, "a", "b")
    const written = writeRun(out, synthetic({ seconds: 2 }))
    assert.deepEqual(readdirSync(out).sort(), [...written].sort())
    for (const name of ["events.jsonl", "report.json"]) assert.ok(written.includes(name), name)
  })

  it("writes the same bytes for the same run", () => {
    const names = writeRun(join(directory, "1"), synthetic({ jitter: 500, rack: true, sync: true }))
    writeRun(join(directory, "2"), synthetic({ jitter: 500, rack: true, sync: true }))
    for (const name of names) assert.deepEqual(readFileSync(join(directory, "1", name)), readFileSync(join(directory, "2", name)), name)
  })

  it("tells its progress up to the end", () => {
    const shares: number[] = []
    writeRun(directory, synthetic({ seconds: 1 }), (share) => shares.push(share))
    assert.equal(shares.at(-1), 1)
    assert.deepEqual(shares, [...shares].sort())
  })

  it("throws what the file system throws and leaves no part of a file", () => {
    const blocked = join(directory, "file")
    writeFileSync(blocked, "")
    assert.throws(() => writeRun(blocked, synthetic({ seconds: 1 })), /EEXIST|ENOTDIR/)
    assert.deepEqual(readdirSync(directory), ["file"])
  })
})

/** What `tactus net` is told wrongly: a line that says so, and an end, whatever it had opened before. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const COMMAND = join(__dirname, "../../../host-sim/tactus.cjs")

describe("tactus net, told wrongly", () => {
  const folder = mkdtempSync(join(tmpdir(), "tactus-net-"))
  const file = join(folder, "a-file")
  writeFileSync(file, "")

  const refusals: [string[], RegExp][] = [
    [["--beat", "tick"], /--beat is "tick"; expected an address of OSC, like \/tick/],
    [["--name", ""], /--name is ""; expected 1\.\.64 characters/],
    [["--for", "ever"], /--for is "ever"; expected seconds/],
    [["--status", join(folder, "none", "status")], /status: there is no such file/],
    [["--record", file], /a-file: is a file; expected a folder/],
  ]
  for (const [words, expected] of refusals)
    it(`refuses ${words[0]} and ends`, () => {
      const { status, stderr } = spawnSync(process.execPath, [COMMAND, "net", "--listen", "0", ...words], {
        encoding: "utf8",
        timeout: 120_000,
      })
      assert.match(stderr, expected)
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr)
      assert.equal(status, 2)
    })
})

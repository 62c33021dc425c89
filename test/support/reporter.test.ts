/** The last line and the exit code of a run, in a child: with and without CI, one process or several. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const MOCHA = join(__dirname, "../../node_modules/mocha/bin/mocha.js")

const PASSES = 'it("passes", () => {})\n'
const FAILS = 'it("fails", () => { throw new Error("as told") })\n'
const SKIPS = 'it("skips", function () { this.skip() })\n'

describe("reporter", () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "tactus-"))))
  afterEach(() => rmSync(folder, { recursive: true }))

  function run(tests: readonly string[], environment: NodeJS.ProcessEnv, ...options: string[]) {
    tests.forEach((text, index) => writeFileSync(join(folder, `${index}.cjs`), text))
    const files = tests.map((_, index) => join(folder, `${index}.cjs`))
    const reporter = join(__dirname, "reporter.cjs")
    const child = spawnSync(process.execPath, [MOCHA, "--no-config", "--reporter", reporter, ...options, ...files], {
      encoding: "utf8",
      env: { ...process.env, CI: "", ...environment },
    })
    return { code: child.status, lines: child.stdout.trim().split("\n") }
  }

  it("counts in its last line and ends with 0 when nothing failed", () => {
    const { code, lines } = run([PASSES, PASSES], {})
    assert.deepEqual([code, lines.at(-1)], [0, "2 passed, 0 failed"])
  })

  it("tells of a skip, and lets it be", () => {
    const { code, lines } = run([PASSES, SKIPS], {})
    assert.deepEqual([code, lines.at(-1)], [0, "1 passed, 0 failed, 1 skipped"])
  })

  it("ends with the count of failures", () => {
    const { code, lines } = run([PASSES + FAILS, FAILS], {})
    assert.deepEqual([code, lines.at(-1)], [2, "1 passed, 2 failed"])
  })

  for (const options of [[], ["--parallel", "--jobs", "2"]]) {
    it(`takes a skip for a failure under CI, and names it, ${options.length > 0 ? "in parallel" : "one by one"}`, () => {
      const { code, lines } = run([PASSES, SKIPS], { CI: "true" }, ...options)
      assert.deepEqual([code, lines.at(-1), lines.at(-2)?.trim()], [1, "1 passed, 1 failed", "skips"])
    })
  }
})

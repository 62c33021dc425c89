/** The compiler, the linter, the formatter and knip agree with everything. They run side by side; the output of each is its message. */
import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { join } from "node:path"
import { ROOT } from "./files"

const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ["src compiles without the types of any host", "tsc", ["--noEmit", "-p", "src"]],
  ["everything compiles", "tsc", ["--noEmit"]],
  ["the panel compiles with the types of a browser", "tsc", ["-p", "host-sim/panel"]],
  ["the flasher compiles with the types of a browser", "tsc", ["-p", "tools/release/flasher"]],
  ["the linter finds nothing", "eslint", ["."]],
  ["every file is formatted", "prettier", ["--check", "."]],
  ["nothing is unused", "knip", ["--no-progress"]],
]

interface Outcome {
  readonly ended: number | string
  readonly said: string
}

function run(program: string, options: readonly string[]): Promise<Outcome> {
  const path = join(ROOT, "node_modules/.bin", program)
  return new Promise((resolve) => {
    execFile(path, options, { cwd: ROOT, maxBuffer: 1 << 26 }, (error, output, errors) => {
      resolve({ ended: error ? (error.code ?? error.signal ?? error.message) : 0, said: `${output}\n${errors}`.trim() })
    })
  })
}

describe("the house: checks", function () {
  const outcomes = new Map<string, Promise<Outcome>>()
  before(() => {
    for (const [name, program, options] of CHECKS) outcomes.set(name, run(program, options))
  })
  for (const [name] of CHECKS) {
    it(name, async () => {
      const outcome = await outcomes.get(name)
      assert.ok(outcome)
      assert.equal(outcome.ended, 0, `\n${outcome.said}`)
    })
  }
})

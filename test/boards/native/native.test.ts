/**
 * The portable part of the native layer on the host, under address and undefined-behaviour sanitizers: every BEHAVIOUR in
 * c/*.c is one test here, and the fuzz target runs for 2 s, under CI for 30 s (`FUZZ_SECONDS` overrides).
 */
import { strict as assert } from "node:assert"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../support/needs"

const NATIVE = join(__dirname, "../../../boards/native")
const SOURCES = join(__dirname, "c")
const FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
const SUITES = ["delivery", "capture", "pots", "shift-registers", "slots"]

function compile(output: string, files: string[]): void {
  const portable = readdirSync(NATIVE).filter((name) => name.endsWith(".c"))
  const sources = [...files.map((name) => join(SOURCES, name)), ...portable.map((name) => join(NATIVE, name))]
  execFileSync("gcc", [...FLAGS, "-I", SOURCES, "-I", NATIVE, ...sources, "-o", output], { stdio: ["ignore", "ignore", "pipe"] })
}

function run(program: string, argument: string): string {
  const result = spawnSync(program, [argument], { encoding: "utf8" })
  assert.equal(result.status, 0, result.stderr)
  return result.stdout
}

describe("native layer on the host", function () {
  let folder: string

  before(function () {
    needs(this, "gcc")
    folder = mkdtempSync(join(tmpdir(), "tactus-native-"))
    compile(join(folder, "behaviours"), ["main.c", "panel.c", ...SUITES.map((suite) => `${suite}.c`)])
  })
  after(() => rmSync(folder ?? "", { recursive: true, force: true }))

  for (const suite of SUITES)
    describe(suite, () => {
      for (const [, name] of readFileSync(join(SOURCES, `${suite}.c`), "utf8").matchAll(/^BEHAVIOUR\((\w+)\)/gm))
        it(name.replaceAll("_", " "), () => void run(join(folder, "behaviours"), name))
    })

  it("agrees with a naive model whatever is thrown at it", () => {
    compile(join(folder, "fuzz"), ["fuzz.c", "panel.c"])
    const seconds = process.env.FUZZ_SECONDS ?? (process.env.CI ? "30" : "2")
    console.log(`      ${seconds} s: ${run(join(folder, "fuzz"), seconds).trim()}`)
  })
})

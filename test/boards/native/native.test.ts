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
import { compileForRiscV, missingForRiscV, runOnRiscV } from "../../support/rv32"

const NATIVE = join(__dirname, "../../../boards/native")
const SOURCES = join(__dirname, "c")
const WARNINGS = ["-std=c11", "-Wall", "-Wextra", "-Werror"]
const FLAGS = [...WARNINGS, "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
const SUITES = ["delivery", "capture", "carry", "pots", "shift-registers", "slots"]

const BEHAVIOURS = ["main.c", "panel.c", ...SUITES.map((suite) => `${suite}.c`)]

/** What is compiled, with its headers: the portable files, and `files` of c/. */
function words(files: string[]): string[] {
  const portable = readdirSync(NATIVE).filter((name) => name.endsWith(".c"))
  return ["-I", SOURCES, "-I", NATIVE, ...files.map((name) => join(SOURCES, name)), ...portable.map((name) => join(NATIVE, name))]
}

function compile(output: string, files: string[]): void {
  execFileSync("gcc", [...FLAGS, ...words(files), "-o", output], { stdio: ["ignore", "ignore", "pipe"] })
}

function behavioursOf(suite: string): string[] {
  return [...readFileSync(join(SOURCES, `${suite}.c`), "utf8").matchAll(/^BEHAVIOUR\((\w+)\)/gm)].map(([, name]) => name)
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
    compile(join(folder, "behaviours"), BEHAVIOURS)
  })
  after(() => rmSync(folder ?? "", { recursive: true, force: true }))

  for (const suite of SUITES)
    describe(suite, () => {
      for (const name of behavioursOf(suite)) it(name.replaceAll("_", " "), () => void run(join(folder, "behaviours"), name))
    })

  it("agrees with a naive model whatever is thrown at it", () => {
    compile(join(folder, "fuzz"), ["fuzz.c", "fuzz-carry.c", "panel.c"])
    const seconds = process.env.FUZZ_SECONDS ?? (process.env.CI ? "30" : "2")
    console.log(`      ${seconds} s: ${run(join(folder, "fuzz"), seconds).trim()}`)
  })

  it("behaves so as code of a 32-bit RISC-V too", () => {
    const missing = missingForRiscV()
    if (missing !== "") return console.log(`      not run: no ${missing}`)
    const program = join(folder, "behaviours.rv32")
    compileForRiscV([...WARNINGS, ...words(BEHAVIOURS)], program)
    const behaviours = SUITES.flatMap(behavioursOf)
    assert.equal(behaviours.map((name) => runOnRiscV(program, name)).join(""), "")
    console.log(`      ${behaviours.length} behaviours`)
  })
})

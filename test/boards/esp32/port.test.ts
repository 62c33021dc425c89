/**
 * The ESP32's port over a fake of the calls of ESP-IDF it makes (fake/idf.h), under address and undefined-behaviour sanitizers:
 * every BEHAVIOUR in c/*.c is one test here. What the real headers say is idf.test.ts's affair.
 */
import { strict as assert } from "node:assert"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../support/needs"
import { compileForRiscV, missingForRiscV, runOnRiscV } from "../../support/rv32"

const BOARDS = join(__dirname, "../../../boards")
const SUITES = ["chip", "shape", "store"]
const HEADERS = [join(__dirname, "fake"), join(BOARDS, "esp32/port"), join(BOARDS, "native"), join(__dirname, "../native/c")]
const WARNINGS = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"]
const FLAGS = [...WARNINGS, "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
/** The ESP32 has all the others have, and DACs. */
const CHIP = ["-DCONFIG_IDF_TARGET_ESP32=1", "-DTACTUS_SHAPED_SYNC=255"]

function inFolder(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".c"))
  return names.map((name) => join(folder, name))
}

function behavioursOf(suite: string): string[] {
  return [...readFileSync(join(__dirname, "c", `${suite}.c`), "utf8").matchAll(/^BEHAVIOUR\((\w+)\)/gm)].map(([, name]) => name)
}

/** What is compiled, with its definitions and headers. */
function words(): string[] {
  const ours = [...inFolder(join(BOARDS, "native")), ...inFolder(join(BOARDS, "esp32/port"))]
  const theirs = [...inFolder(join(__dirname, "fake")), ...inFolder(join(__dirname, "c"))]
  return [...CHIP, ...HEADERS.map((one) => `-I${one}`), ...ours, ...theirs]
}

describe("the ESP32's port over a fake of ESP-IDF", function () {
  let folder: string
  let program: string

  before(function () {
    needs(this, "gcc")
    folder = mkdtempSync(join(tmpdir(), "tactus-esp32-"))
    program = join(folder, "behaviours")
    execFileSync("gcc", [...FLAGS, ...words(), "-o", program], { stdio: ["ignore", "ignore", "pipe"] })
  })
  after(() => rmSync(folder ?? "", { recursive: true, force: true }))

  for (const suite of SUITES)
    describe(suite, () => {
      for (const name of behavioursOf(suite))
        it(name.replaceAll("_", " "), () => {
          const result = spawnSync(program, [name], { encoding: "utf8", timeout: 120_000 })
          assert.equal(result.status, 0, result.stderr || `ended by ${result.signal}`)
        })
    })

  it("behaves so as code of the C3's instruction set too", () => {
    const missing = missingForRiscV()
    if (missing !== "") return console.log(`      not run: no ${missing}`)
    const other = join(folder, "behaviours.rv32")
    compileForRiscV([...WARNINGS, ...words()], other)
    const behaviours = SUITES.flatMap(behavioursOf)
    assert.equal(behaviours.map((name) => runOnRiscV(other, name)).join(""), "")
    console.log(`      ${behaviours.length} behaviours`)
  })
})

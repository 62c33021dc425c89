/**
 * The whole firmware, from source to the emulated chip, where a Moddable build is to be had: MODDABLE and PICO_SDK_DIR say so, and
 * TACTUS_BOOTROM names an image of the RP2040's boot ROM. Elsewhere this prints that it was not run, as it is no part of the tests
 * everywhere: the bare image (bare.test.ts) runs the same native files without any SDK.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { describe, it } from "mocha"
import { HERE, missing } from "../../../tools/firmware/toolchain"

const ROOT = join(__dirname, "../../..")
const PULSES = 12
const PULSE_MICROS = 125000

function reason(): string | undefined {
  if (!process.env.MODDABLE) return "no MODDABLE"
  const [first] = missing(HERE)
  return first ?? (process.env.TACTUS_BOOTROM ? undefined : "no TACTUS_BOOTROM")
}

describe("the whole firmware on the emulated chip", function () {
  this.timeout(600_000)

  it("is built, boots and answers a CV clock as the simulator does", () => {
    const why = reason()
    if (why !== undefined) {
      console.log(`      not run: ${why}`)
      return
    }
    const folder = mkdtempSync(join(tmpdir(), "tactus-firmware-"))
    try {
      const trace = join(folder, "trace.jsonl")
      const lines = Array.from({ length: PULSES }, (_, n) =>
        [0, 1].map((end) => ({ t: 300000 + n * PULSE_MICROS + end * 5000, port: "cv", level: 1 - end })),
      )
      writeFileSync(
        trace,
        lines
          .flat()
          .map((line) => `${JSON.stringify(line)}\n`)
          .join(""),
      )
      npm("firmware")
      const uf2 = join(ROOT, "build/bin/pico/tactus/release", basename(ROOT), "xs_pico.uf2")
      const said = npm("emulate", uf2, "--bootrom", process.env.TACTUS_BOOTROM ?? "", "--inputs", trace, "--out", folder)
      assert.match(said, /USB "tactus"/)
      assert.match(said, /forbidden fetches 0/)
      assert.match(said, /^same events, same order, within 2 us/m)
      console.log(said.replace(/^/gm, "      "))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

function npm(script: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", script, "--", ...words], { cwd: ROOT, encoding: "utf8" })
  assert.equal(status, 0, `npm run ${script}:\n${stdout}\n${stderr}`)
  return stdout
}

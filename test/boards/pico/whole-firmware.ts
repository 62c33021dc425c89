/**
 * The firmware under test: TACTUS_UF2 names a build (its ELF file lies beside it), or it is built where a Moddable build is to be had
 * (MODDABLE and PICO_SDK_DIR say so); TACTUS_BOOTROM names an image of the RP2040's boot ROM. No part of the project can make these, so
 * where they are missing a trial is skipped with the reason; under CI, where a skip is a failure, it says that it was not run.
 */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { basename, join } from "node:path"
import { it } from "mocha"
import { HERE, missing } from "../../../tools/firmware/toolchain"

export const ROOT = join(__dirname, "../../..")

export interface Firmware {
  readonly uf2: string
  readonly bootRom: string
}

let built: string | undefined

function found(): Firmware | { readonly why: string } {
  const { TACTUS_UF2: uf2, TACTUS_BOOTROM: bootRom, MODDABLE } = process.env
  if (!bootRom) return { why: "no TACTUS_BOOTROM" }
  if (uf2) return { uf2, bootRom }
  if (!MODDABLE) return { why: "no TACTUS_UF2, and no MODDABLE to build one" }
  const [first] = missing(HERE)
  if (first !== undefined) return { why: first }
  if (built === undefined) {
    npm("firmware")
    built = join(ROOT, "build/bin/pico/tactus/release", basename(ROOT), "xs_pico.uf2")
  }
  return { uf2: built, bootRom }
}

/** What an npm script of the project says; it has to end well. */
export function npm(script: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "-s", script, "--", ...words], { cwd: ROOT, encoding: "utf8" })
  assert.equal(status, 0, `npm run ${script}:\n${stdout}\n${stderr}`)
  return stdout
}

export function trial(name: string, run: (firmware: Firmware) => void): void {
  it(name, function () {
    const firmware = found()
    if (!("why" in firmware)) return run(firmware)
    console.log(`      not run: ${firmware.why}`)
    if (!process.env.CI) this.skip()
  })
}

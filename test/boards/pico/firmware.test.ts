/**
 * The whole firmware, from source to the emulated chip. Where there is none this prints that it was not run: the bare image
 * (bare.test.ts) runs the same native files without any SDK.
 */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "mocha"
import { npm, trial } from "./whole-firmware"

const PULSES = 12
const PULSE_MICROS = 125000

describe("the whole firmware on the emulated chip", function () {
  this.timeout(600_000)

  trial("is built, boots and answers a CV clock as the simulator does", ({ uf2, bootRom }) => {
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
      const said = npm("emulate", uf2, "--bootrom", bootRom, "--inputs", trace, "--out", folder)
      assert.match(said, /USB "tactus"/)
      assert.match(said, /forbidden fetches 0/)
      assert.match(said, /^same events, same order, within 2 us/m)
      console.log(said.replace(/^/gm, "      "))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

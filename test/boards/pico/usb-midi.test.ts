/**
 * What leaves over USB (boards/pico/usb-midi.c) over a fake of the calls of TinyUSB it makes (fake/), under address and
 * undefined-behaviour sanitizers: every BEHAVIOUR in c/usb-midi.c is one test here.
 */
import { strict as assert } from "node:assert"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { needs } from "../../support/needs"

const BOARDS = join(__dirname, "../../../boards")
const FRAME = join(__dirname, "../native/c")
const BEHAVIOURS = join(__dirname, "c/usb-midi.c")
const FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]

describe("USB-MIDI over a fake of TinyUSB", function () {
  let folder: string

  before(function () {
    needs(this, "gcc")
    folder = mkdtempSync(join(tmpdir(), "tactus-usb-"))
    const portable = readdirSync(join(BOARDS, "native")).filter((name) => name.endsWith(".c"))
    const files = [...portable.map((name) => join(BOARDS, "native", name)), join(BOARDS, "pico/usb-midi.c"), BEHAVIOURS]
    // The fakes' folder comes before the board's, which has a usb-device.h of its own.
    const headers = [join(__dirname, "fake"), FRAME, join(BOARDS, "native"), join(BOARDS, "pico")].map((one) => `-I${one}`)
    const frame = ["main.c", "panel.c"].map((name) => join(FRAME, name))
    execFileSync("gcc", [...FLAGS, ...headers, ...files, ...frame, "-o", join(folder, "behaviours")], {
      stdio: ["ignore", "ignore", "pipe"],
    })
  })
  after(() => rmSync(folder ?? "", { recursive: true, force: true }))

  for (const [, name] of readFileSync(BEHAVIOURS, "utf8").matchAll(/^BEHAVIOUR\((\w+)\)/gm))
    it(name.replaceAll("_", " "), () => {
      const result = spawnSync(join(folder, "behaviours"), [name], { encoding: "utf8" })
      assert.equal(result.status, 0, result.stderr)
    })
})

/**
 * Every file that runs on an ESP32 against ESP-IDF's own headers, for the S3, the ESP32 and, as a third witness, the C3. ESP-IDF
 * comes from no package this project may rely on, so this runs where IDF_PATH names a checkout and says so where it does not.
 */
import assert from "node:assert/strict"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { isInstalled } from "../../support/needs"
import { CHIPS, complaints, flashReferences, strangers, type Chip, unknownSettings } from "./idf-headers"

const BOARDS = join(__dirname, "../../../boards")
const { IDF_PATH, TINYUSB_PATH, ESP_TINYUSB_PATH, MODDABLE } = process.env

function inFolder(folder: string): string[] {
  const names = readdirSync(join(BOARDS, folder)).filter((name) => name.endsWith(".c"))
  return names.map((name) => join(BOARDS, folder, name))
}

const tinyusb = TINYUSB_PATH && ESP_TINYUSB_PATH ? [join(TINYUSB_PATH, "src"), join(ESP_TINYUSB_PATH, "include")] : []
const moddable = MODDABLE ? ["xs/includes", "xs/platforms/esp", "modules/base/timer"].map((one) => join(MODDABLE, one)) : []
const bindings = [join(BOARDS, "pico/binding.c"), join(BOARDS, "pico/binding-carry.c")]
/** Wherever it stands, these run on every board. */
const shared = [...bindings, join(BOARDS, "pico/usb-midi.c")]

/** What a file wants besides ESP-IDF and is not there; empty: nothing. */
function missing(chip: Chip, file: string): string {
  if (basename(file).startsWith("usb-") && chip.name === "esp32s3" && tinyusb.length === 0) return "TINYUSB_PATH and ESP_TINYUSB_PATH"
  return bindings.includes(file) && moddable.length === 0 ? "MODDABLE" : ""
}

function version(idf: string): string {
  const path = join(idf, "tools/cmake/version.cmake")
  const text = existsSync(path) ? readFileSync(path, "utf8") : ""
  return [...text.matchAll(/VERSION_(?:MAJOR|MINOR|PATCH) (\d+)/g)].map(([, number]) => number).join(".")
}

describe("boards/esp32 against ESP-IDF's headers", function () {
  const idf = IDF_PATH
  if (idf === undefined) {
    it("not run: no IDF_PATH", () => console.log("      for information: set IDF_PATH to a checkout of ESP-IDF 6.0"))
    return
  }
  const scratch = mkdtempSync(join(tmpdir(), "tactus-idf-"))
  after(() => rmSync(scratch, { recursive: true, force: true }))

  for (const chip of CHIPS) {
    it(`ESP-IDF ${version(idf)}, ${chip.name}`, () => {
      if (!isInstalled(chip.compiler)) return console.log(`      not run: no ${chip.compiler}`)
      const files = [...inFolder("esp32/port"), ...inFolder("native"), ...shared]
      const lacking = files.map((file) => missing(chip, file)).filter((what) => what !== "")
      const checked = files.filter((file) => missing(chip, file) === "")
      for (const file of checked) assert.equal(complaints(idf, chip, file, scratch, [...tinyusb, ...moddable]), "", file)
      console.log(`      ${checked.length} files, no warning; not run: ${lacking.join(", ") || "none"}`)
    })
  }

  const port = ["chip", "din-uart", "shape"].map((name) => join(BOARDS, "esp32/port", `${name}.c`))
  const portable = ["capture", "carry", "delivery", "din"].map((name) => join(BOARDS, "native", `${name}.c`))

  for (const chip of CHIPS) {
    it(`what runs from IRAM refers to nothing of ours in flash, ${chip.name}`, () => {
      if (!isInstalled(chip.compiler)) return console.log(`      not run: no ${chip.compiler}`)
      assert.deepEqual(flashReferences(idf, chip, [...port, ...portable], scratch), [])
    })

    it(`what it refers to of others is in IRAM or ROM, as ESP-IDF's linker files have it, ${chip.name}`, () => {
      if (!isInstalled(chip.compiler)) return console.log(`      not run: no ${chip.compiler}`)
      const all = strangers(idf, chip, [...port, ...portable], scratch)
      assert.ok(all.length > 5, String(all))
      const unplaced = all.filter(([, where]) => where === "").map(([name]) => name)
      assert.deepEqual(unplaced, [])
      console.log(`      ${all.map(([name]) => name).join(" ")}`)
    })
  }

  it("has every setting of sdkconfig.defaults as an option", () => {
    if (!ESP_TINYUSB_PATH) return console.log("      not run: no ESP_TINYUSB_PATH")
    const defaults = readFileSync(join(BOARDS, "esp32/sdkconfig/sdkconfig.defaults"), "utf8")
    assert.deepEqual(unknownSettings(idf, ESP_TINYUSB_PATH, `${defaults}CONFIG_NO_SUCH_OPTION=y\n`), ["NO_SUCH_OPTION"])
  })

  it("would see a function and a table left in flash", () => {
    const chip = CHIPS.find(({ compiler }) => isInstalled(compiler))
    if (!chip) return console.log("      not run: no compiler")
    const wrong = join(scratch, "flash.c")
    writeFileSync(
      wrong,
      `/* */
#include "port.h"
extern const int table[3];
const int table[3] = {1, 2, 3};
int __attribute__((noinline)) left(int n);
int __attribute__((noinline)) left(int n) { return n * 3; }
int taken(int n);
int nvs_commit(int handle);
TACTUS_RAM int taken(int n) { return left(n) + nvs_commit(n) + ((volatile const int *)table)[n]; }
`,
    )
    assert.deepEqual(strangers(idf, chip, [wrong], scratch), [["nvs_commit", ""]])
    assert.deepEqual(flashReferences(idf, chip, [wrong], scratch), ["left", "table"])
  })

  it("would see a call that ESP-IDF does not have", () => {
    const chip = CHIPS.find(({ compiler }) => isInstalled(compiler))
    if (!chip) return console.log("      not run: no compiler")
    const wrong = join(scratch, "wrong.c")
    writeFileSync(wrong, '#include "driver/gptimer.h"\nvoid wrong(void);\nvoid wrong(void) { gptimer_set_alarm_value(0, 1); }\n')
    assert.match(complaints(idf, chip, wrong, scratch, []), /gptimer_set_alarm_value/)
  })
})

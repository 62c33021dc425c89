/** What the Moddable manifest of the ESP32s names, and the pin maps that take the Pico's place. */
import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as pico from "../../../boards/pico/pins"
import * as s3 from "../../../boards/esp32/pins"
import * as esp32 from "../../../boards/esp32/pins-esp32"

const FOLDER = join(__dirname, "../../../boards/esp32")
/** Rings hold masks of these; a higher pin would be another's bit. */
const HIGHEST_MASKED_PIN = 29

interface Manifest {
  readonly preload: readonly string[]
  readonly modules: Record<string, string | string[]>
  readonly platforms: Record<string, { modules: Record<string, string> }>
}
const manifest = JSON.parse(readFileSync(join(FOLDER, "manifest.json"), "utf8")) as Manifest
const picos = JSON.parse(readFileSync(join(FOLDER, "../pico/manifest.json"), "utf8")) as Manifest

type PinMap = { readonly [Name in keyof typeof pico]: (typeof pico)[Name] extends number ? number : readonly number[] }
const MAPS: readonly { name: string; map: PinMap; pots: readonly number[]; forbidden: readonly number[]; inputOnly: number }[] = [
  { name: "ESP32-S3", map: s3, pots: [1, 2, 4], forbidden: [0, 3, 19, 20, 26, 27, 28, 29, 30, 31, 32, 45, 46], inputOnly: 100 },
  { name: "ESP32", map: esp32, pots: [36, 39, 35], forbidden: [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 20, 24, 28, 29, 30, 31], inputOnly: 34 },
]

const second = (pairs: readonly number[]) => pairs.filter((_, index) => index % 2 === 1)
const first = (pairs: readonly number[]) => pairs.filter((_, index) => index % 2 === 0)

describe("the ESP32's manifest", () => {
  it("names files that exist", () => {
    const paths = [manifest.modules, ...Object.values(manifest.platforms).map(({ modules }) => modules)].flatMap((one) =>
      Object.values(one).flat(),
    )
    for (const path of paths) {
      const found = path.endsWith("/*")
        ? existsSync(join(FOLDER, path, ".."))
        : [".c", ".ts"].some((end) => existsSync(join(FOLDER, path + end)))
      assert.ok(found, path)
    }
  })

  it("runs the Pico's TypeScript, all of it, with another pin map and a network", () => {
    const names = (modules: string | string[]) => [modules].flat().map((path) => basename(path))
    const expected = names(picos.modules["boards/pico/*"]).filter((name) => name !== "pins" && name !== "network")
    assert.deepEqual(names(manifest.modules["boards/pico/*"]), expected)
    assert.ok("boards/pico/network" in manifest.modules)
    for (const { modules } of Object.values(manifest.platforms)) assert.ok("boards/pico/pins" in modules)
    assert.deepEqual(manifest.preload, picos.preload)
  })

  it("builds every C file of the board, and of the portable layer what this chip uses", () => {
    const named = Object.values(manifest.modules)
      .flat()
      .map((path) => basename(path))
    const port = readdirSync(join(FOLDER, "port")).filter((name) => name.endsWith(".c"))
    const portable = readdirSync(join(FOLDER, "../native")).filter((name) => name.endsWith(".c") && name !== "slots.c") // NVS in its place
    for (const name of [...port, ...portable]) assert.ok(named.includes(name.slice(0, -2)), name)
  })

  it("has every function that the shared binding asks of a board, with USB and without", () => {
    const text = (path: string) => readFileSync(join(FOLDER, path), "utf8")
    const binding = text("../pico/binding.c")
    const headers = ["../pico/usb-midi.h", "../native/shift-registers.h", "../pico/store.h", "../native/chip.h"].map(text).join("\n")
    const declared = [...headers.matchAll(/^[a-z][\w *]*?\b(\w+)\([^)]*(?:\([^)]*\))?[^;]*\);/gm)].map(([, name]) => name)
    const asked = declared.filter((name) => new RegExp(`\\b${name}\\(`).test(binding))
    assert.ok(asked.length > 20, String(asked))
    const port = readdirSync(join(FOLDER, "port")).map((name) => `port/${name}`)
    const files = [...port, "../pico/usb-midi.c", "../native/shift-registers.c"].filter((name) => name.endsWith(".c"))
    const code = files.map(text).join("\n")
    const defined = (name: string) => code.match(new RegExp(`^[a-zA-Z][\\w *]*\\b${name}\\([^;{]*\\{`, "gm"))?.length ?? 0
    for (const name of asked) assert.equal(defined(name), name.startsWith("usb_midi_") ? 2 : 1, name)
  })
})

for (const { name, map, pots, forbidden, inputOnly } of MAPS) {
  describe(`the pin map of the ${name}`, () => {
    const panel = [map.PIN_PANEL_CLOCK, map.PIN_PANEL_LATCH, map.PIN_PANEL_BUTTONS, map.PIN_PANEL_LIGHTS]
    const all = [...second(map.INPUT_PINS), ...second(map.OUTPUT_PINS), map.PIN_DIN_OUT, map.PIN_DIN_IN, ...panel, ...pots]

    it("has every jack and name the Pico's has", () => {
      assert.deepEqual(Object.keys(map).sort(), Object.keys(pico).sort())
      assert.deepEqual(first(map.INPUT_PINS), first(pico.INPUT_PINS))
      assert.deepEqual(first(map.OUTPUT_PINS), first(pico.OUTPUT_PINS))
    })

    it("uses no pin twice and none that decides how the chip starts or that flash and USB need", () => {
      assert.equal(new Set(all).size, all.length)
      assert.deepEqual(
        all.filter((pin) => forbidden.includes(pin)),
        [],
      )
    })

    it("delivers and captures on pins that fit the masks, and drives only pins that can drive", () => {
      for (const pin of [...second(map.INPUT_PINS), ...second(map.OUTPUT_PINS)]) assert.ok(pin <= HIGHEST_MASKED_PIN, `${pin}`)
      for (const pin of [...second(map.OUTPUT_PINS), map.PIN_DIN_OUT, ...panel.filter((one) => one !== map.PIN_PANEL_BUTTONS)])
        assert.ok(pin < inputOnly, `${pin}`)
    })
  })
}

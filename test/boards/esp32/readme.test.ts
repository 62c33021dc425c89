/** The wiring table of boards/esp32/README.md says what the three pin maps say, and nothing else. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as esp32 from "../../../boards/esp32/pins-esp32"
import * as s3 from "../../../boards/esp32/pins"
import * as pico from "../../../boards/pico/pins"
import { IN_CV, IN_RESET, IN_RUN, OUT_ARP, OUT_ARP_DISABLE, OUT_CLOCK, OUT_RESET, OUT_RUN, OUT_SYNC } from "../../../src/event"

type Map = Record<keyof typeof pico, number | readonly number[]>

const at = (pairs: number | readonly number[], port: number): number => {
  const list = pairs as readonly number[]
  const index = list.findIndex((one, place) => place % 2 === 0 && one === port)
  return list[index + 1]
}
const input = (port: number) => (map: Map) => at(map.INPUT_PINS, port)
const output = (port: number) => (map: Map) => at(map.OUTPUT_PINS, port)

const ROWS: Readonly<Record<string, (map: Map) => number | readonly number[]>> = {
  "midi out": (map) => map.PIN_DIN_OUT,
  "midi in": (map) => map.PIN_DIN_IN,
  "cv in": input(IN_CV),
  "reset in": input(IN_RESET),
  "run in": input(IN_RUN),
  "sync 1": output(OUT_SYNC),
  "sync 2": output(OUT_SYNC + 1),
  "sync 3": output(OUT_SYNC + 2),
  "sync 4": output(OUT_SYNC + 3),
  arp: output(OUT_ARP),
  "arp off": output(OUT_ARP_DISABLE),
  clock: output(OUT_CLOCK),
  run: output(OUT_RUN),
  reset: output(OUT_RESET),
  SHIFT: (map) => map.PIN_PANEL_CLOCK,
  LOAD: (map) => map.PIN_PANEL_LATCH,
  KEYS: (map) => map.PIN_PANEL_BUTTONS,
  LEDS: (map) => map.PIN_PANEL_LIGHTS,
}

/** Channels of ADC1 as port/pots-adc.c names their pins: ESP32, S3. */
function potPins(): number[][] {
  const text = readFileSync(join(__dirname, "../../../boards/esp32/port/pots-adc.c"), "utf8")
  return [/\/\* GPIO (\d+), (\d+), (\d+) \*\//, /S3: GPIO (\d+), (\d+), (\d+)/].map((pattern) => pattern.exec(text)!.slice(1).map(Number))
}

describe("the ESP32's wiring table", () => {
  const page = readFileSync(join(__dirname, "../../../boards/esp32/README.md"), "utf8")
  const rows = [...page.matchAll(/^\| ([\w ]+) \| GP(\d+) \| (\d+) \| (\d+) \|$/gm)]
  const said = new Map(rows.map(([, name, ...pins]) => [name, pins.map(Number)]))

  it("has every line of the pin maps", () => {
    for (const [name, pin] of Object.entries(ROWS)) assert.deepEqual(said.get(name), [pico, s3, esp32].map(pin), name)
  })

  it("has the three pots where their converter looks, and no row besides", () => {
    const [older, newer] = potPins()
    const pots = ["arp", "tempo", "wait"].map((name) => said.get(`pot ${name}`))
    assert.deepEqual(
      pots,
      [0, 1, 2].map((pot) => [26 + pot, newer[pot], older[pot]]),
    )
    assert.equal(said.size, Object.keys(ROWS).length + 3)
  })
})

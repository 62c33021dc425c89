/** The wires of the netlists end where the firmware's pin map says they do. */
import { strict as assert } from "node:assert"
import * as pins from "../../../boards/pico/pins"
import { INPUT_PORTS, OUTPUT_PORTS } from "../../../src/event"
import { loadSheets } from "../../../tools/hardware/netlist"

const sheets = new Map(loadSheets("boards/hardware/netlists").map((sheet) => [sheet.name, sheet]))

/** [port, pin, port, pin, ...] as a map from the port's name. */
function mapped(pairs: readonly number[], names: readonly string[]): Map<string, number> {
  return new Map(Array.from({ length: pairs.length / 2 }, (_, index) => [names[pairs[2 * index]], pairs[2 * index + 1]]))
}

function wired(...names: string[]): Map<string, number> {
  return new Map(
    names.flatMap((name) =>
      sheets.get(name)!.instances.map((instance) => [instance.name, Number(instance.gpio!.slice(2))] as [string, number]),
    ),
  )
}

describe("the netlists and the firmware's pin map", () => {
  it("agree on the inputs", () => {
    assert.deepEqual(wired("cv-in"), mapped(pins.INPUT_PINS, INPUT_PORTS))
  })

  it("agree on the outputs", () => {
    const wires = wired("sync-out", "clock-out", "arp-out", "arp-disable")
    const map = mapped(pins.OUTPUT_PINS, OUTPUT_PORTS)
    assert.deepEqual([...wires].sort(), [...map].sort())
  })

  it("agree on MIDI and on the shift registers", () => {
    assert.deepEqual([...wired("midi-out", "midi-in").values()], [pins.PIN_DIN_OUT, pins.PIN_DIN_IN])
    const nets = sheets.get("mcu")!.parts[0].nets
    assert.deepEqual(
      [pins.PIN_PANEL_CLOCK, pins.PIN_PANEL_LATCH, pins.PIN_PANEL_BUTTONS, pins.PIN_PANEL_LIGHTS].map((pin) => nets[`GP${pin}`]),
      ["SHIFT", "LOAD", "KEYS", "LEDS"],
    )
  })

  it("agree on which light is which", () => {
    const lights = sheets.get("lights")!.parts.filter((part) => part.kind === "led")
    const named = (bit: number): string => lights[Math.log2(bit)].value
    const { LIGHT_RUN, LIGHT_FAULT, LIGHT_SETTINGS, LIGHT_BEAT } = pins
    assert.deepEqual([LIGHT_RUN, LIGHT_FAULT, LIGHT_SETTINGS, LIGHT_BEAT].map(named), ["RUN", "FAULT", "SETTINGS", "BEAT"])
    const channels = [0, 1, 2, 3].map((channel) => named(pins.LIGHT_SYNC << channel))
    assert.deepEqual(channels, ["SYNC 1", "SYNC 2", "SYNC 3", "SYNC 4"])
    const register = sheets.get("lights")!.parts[0]
    assert.deepEqual(
      [..."ABCDEFGH"].map((output) => register.nets[output]),
      [1, 2, 3, 4, 5, 6, 7, 8].map((light) => `q${light}`),
    )
  })

  it("agree on the order in which the keys come out of the registers", () => {
    const { parts } = sheets.get("keys")!
    const order = ["U1", "U2"].flatMap((name) => [..."HGFEDCBA"].map((input) => parts.find((part) => part.name === name)!.nets[input]))
    const keys = order.filter((net) => net.startsWith("key"))
    const names = keys.map((net) => parts.find((part) => part.kind === "button" && part.nets.a === net)!.value)
    const first = INPUT_PORTS.indexOf("button-play")
    const ports = INPUT_PORTS.slice(first, first + 10).map((port) => port.replace("button-", ""))
    assert.deepEqual(
      names.map((name) => name.toLowerCase().replace(" ", "")),
      ports,
    )
    assert.deepEqual(order.slice(0, keys.length), keys, "a key stands behind an unused input")
  })
})

import { strict as assert } from "node:assert"
import { loadSheets, parseSheet, placeAll } from "../../../tools/hardware/netlist"

const DIRECTORY = "boards/hardware/netlists"

function sheet(parts: string): string {
  return `title: x\ninstances:\n  a: { base: 100, gpio: GP2 }\nparts:\n${parts}`
}

describe("netlists", () => {
  it("refuses a part that is wrong, naming the file, the part and what it expected", () => {
    const wrong: [string, RegExp][] = [
      ["  R1: { kind: resistor, value: 1k, nets: { a: GND, b: 3V3 }, at: [0, 0] }", /x\.yaml: R1: .*rating in watts/],
      ["  R1: { kind: resistr, value: 1k, nets: { a: GND, b: 3V3 }, at: [0, 0] }", /R1: no kind "resistr"; expected one of resistor/],
      ["  C1: { kind: capacitor, value: 1x, nets: { a: GND, b: 3V3 }, at: [0, 0] }", /"1x" is not a component value/],
      ["  C1: { kind: capacitor, value: 1n, nets: { a: GND, c: 3V3 }, at: [0, 0] }", /C1: no terminal "c"; expected a, b/],
      ["  C1: { kind: capacitor, value: 1n, nets: { a: GND, b: nowhere }, at: [0, 0] }", /net "nowhere" ends nowhere/],
      ["  C1: { kind: resistor, value: 1k, watts: 1, nets: { a: GND, b: 3V3 }, at: [0, 0] }", /C1: a resistor is named R1/],
    ]
    for (const [parts, message] of wrong) assert.throws(() => parseSheet(sheet(parts), "x.yaml"), message)
  })

  it("gives each part of the module a designator of its own, and no package pin twice", () => {
    const owners = new Map<string, string>()
    for (const { reference, part, connections } of placeAll(loadSheets(DIRECTORY)))
      for (const { pin, net } of connections) {
        const terminal = `${reference}.${pin}`
        const owner = `${part.kind} ${net}`
        if (owners.has(terminal)) assert.equal(owners.get(terminal), owner, `${terminal} is used twice`)
        owners.set(terminal, owner)
      }
    assert.ok(owners.size > 300, `only ${owners.size} terminals`)
  })

  it("uses each microcontroller pin for one thing, and wires it to the Pico", () => {
    const sheets = loadSheets(DIRECTORY)
    const pins = sheets.flatMap((one) => one.instances.flatMap((instance) => (instance.gpio === undefined ? [] : [instance.gpio])))
    assert.equal(new Set(pins).size, pins.length)
    const pico = sheets.find((one) => one.name === "mcu")!.parts[0]
    for (const pin of pins) assert.equal(pico.nets[pin], pin, `${pin} does not reach the Pico`)
  })

  it("connects every shared net to at least two parts", () => {
    const counts = new Map<string, number>()
    for (const { connections } of placeAll(loadSheets(DIRECTORY)))
      for (const { net } of connections) counts.set(net, (counts.get(net) ?? 0) + 1)
    for (const [net, count] of counts) assert.ok(count > 1, `net ${net} ends nowhere`)
  })
})

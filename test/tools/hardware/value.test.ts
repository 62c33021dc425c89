import { strict as assert } from "node:assert"
import { parseValue } from "../../../tools/hardware/value"

describe("component values", () => {
  it("reads them as they are written on schematics", () => {
    const written: [string, number][] = [
      ["470", 470],
      ["47k", 47e3],
      ["4k7", 4700],
      ["1k5", 1500],
      ["2.2k", 2200],
      ["10R", 10],
      ["1M", 1e6],
      ["100n", 100e-9],
      ["22u", 22e-6],
    ]
    for (const [text, value] of written) assert.ok(Math.abs(parseValue(text) / value - 1) < 1e-12, text)
  })

  it("refuses what is no value, and says what it expected", () => {
    for (const text of ["", "k47", "4.7k2", "47 k", "47x"]) assert.throws(() => parseValue(text), /expected something like/)
  })
})

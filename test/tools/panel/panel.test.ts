import { strict as assert } from "node:assert"
import { readFileSync } from "node:fs"
import { loadSheets, placeAll } from "../../../tools/hardware/netlist"
import { HEIGHT, mountings, parsePanel, RAIL, SIZES } from "../../../tools/panel/panel"

const panel = parsePanel(readFileSync("boards/hardware/panel.yaml", "utf8"))

describe("the front panel", () => {
  it("has one hole for every jack, pot, button and light of the netlists", () => {
    const seen = placeAll(loadSheets("boards/hardware/netlists"))
      .filter(({ part }) => ["jack", "din5", "pot", "button", "led"].includes(part.kind))
      .map(({ reference, part }) => `${reference} ${part.kind}`)
    const holes = panel.holes.filter((hole) => hole.kind !== "usb").map((hole) => `${hole.part} ${hole.kind}`)
    assert.deepEqual(holes.sort(), seen.sort())
  })

  it("leaves every part its room: from its neighbours, the edges and the rails", () => {
    panel.holes.forEach((hole, index) => {
      const radius = SIZES[hole.kind].room / 2
      const [x, y] = hole.at
      assert.ok(x - radius > 1 && x + radius < panel.width - 1, `${hole.part} is too near a side`)
      assert.ok(y - radius > RAIL - 1 && y + radius < HEIGHT - RAIL, `${hole.part} meets a rail`)
      for (const other of panel.holes.slice(index + 1)) {
        const gap = Math.hypot(x - other.at[0], y - other.at[1]) - radius - SIZES[other.kind].room / 2
        assert.ok(gap > 1, `${hole.part} and ${other.part} are ${gap.toFixed(1)} mm apart`)
      }
    })
  })

  it("is as wide as its HP, and its screws fall on the rack's grid", () => {
    assert.equal(panel.width, 121.6)
    const [[left], [right]] = mountings(panel)
    assert.ok(Math.abs((right - left) / 5.08 - Math.round((right - left) / 5.08)) < 0.01)
  })

  it("refuses a hole of an unknown kind", () => {
    assert.throws(
      () => parsePanel("width: 8\ntitle: { text: x, at: [1, 1] }\nholes:\n  - { part: X1, kind: slider, label: x, at: [1, 1] }"),
      /no hole for a "slider"/,
    )
  })
})

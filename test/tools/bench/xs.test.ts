/** The price list: the same each time, nothing allocated, and within what a module can pay. */
import assert from "node:assert/strict"
import { prices } from "../../../tools/bench/xs"
import { engine } from "../../xs/install"

describe("bench xs", function () {
  let path: string
  before(async function () {
    path = await engine(this)
  })

  it("finds no slot taken, and everything that went in coming out", async function () {
    const list = new Map((await prices(path)).map((price) => [price.name, price]))
    for (const { name, slots, computrons } of list.values()) {
      assert.equal(slots, 0, name)
      assert.ok(computrons > 10 && computrons < 10_000, `${name} costs ${computrons}`)
    }
    // A clock: two MIDI bytes, two edges at the rack clock, four syncs of four edges a beat, two of the arpeggiator's. A note is three bytes on DIN and one packet on USB.
    const events = (name: string) => list.get(name)?.events ?? NaN
    for (const name of ["clock", "predict", "follow", "midiClock"])
      assert.ok(Math.abs(events(name) - (2 + 2 + 16 / 24 + 2 / 24)) < 0.05, `${name}: ${events(name)}`)
    assert.ok(events("dinNote") >= 4)
    assert.ok(events("usbNote") >= 3)
  })
})

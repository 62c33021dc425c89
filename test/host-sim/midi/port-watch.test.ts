import assert from "node:assert/strict"
import fc from "fast-check"
import { BadInput } from "../../../host-sim/input/bad-input"
import { PortWatch } from "../../../host-sim/midi/port-watch"
import { readWish } from "../../../host-sim/midi/wishes"

const watchFor = (...texts: string[]) => new PortWatch(texts.map((text) => ({ role: 1, text })))
const held = (watch: PortWatch) => watch.ports.map(({ name }) => name)

describe("ports that are wanted", () => {
  it("reads which port of the core a name feeds", () => {
    assert.deepEqual(readWish("midi-in", "Keystation"), { role: 1, text: "Keystation" })
    assert.deepEqual(readWish("midi-in", "din=UM-ONE"), { role: 0, text: "UM-ONE" })
    assert.deepEqual(readWish("midi-in", "config= tactus configuration"), { role: 2, text: "tactus configuration" })
    assert.deepEqual(readWish("midi-in", "a=b"), { role: 1, text: "a=b" })
    for (const text of ["", "usb=", "din= "]) assert.throws(() => readWish("midi-in", text), BadInput)
  })

  it("takes the exact name before one that contains it, whatever the case and ALSA's numbers", () => {
    const watch = watchFor("um-one:um-one midi 1")
    watch.look(["UM-ONE:UM-ONE MIDI 10 28:0", "UM-ONE:UM-ONE MIDI 1 24:0"])
    assert.deepEqual(held(watch), ["UM-ONE:UM-ONE MIDI 1 24:0"])
  })

  it("gives two wishes of one text two ports", () => {
    const watch = watchFor("volca", "volca", "volca")
    watch.look(["volca beats 24:0", "volca keys 28:0"])
    assert.deepEqual(held(watch), ["volca beats 24:0", "volca keys 28:0", undefined])
  })

  it("lets go of what went and takes up what came back under another number", () => {
    const watch = watchFor("keys")
    assert.deepEqual(
      watch.look(["keys 24:0"]).map(({ kind }) => kind),
      ["found"],
    )
    assert.deepEqual(watch.look(["keys 24:0"]), [])
    assert.deepEqual(
      watch.look([]).map(({ kind }) => kind),
      ["lost"],
    )
    assert.deepEqual(
      watch.look(["keys 32:0"]).map(({ kind, name }) => `${kind} ${name}`),
      ["found keys 32:0"],
    )
    assert.deepEqual(
      watch.look(["keys 36:0"]).map(({ kind, name }) => `${kind} ${name}`),
      ["lost keys 32:0", "found keys 36:0"],
    )
  })

  it("whatever comes and goes, holds only what is there, each port once, and leaves no wish alone that could have one", () => {
    const names = ["one 1:0", "one 2:0", "two 3:0", "other 4:0"]
    fc.assert(
      fc.property(fc.array(fc.subarray(names), { maxLength: 12 }), (looks) => {
        const watch = watchFor("one", "o", "two")
        for (const there of looks) {
          watch.look(there)
          const taken = held(watch).filter((name) => name !== undefined)
          assert.ok(taken.every((name) => there.includes(name)))
          assert.equal(new Set(taken).size, taken.length)
          const free = there.filter((name) => !taken.includes(name))
          for (const { wish, name } of watch.ports) if (name === undefined) assert.ok(!free.some((one) => one.includes(wish.text)))
        }
      }),
    )
  })
})

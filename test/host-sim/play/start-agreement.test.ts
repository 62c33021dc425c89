import assert from "node:assert"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { agreeOnStart, listKey } from "../../../host-sim/play/start-agreement"

const on = findInterface(LOOPBACK)
const EPOCH = 1_790_000_000_000_000
const port = 24000 + (process.pid % 20000)

describe("machines that start a list at a slot", () => {
  it("begin together though each had chosen another slot, whether at once or long after", async () => {
    const [first, second] = await Promise.all([agreeOnStart(on, "list", EPOCH + 15e6, port), agreeOnStart(on, "list", EPOCH + 30e6, port)])
    const late = await agreeOnStart(on, "list", EPOCH + 300e6, port)
    const other = await agreeOnStart(on, "another", EPOCH + 300e6, port)
    for (const each of [first, second, late, other]) each.close()
    assert.ok(Math.abs(first.start - EPOCH - 15e6) < 1)
    assert.ok(Math.abs(second.start - first.start) < 1)
    assert.ok(Math.abs(late.start - first.start) < 1)
    assert.strictEqual(other.start, EPOCH + 300e6, "another list is no concern of theirs")
    const alone = await agreeOnStart(on, "list", EPOCH + 300e6, port)
    alone.close()
    assert.strictEqual(alone.start, EPOCH + 300e6, "when all have gone")
  })

  it("agree about the same files in the same order from the same place, wherever they stand", () => {
    const tracks = (folder: string) => ["a.mp3", "b.mp3"].map((name) => ({ path: `${folder}/${name}`, title: name, line: 1 }))
    assert.strictEqual(listKey(tracks("/home/one"), 0, 0), listKey(tracks("/media/two"), 0, 0))
    assert.notStrictEqual(listKey(tracks("/home/one"), 0, 0), listKey(tracks("/home/one"), 1, 0))
  })
})

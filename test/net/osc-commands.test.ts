/** What a pattern means: the same as where each of its parts is written out, with the product's name in front or without. */
import assert from "node:assert/strict"
import { commandsOf } from "../../src/net/osc-commands"
import { AddressMatcher } from "../../src/osc/pattern"
import { OscReader } from "../../src/osc/reader"
import { OscWriter } from "../../src/osc/writer"

function commands(address: string): unknown[] {
  const reader = new OscReader()
  const writer = new OscWriter(reader.bytes.length)
  writer.begin()
  writer.message(address, "")
  const size = writer.finish()
  reader.bytes.set(writer.bytes.subarray(0, size))
  let found: unknown[] = []
  assert.ok(reader.read(size, { message: (message) => (found = commandsOf(message, new AddressMatcher())) }))
  return found
}

const channel = (number: number, action: string): object => ({ kind: "channel", channel: number - 1, action })

describe("an address pattern", () => {
  it("means every method it matches", () => {
    const all = [1, 2, 3, 4].map((number) => channel(number, "start"))
    for (const prefix of ["", "/tactus", "/*", "/tactu?", "/{tactus,other}"]) {
      assert.deepEqual(commands(`${prefix}/channel/*/start`), all, prefix)
      assert.deepEqual(commands(`${prefix}/channel/[2-3]/st[a]rt`), [all[1], all[2]], prefix)
      assert.deepEqual(commands(`${prefix}/ch*/{1,4}/start`), [all[0], all[3]], prefix)
      assert.deepEqual(commands(`${prefix}/channel/2/s*`), [channel(2, "start"), channel(2, "stop"), channel(2, "step")], prefix)
      assert.deepEqual(commands(`${prefix}/s?op`), commands("/stop"), prefix)
    }
    assert.deepEqual(commands("/*op"), commands("/stop"))
  })

  it("that matches nothing is refused with what there is", () => {
    for (const address of [
      "/channel/*/dance",
      "/channel/[5-9]/start",
      "/tactus/chan*/1",
      "/nonsense",
      "/tactus/channel/*start",
      "/[/]/start",
    ]) {
      const [problem, ...more] = commands(address)
      assert.deepEqual(more, [], address)
      assert.match(String(problem), /: no such method, expected \/play /, address)
    }
  })
})

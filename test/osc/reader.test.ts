import assert from "node:assert"
import * as fc from "fast-check"
import type { OscPacketInput } from "osc-min"
import { OscReader } from "../../src/osc/reader"
import { oscPacket } from "./arbitrary"
import { type PlainMessage, readByOscMin, readByUs, useOscMin, writtenByOscMin } from "./plain"

/** Programs differ in how many replacement characters stand for a broken sequence. */
function comparable({ address, types }: PlainMessage): string {
  return address.replace(/\ufffd+/g, "\ufffd") + " " + types
}

describe("osc reader", () => {
  before(useOscMin)

  it("reads what osc-min writes, as osc-min reads it", () => {
    fc.assert(
      fc.property(oscPacket, (packet) => {
        const bytes = writtenByOscMin(packet)
        const heard = readByUs(bytes)
        assert.ok(heard)
        assert.deepStrictEqual(heard, readByOscMin(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it("agrees with osc-min on damaged packets, wherever both accept them", () => {
    let accepted = 0
    fc.assert(
      fc.property(
        oscPacket,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 }),
        (packet, damage) => {
          const bytes = writtenByOscMin(packet)
          for (const [where, value] of damage) bytes[where % bytes.length] = value
          const heard = readByUs(bytes)
          const expected = readByOscMin(bytes)
          if (heard === null || expected === null || heard.length !== expected.length) return
          accepted++
          assert.deepStrictEqual(heard.map(comparable), expected.map(comparable))
        },
      ),
      { numRuns: 500 },
    )
    assert.ok(accepted > 100, `only ${accepted} packets were still readable`)
  })

  it("survives any bytes, in fixed memory, and leaves nothing behind that would change the next packet", () => {
    const reader = new OscReader(1536)
    const good = writtenByOscMin({ address: "/tactus/tempo", args: [{ type: "float", value: 120 }] })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (noise, asBundle) => {
        const bytes = asBundle ? new Uint8Array([...writtenByOscMin({ timetag: [1, 2], elements: [] }), ...noise]) : noise
        readByUs(bytes, reader)
        assert.deepStrictEqual(readByUs(good, reader), [{ address: "/tactus/tempo", timetag: [0, 1], types: "f", values: [120] }])
      }),
      { numRuns: 2000 },
    )
  })

  it("delivers nothing of a packet whose end is damaged", () => {
    const bytes = writtenByOscMin({
      timetag: [1, 2],
      elements: [
        { address: "/one", args: [] },
        { address: "/two", args: [{ type: "string", value: "tick" }] },
      ],
    })
    assert.strictEqual(readByUs(bytes)?.length, 2)
    assert.strictEqual(readByUs(bytes.subarray(0, bytes.length - 4)), null)
  })

  it("skips and counts a message with an unknown type tag or none, and hears its neighbours", () => {
    const reader = new OscReader()
    const bytes = writtenByOscMin({
      timetag: [1, 2],
      elements: [
        { address: "/strange", args: [{ type: "integer", value: 7 }] },
        { address: "/bare", args: [] },
        { address: "/known", args: [{ type: "integer", value: 8 }] },
      ],
    })
    bytes[bytes.indexOf(0x69)] = 0x7a // i becomes z
    bytes[bytes.lastIndexOf(0x2c, bytes.lastIndexOf(0x2c) - 1)] = 0x2e // the comma of /bare
    assert.deepStrictEqual(
      readByUs(bytes, reader)?.map(({ address }) => address),
      ["/known"],
    )
    assert.strictEqual(reader.skipped, 2)
  })

  it("refuses bundles deeper, arguments more and packets larger than it was made for", () => {
    const reader = new OscReader(256, 3, 2)
    const message: OscPacketInput = { address: "/a", args: [] }
    const nest = (depth: number): OscPacketInput => (depth === 0 ? message : { timetag: [0, 1], elements: [nest(depth - 1)] as never })
    assert.strictEqual(readByUs(writtenByOscMin(nest(2)), reader)?.length, 1)
    assert.strictEqual(readByUs(writtenByOscMin(nest(3)), reader), null)
    const four = { address: "/a", args: [1, 2, 3, 4].map((value) => ({ type: "integer" as const, value })) }
    assert.deepStrictEqual(readByUs(writtenByOscMin(four), reader), [])
    assert.strictEqual(reader.skipped, 1)
    assert.strictEqual(reader.read(260, { message: () => assert.fail() }), false)
    assert.strictEqual(reader.malformed, 2)
  })
})

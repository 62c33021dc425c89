import assert from "node:assert"
import * as fc from "fast-check"
import { readUtf8, utf8Length, writeUtf8 } from "../../src/osc/text"

describe("osc text", () => {
  it("writes and measures UTF-8 as Node's own encoder does, lone surrogates included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.integer({ min: 0xd800, max: 0xdfff }), (text, half) => {
        for (const each of [text, text + String.fromCharCode(half), String.fromCharCode(half) + text]) {
          const expected = Buffer.from(each)
          const bytes = new Uint8Array(expected.length)
          assert.strictEqual(utf8Length(each), expected.length)
          assert.strictEqual(writeUtf8(bytes, 0, each), expected.length)
          assert.deepStrictEqual(Buffer.from(bytes), expected)
        }
      }),
    )
  })

  it("reads what is well formed, and never throws on what is not", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 20 }),
        (text) => readUtf8(Buffer.from(text), 0, Buffer.from(text).length) === text,
      ),
    )
    const strict = new TextDecoder("utf-8", { fatal: true })
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0x41, 0x80, 0xa0, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff), { maxLength: 6 }),
        (list) => {
          const bytes = new Uint8Array(list)
          const text = readUtf8(bytes, 0, bytes.length)
          let expected: string | undefined
          try {
            expected = strict.decode(bytes)
          } catch {
            assert.ok(text.includes("\ufffd"), "broken bytes are shown as such")
            return
          }
          assert.strictEqual(text, expected)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

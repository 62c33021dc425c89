import assert from "node:assert"
import * as fc from "fast-check"
import { OscMessage } from "../../src/osc/message"
import { AddressMatcher } from "../../src/osc/pattern"
import { OscReader } from "../../src/osc/reader"
import { OscWriter } from "../../src/osc/writer"
import { cpuSeconds } from "../support/cpu-time"

const writer = new OscWriter()
const reader = new OscReader()
const matcher = new AddressMatcher()

function matches(pattern: string, address: string): boolean {
  writer.begin()
  writer.message(pattern, "")
  reader.bytes.set(writer.bytes)
  let result: boolean | undefined
  reader.read(writer.finish(), { message: (message: OscMessage) => (result = matcher.matches(message, address)) })
  assert.notStrictEqual(result, undefined, `${pattern} was not read`)
  return result as boolean
}

/** The same language as a regular expression: an independent oracle. */
function expression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^$()|\\]/g, "\\$&")
    .replace(/\*/g, "[^/]*")
    .replace(/\?/g, "[^/]")
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.replace(/,/g, "|")})`)
    .replace(/\[!([^\]]*)\]/g, "(?!/)[^$1]")
  return new RegExp(`^${source}$`)
}

describe("osc address patterns", () => {
  it("match as OSC 1.0 says", () => {
    assert.ok(matches("/channel/2/start", "/channel/2/start"))
    assert.ok(matches("/channel/*/start", "/channel/2/start"))
    assert.ok(matches("/channel/[1-3]/start", "/channel/2/start"))
    assert.ok(!matches("/channel/[!1-3]/start", "/channel/2/start"))
    assert.ok(matches("/channel/{1,2}/st?rt", "/channel/2/start"))
    assert.ok(!matches("/*", "/channel/2"), "a star does not cross a slash")
    assert.ok(!matches("/channel/2", "/channel/2/start"))
    assert.ok(!matches("/channel/2/start", "/channel/2"))
  })

  it("agree with a regular expression of the same meaning", () => {
    const piece = fc.constantFrom("a", "b", "ab", "/", "*", "?", "[ab]", "[!a]", "[a-c]", "{a,bc}", "{ab,a}")
    const letter = fc.constantFrom("a", "b", "c", "/")
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.array(letter, { maxLength: 7 }), (pieces, letters) => {
        const pattern = "/" + pieces.join("")
        const address = "/" + letters.join("")
        assert.strictEqual(matches(pattern, address), expression(pattern).test(address), `${pattern} against ${address}`)
      }),
      { numRuns: 5000 },
    )
  })

  it("give up on patterns made to take for ever", () => {
    const before = cpuSeconds()
    assert.strictEqual(matches("/" + "*a".repeat(100) + "b", "/" + "a".repeat(300)), false)
    assert.ok(cpuSeconds() - before < 0.25)
  })
})

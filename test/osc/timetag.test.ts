import assert from "node:assert"
import * as fc from "fast-check"
import { isImmediately, sharedOfTimetag, timetagFraction, timetagSeconds } from "../../src/osc/timetag"

describe("osc timetags", () => {
  it("count from 1900: the first second of 1970 and a known moment of 2024", () => {
    assert.strictEqual(sharedOfTimetag(2208988800, 0), 0)
    assert.strictEqual(sharedOfTimetag(3914092800, 0x80000000), Date.UTC(2024, 0, 13) * 1000 + 500000)
  })

  it("go there and back within the grain of shared time, across the wrap of 2036", () => {
    const until = Date.UTC(2100, 0, 1) * 1000
    fc.assert(
      fc.property(fc.integer({ min: 0, max: until }), (shared) => {
        const back = sharedOfTimetag(timetagSeconds(shared), timetagFraction(shared))
        assert.ok(Math.abs(back - shared) <= 0.5, `${shared} came back as ${back}`)
      }),
    )
    const wrap = Date.UTC(2036, 1, 7, 6, 28, 16) * 1000
    assert.strictEqual(timetagSeconds(wrap), 0)
    assert.strictEqual(timetagSeconds(wrap - 1), 0xffffffff)
    assert.strictEqual(sharedOfTimetag(0, 0), wrap)
  })

  it("tell `immediately` from a time", () => {
    assert.strictEqual(isImmediately(0, 1), true)
    assert.strictEqual(isImmediately(3914092800, 1), false)
  })
})

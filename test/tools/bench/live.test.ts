import assert from "node:assert/strict"
import { figuresOf } from "../../../tools/bench/live"

const PERIOD = 60e6 / 120 / 24

/** A minute of clocks, each later than its time by `lateness`. */
const minute = (lateness: (n: number) => number, pace = 1) => Array.from({ length: 2880 }, (_, n) => n * PERIOD * pace + lateness(n))

describe("the live loop's figures", () => {
  it("late clocks are no drift, and are counted where they belong", () => {
    const figures = figuresOf(
      minute((n) => (n % 100 === 7 ? 3000 : 40)),
      0,
      60,
    )
    assert.equal(figures.driftMicros, 0)
    assert.deepEqual(figures.histogram, [2851, 0, 0, 0, 0, 0, 29, 0, 0, 0])
    assert.deepEqual([figures.lateness.half, figures.lateness.worst], [0, 2960])
  })

  it("a clock that is 10 ppm slow drifts", () => {
    const { driftMicros } = figuresOf(
      minute(() => 0, 1.00001),
      0,
      60,
    )
    assert.ok(Math.abs(driftMicros - 500) < 1, `${driftMicros} us`)
  })

  it("a clock too many shows", () => {
    const stamps = minute(() => 0)
    stamps.splice(1000, 0, stamps[1000] - 5000)
    assert.ok(Math.abs(figuresOf(stamps, 0, 60).driftMicros + PERIOD) < 1)
  })
})

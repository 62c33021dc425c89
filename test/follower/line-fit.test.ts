/** The line: as good as least squares on a steady clock, quick after a change, exact without jitter, after ten hours too. */
import assert from "node:assert/strict"
import { Random } from "../../host-sim/input/random"
import { LineFit } from "../../src/follower/line-fit"

const PERIOD = 20833
const LIMIT = 6

function started(): LineFit {
  const line = new LineFit()
  line.restart(PERIOD, PERIOD, 2)
  line.jitter.restart(PERIOD)
  line.jitter.add(PERIOD)
  return line
}

/** Plays pulses 2, 3, ... at the given times. */
function play(line: LineFit, from: number, times: readonly number[]): void {
  let last = from
  for (const time of times) {
    line.jitter.add(time - last)
    line.add(time, LIMIT)
    last = time
  }
}

/** Ordinary least squares over all points: the value and slope at the last. */
function leastSquares(times: readonly number[]) {
  const n = times.length
  const middle = (n - 1) / 2
  const mean = times.reduce((sum, time) => sum + time, 0) / n
  const slope = times.reduce((sum, time, i) => sum + (i - middle) * (time - mean), 0) / ((n * (n * n - 1)) / 12)
  return { time: mean + slope * middle, period: slope }
}

describe("line fit", () => {
  it("is the least-squares line through all pulses since the start, as long as nothing changes", () => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(seed)
      const times = Array.from({ length: 800 }, (_, i) => i * PERIOD + (i < 2 ? 0 : random.clippedGaussian(300, 900)))
      const line = started()
      line.jitter.sd = 300
      for (const time of times.slice(2)) line.add(time, LIMIT)
      const expected = leastSquares(times)
      assert.equal(line.pulses, 800)
      assert.ok(Math.abs(line.time - expected.time) < 1e-3, `${line.time - expected.time} us`)
      assert.ok(Math.abs(line.period - expected.period) < 1e-6)
    }
  })

  it("is exact on an exact clock, and still is after ten hours", () => {
    const line = started()
    const period = 20833 + 1 / 3
    line.restart(period, period, 2)
    const pulses = Math.round(36e9 / period)
    for (let i = 2; i <= pulses; i++) line.add(i * period, LIMIT)
    assert.ok(Math.abs(line.time - pulses * period) < 0.01, `${line.time - pulses * period} us`)
    assert.ok(Math.abs(line.period - period) < 1e-5, `${line.period - period} us a pulse`)
  })

  it("draws the line anew through exactly the pulses since a step", () => {
    const line = started()
    const steady = Array.from({ length: 500 }, (_, i) => (i + 2) * PERIOD)
    const knot = 501 * PERIOD
    play(line, PERIOD, [...steady, knot + 18000, knot + 36000])
    assert.equal(line.pulses, 3)
    assert.ok(Math.abs(line.period - 18000) < 0.01, `${line.period} us`)
    assert.ok(Math.abs(line.time - knot - 36000) < 0.01)
  })

  it("does not turn after a single late pulse", () => {
    const line = started()
    const times = Array.from({ length: 500 }, (_, i) => (i + 2) * PERIOD)
    times[300] += 5000
    play(line, PERIOD, times)
    assert.ok(line.pulses > 490, `${line.pulses} pulses bear the line`)
    assert.ok(Math.abs(line.time - 501 * PERIOD) < 50)
  })

  it("gives hardly a false alarm: none in 100 000 shaking pulses", () => {
    const random = new Random(11)
    const line = started()
    let fewest = Infinity
    let last = PERIOD
    for (let i = 2; i < 100000; i++) {
      const time = i * PERIOD + random.clippedGaussian(1000, 3000)
      line.jitter.add(time - last)
      line.add(time, LIMIT)
      last = time
      if (i > 1000) fewest = Math.min(fewest, line.pulses)
    }
    assert.ok(fewest > 500, `${fewest} pulses at least`)
  })

  it("follows a tempo that creeps, closer than the jitter hides it", () => {
    const random = new Random(5)
    const line = started()
    let exact = PERIOD
    let last = PERIOD
    let worst = 0
    for (let i = 2; i < 6000; i++) {
      exact += PERIOD * (1 + 0.0005 * Math.sin(i / 450))
      const time = exact + random.clippedGaussian(1000, 3000)
      line.jitter.add(time - last)
      line.add(time, LIMIT)
      last = time
      if (i > 500) worst = Math.max(worst, Math.abs(line.time - exact))
    }
    assert.ok(worst < 1200, `${worst} us`)
  })
})

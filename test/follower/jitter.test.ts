/** The noise scale: right for jitter, deaf to tempo, quick to learn and to forget. */
import assert from "node:assert/strict"
import { Random } from "../../host-sim/input/random"
import { Jitter } from "../../src/follower/jitter"

const PERIOD = 20833

function measure(times: readonly number[]): Jitter {
  const jitter = new Jitter()
  jitter.restart(PERIOD)
  for (let i = 1; i < times.length; i++) jitter.add(times[i] - times[i - 1])
  return jitter
}

const shaking = (pulses: number, sd: number, random = new Random(3)) =>
  Array.from({ length: pulses }, (_, i) => i * PERIOD + sd * random.gaussian())

describe("jitter", () => {
  for (const sd of [20, 300, 1000, 3000]) {
    it(`measures ${sd} us to a third`, () => {
      const measured = measure(shaking(600, sd)).sd
      assert.ok(measured > sd / 1.33 && measured < sd * 1.33, `${measured} us`)
    })
  }

  it("never falls below what edges and stamps shake by themselves", () => {
    assert.equal(measure(shaking(2000, 0)).sd, 8)
  })

  it("does not take a ramp or a single step for jitter", () => {
    const ramp = Array.from({ length: 600 }, (_, i) => i * PERIOD + 10 * i * i)
    assert.ok(measure(ramp).sd < 12)
    const step = Array.from({ length: 600 }, (_, i) => i * PERIOD - Math.max(0, i - 500) * 3000)
    assert.ok(measure(step).sd < 12)
  })

  it("learns that a quiet clock has begun to shake, and forgets that it once did", () => {
    const quiet = shaking(400, 10)
    const loud = shaking(60, 1000).map((time) => time + 400 * PERIOD)
    const still = shaking(120, 10).map((time) => time + 460 * PERIOD)
    const shaken = measure([...quiet, ...loud]).sd
    assert.ok(shaken > 300, `${shaken} us after 60 pulses`)
    const calmed = measure([...quiet, ...loud, ...still]).sd
    assert.ok(calmed < 100, `${calmed} us after 120 more`)
  })

  it("skips what is no neighbour", () => {
    const jitter = measure(shaking(600, 0))
    jitter.skip()
    jitter.add(2 * PERIOD)
    jitter.skip()
    jitter.add(PERIOD)
    assert.equal(jitter.sd, 8)
  })
})

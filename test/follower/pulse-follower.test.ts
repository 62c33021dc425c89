/** First behaviours of the follower: exact on an exact clock, and no pulse gained or lost. */
import assert from "node:assert/strict"
import { PulseFollower } from "../../src/follower/pulse-follower"

function play(ppqn: number, times: number[]): PulseFollower {
  const follower = new PulseFollower()
  follower.configure(ppqn)
  for (const time of times) follower.pulse(time)
  return follower
}

const grid = (pulses: number, period: number) => Array.from({ length: pulses }, (_, position) => 1e6 + position * period)

describe("pulse follower", () => {
  it("knows the period after two pulses", () => {
    const follower = play(1, [1e6, 1.5e6])
    assert.equal(follower.period, 500000)
    assert.equal(follower.fitTime, 1.5e6)
    assert.equal(follower.count, 1)
    assert.ok(follower.locked)
  })

  it("bridges a missing pulse of a fine clock", () => {
    const times = grid(200, 20833)
    times.splice(100, 1)
    const follower = play(24, times)
    assert.equal(follower.count, 199)
    assert.ok(Math.abs(follower.fitTime - times[198]) < 0.01)
  })
})

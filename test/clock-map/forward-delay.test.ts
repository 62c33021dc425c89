import assert from "node:assert"
import { ForwardDelay } from "../../src/clock-map/forward-delay"
import { seededRandom } from "../support/virtual-network"

describe("forward delay", () => {
  it("keeps late packets under the target, at no more than a quarter octave above what that takes", () => {
    const random = seededRandom(5)
    for (const target of [0.5, 0.1, 0.01]) {
      const delay = new ForwardDelay()
      const draw = (): number => 500 - 3000 * Math.log(1 - random()) // 0.5 ms and an exponential tail of 3 ms
      for (let count = 0; count < 20_000; count++) delay.observe(draw())
      const chosen = delay.choose(target, 0)
      let late = 0
      for (let count = 0; count < 20_000; count++) if (draw() > chosen) late++
      const needed = 500 - 3000 * Math.log(target)
      assert.ok(late / 20_000 <= target * 1.1, `${late / 20_000} late of ${target}`)
      assert.ok(chosen <= needed * 1.3, `${chosen} where ${needed} were needed`)
      assert.ok(Math.abs(delay.lossAt(needed * 1.2, 0) - target) < target)
    }
  })

  it("adds the clock error, is careful while it has seen little, and forgets a bad hour", () => {
    const delay = new ForwardDelay()
    assert.strictEqual(delay.choose(0.01, 50), 100_050)
    delay.observe(1000)
    assert.ok(delay.choose(0.01, 0) >= 2000)
    assert.strictEqual(delay.choose(0.01, 300) - delay.choose(0.01, 0), 300)
    for (let count = 0; count < 3000; count++) delay.observe(200_000)
    assert.ok(delay.choose(0.01, 0) >= 200_000)
    for (let count = 0; count < 20_000; count++) delay.observe(1000)
    assert.ok(delay.choose(0.01, 0) < 1500)
  })

  it("takes any delay, even one that a wrong clock made negative", () => {
    const delay = new ForwardDelay()
    for (const odd of [-5000, 0, NaN, 1e12]) delay.observe(odd)
    assert.ok(Number.isFinite(delay.choose(0.01, 0)))
  })
})

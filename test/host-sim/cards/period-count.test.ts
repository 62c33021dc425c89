import assert from "node:assert"
import { PeriodCount } from "../../../host-sim/cards/period-count"
import { seededRandom } from "../../support/virtual-network"

const QUANTUM = 128
const rendered = (frames: number) => Math.ceil(frames / QUANTUM) * QUANTUM

describe("the frames that a card has asked for", () => {
  for (const period of [1365, 5461, 2048, 480, 441, 1024])
    it(`are known to the frame in periods of ${period}, though the library counts quanta`, () => {
      const count = new PeriodCount()
      const errors: number[] = []
      for (let periods = 1; periods < 400; periods++) errors.push((count.read(rendered(periods * period)) ?? NaN) - (periods - 1) * period)
      assert.strictEqual(count.period, period)
      assert.ok(
        errors.slice(10).every((error) => Math.abs(error) <= QUANTUM),
        "from the beginning no worse than the bare count",
      )
      assert.deepStrictEqual(
        [...new Set(errors.slice([1365, 5461, 2048, 1024].includes(period) ? 7 : 150))],
        [0],
        "at once where it is usual",
      )
      const raw = Array.from({ length: 200 }, (_, index) => rendered((index + 200) * period) - (index + 200) * period)
      if (period % QUANTUM !== 0) assert.ok(Math.max(...raw) > 90, "which runs ahead by up to a quantum")
    })

  it("are not told in the middle of a gulp, and gulps that came together are told as one", () => {
    const random = seededRandom(1)
    const count = new PeriodCount()
    let wrong = 0
    for (let periods = 1; periods < 2000; periods++) {
      if (random() < 0.02) periods += 2
      if (random() < 0.1) assert.ok(periods < 300 || count.read(rendered(periods * 1365) - QUANTUM) === undefined)
      const asked = count.read(rendered(periods * 1365))
      if (periods > 300 && asked !== (periods - 1) * 1365) wrong++
    }
    assert.strictEqual(count.period, 1365)
    assert.strictEqual(wrong, 0)
  })

  it("are found though the machine was busy in the beginning, and half a quantum is taken off where a driver has no period", () => {
    const late = new PeriodCount()
    for (let periods = 4; periods < 60; periods += 4) late.read(rendered(periods * 1365))
    for (let periods = 60; periods < 400; periods++) late.read(rendered(periods * 1365))
    assert.strictEqual(late.period, 1365)
    assert.strictEqual(late.read(rendered(400 * 1365)), 399 * 1365)

    const random = seededRandom(2)
    const fickle = new PeriodCount()
    let [frames, before] = [0, 0]
    let far = 0
    for (let gulp = 0; gulp < 500; gulp++) {
      before = frames
      frames += Math.round(600 + random() * 1200)
      const asked = fickle.read(rendered(frames))
      if (asked !== undefined && Math.abs(asked - before) > 1300) far++
    }
    assert.ok(far < 25, `${far} of 500`)
  })
})

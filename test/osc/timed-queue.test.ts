import assert from "node:assert"
import { MARGIN_EDGES, TimedQueue } from "../../src/osc/timed-queue"

function ran(queue: TimedQueue<string>, until: number): string[] {
  const list: string[] = []
  queue.run(until, (time, item) => list.push(`${item}@${time}`))
  return list
}

describe("the queue of timetags", () => {
  it("executes in order of time, ties as they came, and nothing before its time", () => {
    const queue = new TimedQueue<string>()
    for (const [time, item] of [
      [300, "c"],
      [100, "a"],
      [300, "d"],
      [200, "b"],
    ] as const)
      queue.add(time, 0, item)
    assert.deepStrictEqual(ran(queue, 300), ["a@100", "b@200"])
    assert.deepStrictEqual(ran(queue, 301), ["c@300", "d@300"])
    assert.strictEqual(queue.executed, 4)
  })

  it("executes late things at once or drops them, and counts them with their margin either way", () => {
    for (const policy of ["execute", "drop"] as const) {
      const queue = new TimedQueue<string>(8, policy)
      queue.add(1000, 3500, "late")
      queue.add(9000, 3500, "good")
      assert.deepStrictEqual(ran(queue, 3501), policy === "execute" ? ["late@1000"] : [])
      assert.strictEqual(queue.late, 1)
      assert.strictEqual(queue.dropped, policy === "drop" ? 1 : 0)
      assert.strictEqual(queue.margins[MARGIN_EDGES.indexOf(-1000)], 1, "2.5 ms late")
      assert.strictEqual(queue.margins[MARGIN_EDGES.indexOf(10000)], 1, "5.5 ms early")
    }
  })

  it("refuses what lies too far ahead, and what it has no room for", () => {
    const queue = new TimedQueue<string>(2, "execute", 60_000_000)
    assert.strictEqual(queue.add(60_000_001, 0, "far"), false)
    assert.strictEqual(queue.tooFar, 1)
    assert.ok(queue.add(1, 0, "one") && queue.addNow(0, "two"))
    assert.strictEqual(queue.add(2, 0, "three"), false)
    assert.strictEqual(queue.addNow(0, "four"), false)
    assert.strictEqual(queue.overflowed, 2)
    assert.strictEqual(queue.length, 2)
  })
})

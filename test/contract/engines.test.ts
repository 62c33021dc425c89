/** The module is the same on Node and on XS: the same inputs give the same events, their times equal to the bit. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { engine } from "../xs/install"
import { NodeEngine, XsEngine } from "./engines"
import { anyRun, requestOf, RUNS } from "./runs"
import { assertSameEvents, byPort } from "./same-events"

const node = new NodeEngine()

describe("contract: how often output is asked for makes no difference", () => {
  for (const run of RUNS) {
    it(run.name, async () => {
      const expected = byPort(await node.play(requestOf(run)))
      assert.ok(expected.flat().length > 100, "the run is empty")
      for (const every of [333, 19_777.7]) assert.deepEqual(byPort(await node.play(requestOf(run, every))), expected)
    })
  }

  it("anything at all", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (run) => {
        const expected = byPort(await node.play(requestOf(run)))
        assert.deepEqual(byPort(await node.play(requestOf(run, 1001))), expected)
      }),
      { numRuns: 40 },
    )
  })
})

describe("contract: Node and XS say the same", function () {
  let xs: XsEngine
  before(async function () {
    xs = new XsEngine(await engine(this))
  })
  after(() => xs?.close())

  for (const run of RUNS) {
    it(run.name, async () => assertSameEvents(await xs.play(requestOf(run)), await node.play(requestOf(run))))
  }

  it("anything at all", async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (run) => {
        const request = requestOf(run)
        const expected = await node.play(request).catch((error: Error) => error.message)
        if (typeof expected !== "string") assertSameEvents(await xs.play(request), expected)
        else await assert.rejects(xs.play(request), (error: Error) => error.message.includes(expected))
      }),
      { numRuns: 60 },
    )
  })
})

/**
 * Heap growth over an hour is 0: the core on the XS engine, played and talked to for an hour of its own time (hour.ts). What was thrown
 * away is collected; after the sixtieth minute as much is left as after the second, to the slot, and the engine has taken no more memory. (That a tick takes nothing at all is test/contract/gate.test.ts.)
 */
import assert from "node:assert/strict"
import { join } from "node:path"
import { describe, it } from "mocha"
import { bundle } from "./bundle"
import { engine } from "./install"
import { XsWorker, type Meters } from "./worker"

const MINUTES = 60

describe("an hour on XS", function () {
  this.timeout(1_800_000)
  let path: string
  let worker: XsWorker
  before(async function () {
    path = await engine(this)
    worker = new XsWorker(path)
    await worker.evaluate(bundle(join(__dirname, "hour.ts")))
  })
  after(() => worker?.close())

  async function minute(seconds = 60): Promise<{ events: number; answered: number; meters: Meters }> {
    const { bytes } = await worker.command(new Uint8Array(Float64Array.of(seconds).buffer))
    const [events, answered] = new Float64Array(bytes.buffer)
    const { meters } = await worker.evaluate("gc()")
    return { events, answered, meters }
  }

  it("leaves as many slots and as much memory as its second minute", async () => {
    await minute()
    // The worker itself keeps a slot with each request.
    const [one, other] = [await minute(0), await minute(0)]
    const own = other.meters.currentHeapCount - one.meters.currentHeapCount
    const early = await minute()
    let late = early
    for (let count = 2; count < MINUTES; count++) late = await minute()
    const growth = late.meters.currentHeapCount - early.meters.currentHeapCount - own * (MINUTES - 2)
    console.log(
      `      ${late.events} events and ${late.answered} bytes of answers a minute; slots ${early.meters.currentHeapCount}, growth ${growth}; ${early.meters.allocate} bytes, later ${late.meters.allocate}`,
    )
    assert.ok(late.events > 60_000 && late.answered > 5_000, "it has played, and answered")
    assert.equal(growth, 0)
    assert.equal(late.meters.allocate, early.meters.allocate)
  })

  it("would be noticed if each second kept one object", async () => {
    await worker.evaluate("var kept = []")
    const before = (await minute()).meters.currentHeapCount
    await worker.evaluate("for (let second = 0; second < 60; second++) kept.push({ second })")
    assert.ok((await minute()).meters.currentHeapCount >= before + 120, "an object and its property")
  })
})

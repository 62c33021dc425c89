/** The driver of the XS engine: values, meters, errors, and every way in which an engine can be lost. */
import assert from "node:assert/strict"
import { engine } from "./install"
import { XsWorker } from "./worker"

describe("XS worker", function () {
  let path: string
  let worker: XsWorker
  before(async function () {
    path = await engine(this)
  })
  beforeEach(() => (worker = new XsWorker(path)))
  afterEach(() => worker.close())

  it("carries bytes to the guest and back, from none to ten million", async () => {
    await worker.evaluate("globalThis.handleCommand = (buffer) => buffer")
    for (const length of [0, 1, 65_536, 10_000_000]) {
      const bytes = new Uint8Array(length).map((_, index) => index * 7)
      const reply = await worker.command(bytes)
      assert.equal(Buffer.compare(reply.bytes, bytes), 0)
    }
  })

  it("meters work and slots, the same each time", async () => {
    await worker.evaluate("var kept = []; globalThis.handleCommand = () => { for (let n = 0; n < 1000; n++) kept.push({}) }")
    await worker.command(new Uint8Array())
    const second = await worker.command(new Uint8Array())
    const third = await worker.command(new Uint8Array())
    assert.ok(second.meters.compute > 1000)
    assert.equal(third.meters.compute, second.meters.compute)
    assert.ok(third.meters.currentHeapCount >= second.meters.currentHeapCount + 1000)
  })

  it("tells what the guest threw, and goes on", async () => {
    await assert.rejects(worker.evaluate("throw new RangeError('too far')"), { message: "RangeError: too far" })
    await assert.rejects(worker.evaluate("one two"), /SyntaxError/)
    await worker.evaluate("1")
  })

  it("ends an engine that does not answer in time, and says so from then on", async () => {
    const slow = new XsWorker(path, 300)
    await assert.rejects(slow.evaluate("for (;;);"), { message: "the XS worker is gone: no answer in 300 ms" })
    await assert.rejects(slow.evaluate("1"), /gone: no answer/)
    slow.close()
    slow.close()
  })

  it("gives the reason when the engine dies or cannot be started", async () => {
    await assert.rejects(worker.evaluate("const f = () => f() + f(); f()"), /gone: stack overflow/)
    await assert.rejects(new XsWorker("/no/such/engine").evaluate("1"), /ENOENT/)
  })

  it("takes one request at a time", async () => {
    const first = worker.evaluate("1")
    await assert.rejects(worker.evaluate("2"), /busy/)
    await first
  })
})

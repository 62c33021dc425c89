/**
 * What the network costs a module, in the XS engine's own count of steps, beside what a clock costs: that is 945 us on the RP2040 (boards/pico).
 * No turn of it is as long as the core is ahead, 8 ms.
 */
import assert from "node:assert/strict"
import { join } from "node:path"
import { bundle } from "../../xs/bundle"
import { engine } from "../../xs/install"
import { XsWorker } from "../../xs/worker"

const CLOCK_MICROS = 945
const CLOCKS = 24

describe("what the network costs on XS", function () {
  let worker: XsWorker
  before(async function () {
    worker = new XsWorker(await engine(this))
    await worker.evaluate(bundle(join(__dirname, "cost-guest.ts")))
  })
  after(() => worker?.close())

  const cost = async (work: number): Promise<number> => (await worker.command(Uint8Array.of(work))).meters.compute
  /** The first is made ready, the second counted; the dearest of three. */
  const dearest = async (ready: number, work: number): Promise<number> => {
    const costs: number[] = []
    for (let round = 0; round < 3; round++) {
      await cost(ready)
      costs.push(await cost(work))
    }
    return Math.max(...costs)
  }
  const beats = async (work: number): Promise<number> => {
    let sum = 0
    for (let clock = 0; clock < CLOCKS; clock++) sum += await cost(work)
    return sum / CLOCKS
  }

  it("each piece of it is shorter than the core is ahead, and nothing is paid for where nothing is due", async () => {
    for (let second = 0; second < 4; second++) await cost(0)
    const alone = await beats(1)
    const networked = await beats(2)
    const command = await dearest(3, 4)
    const heartbeat = await dearest(5, 6)
    const message = Math.max(await cost(13), await cost(13))
    const again = await cost(12)
    const question = await dearest(7, 8)
    await cost(7)
    await cost(8)
    const step = await cost(9)
    const pattern = await dearest(10, 11)
    const micros = (steps: number): string =>
      `${steps.toFixed(0)} steps, by a clock's ${CLOCK_MICROS} us ${(((steps / alone) * CLOCK_MICROS) / 1000).toFixed(1)} ms`
    console.log(`      a clock ${alone.toFixed(0)}, with a network where nothing is due ${networked.toFixed(0)}`)
    console.log(`      a command ${micros(command)}; a pattern that means four ${micros(pattern)}`)
    console.log(
      `      a heartbeat with two changes: judged ${micros(heartbeat)}, each heard ${micros(message)}; said again ${micros(again)}; an answer of the time's ${micros(question)}; a step of the fit ${micros(step)}`,
    )
    assert.ok(networked < alone * 1.05)
    const budget = (8000 / CLOCK_MICROS) * alone
    for (const piece of [command, heartbeat, message, again, question, step, pattern])
      assert.ok(piece < budget, `${piece} steps of ${budget}`)
  })
})

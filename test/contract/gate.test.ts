/**
 * The gate: a million ticks with everything on, and the engine has had nothing to collect. The count of its heap slots moves by
 * exactly what the command itself takes: no slot was taken (numbers live in slots), and there was no collection, which would
 * have given back the garbage left there on purpose. The space for chunks (strings, arrays, buffers) was nearly full at the
 * start, so less than half a byte a tick went that way.
 */
import assert from "node:assert/strict"
import { engine } from "../xs/install"
import { XsEngine } from "./engines"
import { Soak } from "./soak"

const TICKS_PER_PULSE = 6
const PULSES = Math.ceil(1e6 / TICKS_PER_PULSE)

/** Of the 33.5 million bytes that the engine begins with; its own parts take some 0.3. */
const BALLAST_BYTES = 33e6

describe("contract: no garbage", function () {
  this.timeout(1_000_000) // 20 s on a machine that does nothing else
  let xs: XsEngine
  let path: string
  before(async function () {
    path = await engine(this)
  })
  beforeEach(() => (xs = new XsEngine(path)))
  afterEach(() => xs.close())

  /** Gets the engine ready; `expectedCount` is the heap's count after one more command that takes nothing by itself. */
  async function prepared(): Promise<{ clocks: number; expectedCount: number }> {
    await xs.prepareForCollection(BALLAST_BYTES)
    const first = await xs.soak(0)
    const second = await xs.soak(0)
    const [one, two] = [first.meters.currentHeapCount, second.meters.currentHeapCount]
    return { clocks: second.clocks, expectedCount: two + (two - one) }
  }

  it("is collected in a million ticks with everything on", async () => {
    await xs.soak(2000)
    const before = await prepared()
    const last = await xs.soak(PULSES)
    assert.ok(last.clocks - before.clocks >= 0.98e6, `only ${last.clocks - before.clocks} clocks came out`)
    assert.equal(last.meters.currentHeapCount, before.expectedCount)

    const node = new Soak()
    node.run(2000 + PULSES)
    assert.deepEqual([last.clocks, last.events, last.sum], [node.clocks, node.events, node.sum])
  })

  it("would be noticed: slots, and less than half a megabyte of strings", async () => {
    const before = await prepared()
    const { meters: slots } = await xs.evaluate("for (let n = 0; n < 1000; n++) ({})")
    assert.ok(slots.currentHeapCount > before.expectedCount + 900)
    const { meters: strings } = await xs.evaluate("for (let n = 0; n < 10000; n++) String(n) + ' and a short string'")
    assert.ok(strings.currentHeapCount < before.expectedCount)
  })
})

/**
 * Damaged, cut, spliced and random packets by the million: no exception, no growth, the reader goes on reading. The
 * generator is a small xorshift, so that a run is repeatable and fast (10 million take 7 s: the run under CI).
 */
import assert from "node:assert"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { OscMessage } from "../../src/osc/message"
import { OscReader } from "../../src/osc/reader"
import { useOscMin, writtenByOscMin } from "./plain"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const packets = Number(process.env.OSC_FUZZ_PACKETS ?? (process.env.CI ? 10_000_000 : 1_000_000))

let state = 0x2545f491

function random(below: number): number {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return (state >>> 0) % below
}

function seeds(): Uint8Array[] {
  const everything = [
    { type: "integer", value: 1 },
    { type: "string", value: "tick" },
    { type: "array", value: [{ type: "double", value: 0.5 }] },
    { type: "blob", value: new DataView(new ArrayBuffer(5)) },
    { type: "timetag", value: [1, 2] },
  ] as never
  const message = { address: "/tactus/channel/1/start", args: everything }
  const bundle = { timetag: [3914092800, 7], elements: [message, { timetag: [0, 1], elements: [message, { address: "/tick", args: [] }] }] }
  return [writtenByOscMin(message), writtenByOscMin(bundle as never)]
}

describe("osc fuzz", () => {
  before(useOscMin)

  it(`survives ${packets} hostile packets without growing`, function () {
    const reader = new OscReader(1536)
    const originals = seeds()
    let delivered = 0
    let touched = 0
    const listener = {
      message(message: OscMessage): void {
        delivered++
        for (let index = 0; index < message.argumentCount; index++)
          touched += message.number(index) > 0 || message.textIs(index, "tick") ? 1 : 0
      },
    }
    let heapBefore = 0
    for (let count = 0; count < packets; count++) {
      if (count === packets >> 1) heapBefore = settledHeap()
      const original = originals[random(originals.length)]
      reader.bytes.set(original)
      let length = original.length
      if (random(4) === 0) length = random(length + 1)
      for (let hit = random(4); hit > 0; hit--) reader.bytes[random(original.length)] = random(256)
      if (random(8) === 0) reader.bytes.copyWithin(random(200), random(200), 200)
      if (random(16) === 0) for (let at = 0; at < length; at++) reader.bytes[at] = random(256)
      reader.read(length, listener)
    }
    const grown = settledHeap() - heapBefore
    assert.ok(grown < 200_000, `the heap grew by ${grown} bytes over the second half`)
    assert.ok(
      reader.malformed > packets / 10 && delivered > packets / 10 && touched > 0,
      "both readable and damaged packets were among them",
    )
    reader.bytes.set(originals[1])
    const before = delivered
    reader.read(originals[1].length, listener)
    assert.strictEqual(delivered, before + 3)
  })
})

/** Bytes in use after a full collection. */
function settledHeap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

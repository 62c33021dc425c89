/**
 * What runs inside the engine: the module and the harness of the contract, behind one command. The first byte says what is
 * wanted; from byte 8 on stands the request.
 *   0  play a run (test/contract/codec.ts), answer its events
 *   1  go on with the busy module for so many pulses (float64), answer clocks, events and their sum (float64 each)
 *   2  fill the engine's chunks up to so many bytes (float64), so that little more is enough for a collection, and leave garbage in
 *      the heap, so that a collection shows: the heap's count falls. Answer nothing
 */
import { play } from "../contract/player"
import { Soak } from "../contract/soak"

declare const globalThis: { handleCommand: (request: ArrayBuffer) => ArrayBuffer }

let soak: Soak | undefined
let ballast: ArrayBuffer | undefined
let litter: object | undefined

globalThis.handleCommand = (request) => {
  const kind = new Uint8Array(request)[0]
  const number = () => new Float64Array(request, 8, 1)[0]
  if (kind === 0) return play(request.slice(8))
  if (kind === 1) {
    soak ??= new Soak()
    soak.run(number())
    return Float64Array.of(soak.clocks, soak.events, soak.sum).buffer
  }
  ballast = new ArrayBuffer(number())
  for (let count = 0; count < 1000; count++) litter = { count }
  return new ArrayBuffer(ballast && litter ? 0 : 1)
}

/** Random OSC packets for the property tests, in the shape that `osc-min` takes. No colours: osc-min 2.1 writes them 12 bytes too long. */
import * as fc from "fast-check"
import type { OscArgInput, OscArgOrArrayInput, OscMessageInput, OscPacketInput } from "osc-min"

const word = fc.integer({ min: 0, max: 0xffffffff })
const byte = fc.integer({ min: 0, max: 255 })
const text = fc.string({ unit: "grapheme", maxLength: 12 }).filter((value) => !value.includes("\0"))
const timetag = fc.tuple(word, word)

const scalar: fc.Arbitrary<OscArgInput> = fc.oneof(
  fc.integer().map((value) => ({ type: "integer" as const, value })),
  fc.float({ noNaN: true }).map((value) => ({ type: "float" as const, value })),
  fc.double({ noNaN: true }).map((value) => ({ type: "double" as const, value })),
  text.map((value) => ({ type: "string" as const, value })),
  text.map((value) => ({ type: "symbol" as const, value })),
  fc
    .uint8Array({ maxLength: 9 })
    .map((bytes) => ({ type: "blob" as const, value: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) })),
  timetag.map((value) => ({ type: "timetag" as const, value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ type: "bigint" as const, value })),
  fc.integer({ min: 32, max: 126 }).map((code) => ({ type: "character" as const, value: String.fromCharCode(code) })),
  fc.tuple(byte, byte, byte, byte).map((value) => ({ type: "midi" as const, value })),
  fc.constantFrom(
    { type: "true" as const, value: true as const },
    { type: "false" as const, value: false as const },
    { type: "null" as const, value: null },
    { type: "bang" as const, value: "bang" as const },
  ),
)

const argument: fc.Arbitrary<OscArgOrArrayInput> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }).map((value) => ({ type: "array" as const, value })) },
)

const address = fc.stringMatching(/^(\/[a-z0-9]{1,6}){1,3}$/)

export const oscMessage: fc.Arbitrary<OscMessageInput> = fc
  .tuple(address, fc.array(argument, { maxLength: 6 }))
  .map(([where, args]) => ({ oscType: "message", address: where, args }))

export const oscPacket: fc.Arbitrary<OscPacketInput> = fc.letrec<{ packet: OscPacketInput }>((tie) => ({
  packet: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    oscMessage,
    fc.tuple(timetag, fc.array(tie("packet"), { maxLength: 3 })).map(([tag, elements]) => ({ oscType: "bundle", timetag: tag, elements })),
  ),
})).packet

import assert from "node:assert"
import * as fc from "fast-check"
import type { OscArgInput, OscArgOrArrayInput, OscPacketInput } from "osc-min"
import { OscWriter } from "../../src/osc/writer"
import { oscPacket } from "./arbitrary"
import { readByOscMin, readByUs, useOscMin, writtenByOscMin } from "./plain"

/** The typed alternative of osc-min's inputs, the only one that `oscPacket` makes. */
type Typed = Extract<OscArgInput | { type: "array"; value: OscArgOrArrayInput[] }, { type: string; value: unknown }>

function tagsOf(argument: Typed): string {
  if (argument.type === "array") return `[${argument.value.map((inner) => tagsOf(inner as Typed)).join("")}]`
  const tags = { integer: "i", float: "f", double: "d", string: "s", symbol: "S", blob: "b", timetag: "t", bigint: "h" }
  const others = { character: "c", midi: "m", true: "T", false: "F", null: "N", bang: "I", color: "r" }
  return { ...tags, ...others }[argument.type as keyof typeof tags]
}

function writeArgument(writer: OscWriter, argument: Typed): void {
  switch (argument.type) {
    case "array":
      return argument.value.forEach((inner) => writeArgument(writer, inner as Typed))
    case "integer":
      return writer.int(argument.value)
    case "float":
      return writer.float(argument.value)
    case "double":
      return writer.double(argument.value)
    case "string":
    case "symbol":
      return writer.string(argument.value)
    case "blob": {
      const { buffer, byteOffset, byteLength } = argument.value as DataView
      return writer.blob(new Uint8Array(buffer, byteOffset, byteLength))
    }
    case "timetag": {
      const [seconds, fraction] = argument.value as [number, number]
      return writer.words(seconds, fraction)
    }
    case "bigint": {
      const bits = BigInt.asUintN(64, argument.value as bigint)
      return writer.words(Number(bits >> 32n), Number(bits & 0xffffffffn))
    }
    case "character":
      return writer.int((argument.value as string).charCodeAt(0))
    case "midi":
      return writer.int((argument.value as number[]).reduce((bits, byte) => (bits << 8) | byte, 0))
  }
}

function write(writer: OscWriter, packet: Exclude<OscPacketInput, string>): void {
  if ("elements" in packet && packet.elements) {
    const [seconds, fraction] = packet.timetag as [number, number]
    writer.openBundle(seconds, fraction)
    for (const element of packet.elements as Exclude<OscPacketInput, string>[]) write(writer, element)
    writer.closeBundle()
  } else if ("args" in packet) {
    const args = packet.args as Typed[]
    writer.message(packet.address as string, args.map(tagsOf).join(""))
    for (const argument of args) writeArgument(writer, argument)
  }
}

describe("osc writer", () => {
  before(useOscMin)

  it("writes byte for byte what osc-min writes", () => {
    const writer = new OscWriter(65536)
    fc.assert(
      fc.property(oscPacket, (packet) => {
        writer.begin()
        write(writer, packet as Exclude<OscPacketInput, string>)
        assert.strictEqual(writer.overflow, false)
        const bytes = writer.bytes.slice(0, writer.finish())
        assert.deepStrictEqual([...bytes], [...writtenByOscMin(packet)])
        assert.deepStrictEqual(readByUs(bytes), readByOscMin(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it("says so when a packet does not fit, writes nothing past its buffer, and is good for the next", () => {
    const writer = new OscWriter(40, 1)
    writer.begin()
    writer.openBundle(1, 2)
    writer.message("/too/long/for/this", "s")
    writer.string("a text")
    writer.closeBundle()
    assert.strictEqual(writer.overflow, true)
    writer.begin()
    writer.openBundle(1, 2)
    writer.openBundle(1, 2)
    assert.strictEqual(writer.overflow, true, "deeper than it was made for")
    writer.begin()
    writer.message("/fits", "i")
    writer.int(7)
    assert.strictEqual(writer.overflow, false)
    assert.deepStrictEqual(readByUs(writer.bytes.slice(0, writer.finish())), [
      { address: "/fits", timetag: [0, 1], types: "i", values: [7] },
    ])
  })
})

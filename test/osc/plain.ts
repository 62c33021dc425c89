/** A packet read by our codec and by `osc-min`, both as plain lists of messages, so that they can be compared. */
import type { OscArgOutputOrArray, OscPacketInput, OscPacketOutput } from "osc-min"
import { OscMessage } from "../../src/osc/message"
import { OscReader } from "../../src/osc/reader"
import { loadOscMin } from "./osc-min.cjs"

let oscMin: Awaited<ReturnType<typeof loadOscMin>>

/** Call in a `before` hook, ahead of everything that asks osc-min. */
export async function useOscMin(): Promise<void> {
  oscMin = await loadOscMin()
}

export function writtenByOscMin(packet: OscPacketInput): Uint8Array {
  const { buffer, byteOffset, byteLength } = oscMin.toBuffer(packet)
  return new Uint8Array(buffer, byteOffset, byteLength)
}

export interface PlainMessage {
  address: string
  timetag: [number, number]
  types: string
  values: unknown[]
}

/** Null when the packet is refused. */
export function readByUs(packet: Uint8Array, reader = new OscReader(65536, 4096, 32)): PlainMessage[] | null {
  const heard: PlainMessage[] = []
  reader.bytes.set(packet)
  const accepted = reader.read(packet.length, {
    message: (message, seconds, fraction) => heard.push({ address: message.address(), timetag: [seconds, fraction], ...plain(message) }),
  })
  return accepted ? heard : null
}

function plain(message: OscMessage): { types: string; values: unknown[] } {
  const types = message.types
    .slice(0, message.argumentCount)
    .map((code) => String.fromCharCode(code))
    .join("")
  return { types, values: [...types].map((type, index) => valueOf(message, type, index)) }
}

function valueOf(message: OscMessage, type: string, index: number): unknown {
  if ("sS".includes(type)) return message.text(index)
  if ("ht".includes(type)) return [message.word(index, 0), message.word(index, 1)]
  if (type === "b") return [...message.bytes.subarray(message.offsets[index] + 4).subarray(0, message.blobLength(index))]
  return message.number(index)
}

/** Null when osc-min throws. */
export function readByOscMin(packet: Uint8Array): PlainMessage[] | null {
  try {
    return messagesOf(oscMin.fromBuffer(packet), [0, 1])
  } catch {
    return null
  }
}

function messagesOf(packet: OscPacketOutput, timetag: [number, number]): PlainMessage[] {
  if (packet.oscType === "bundle") return packet.elements.flatMap((element) => messagesOf(element, packet.timetag))
  const flat = packet.args.flatMap(flatten)
  return [{ address: packet.address, timetag, types: flat.map(([type]) => type).join(""), values: flat.map(([, value]) => value) }]
}

function flatten(argument: OscArgOutputOrArray): [string, unknown][] {
  switch (argument.type) {
    case "array":
      return [["[", NaN], ...argument.value.flatMap(flatten), ["]", NaN]]
    case "integer":
      return [["i", argument.value]]
    case "float":
      return [["f", argument.value]]
    case "double":
      return [["d", argument.value]]
    case "string":
      return [["s", argument.value]]
    case "symbol":
      return [["S", argument.value]]
    case "timetag":
      return [["t", argument.value]]
    case "bigint": {
      const bits = BigInt.asUintN(64, argument.value)
      return [["h", [Number(bits >> 32n), Number(bits & 0xffffffffn)]]]
    }
    case "blob": {
      const { buffer, byteOffset, byteLength } = argument.value
      return [["b", [...new Uint8Array(buffer, byteOffset, byteLength)]]]
    }
    case "character":
      return [["c", argument.value.codePointAt(0)]]
    case "color": {
      const { red, green, blue, alpha } = argument.value
      return [["r", ((red << 24) | (green << 16) | (blue << 8) | alpha) >>> 0]]
    }
    case "midi":
      return [["m", argument.value.reduce((bits, byte) => bits * 256 + byte, 0)]]
    case "true":
      return [["T", 1]]
    case "false":
      return [["F", 0]]
    case "null":
      return [["N", NaN]]
    case "bang":
      return [["I", Infinity]]
  }
}

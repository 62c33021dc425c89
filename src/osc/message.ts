/**
 * One OSC message, seen in place: where its address and arguments stand in the packet. The reader reuses a single instance, so a
 * message is valid only while the listener is being called; strings are compared in place and only made when asked for.
 */
import { readUtf8 } from "./text"

/** Type tags as character codes: the four of OSC 1.0, then those of its "nonstandard" list. */
export const TYPE_INT = 0x69 // i
export const TYPE_FLOAT = 0x66 // f
export const TYPE_STRING = 0x73 // s
export const TYPE_BLOB = 0x62 // b
export const TYPE_INT64 = 0x68 // h
export const TYPE_TIMETAG = 0x74 // t
export const TYPE_DOUBLE = 0x64 // d
export const TYPE_SYMBOL = 0x53 // S
export const TYPE_CHAR = 0x63 // c
export const TYPE_COLOUR = 0x72 // r
export const TYPE_MIDI = 0x6d // m
export const TYPE_TRUE = 0x54 // T
export const TYPE_FALSE = 0x46 // F
export const TYPE_NIL = 0x4e // N
export const TYPE_INFINITUM = 0x49 // I
export const TYPE_ARRAY_OPEN = 0x5b // [
export const TYPE_ARRAY_CLOSE = 0x5d // ]

export class OscMessage {
  addressStart = 0
  addressLength = 0
  /** Arguments, brackets of arrays counted too. */
  argumentCount = 0
  /** Type tag of each argument, a character code. */
  readonly types: number[] = []
  /** Where each argument's value begins. */
  readonly offsets: number[] = []

  constructor(
    readonly bytes: Uint8Array,
    private readonly view: DataView,
    maxArguments: number,
  ) {
    for (let index = 0; index < maxArguments; index++) {
      this.types.push(0)
      this.offsets.push(0)
    }
  }

  /** Allocates the string. */
  address(): string {
    return readUtf8(this.bytes, this.addressStart, this.addressLength)
  }

  /** i f d h c r m T F I as a number (h beyond 2^53 rounded, c and r and m their 32 bits, I infinity); NaN for all else. */
  number(index: number): number {
    if (index >= this.argumentCount) return NaN
    const at = this.offsets[index]
    switch (this.types[index]) {
      case TYPE_INT:
        return this.view.getInt32(at)
      case TYPE_FLOAT:
        return this.view.getFloat32(at)
      case TYPE_DOUBLE:
        return this.view.getFloat64(at)
      case TYPE_INT64:
        return this.view.getInt32(at) * 4294967296 + this.view.getUint32(at + 4)
      case TYPE_CHAR:
      case TYPE_COLOUR:
      case TYPE_MIDI:
        return this.view.getUint32(at)
      case TYPE_TRUE:
        return 1
      case TYPE_FALSE:
        return 0
      case TYPE_INFINITUM:
        return Infinity
      default:
        return NaN
    }
  }

  isText(index: number): boolean {
    return index < this.argumentCount && (this.types[index] === TYPE_STRING || this.types[index] === TYPE_SYMBOL)
  }

  /** The string of an s or S; empty for all else. Allocates. */
  text(index: number): string {
    return this.isText(index) ? readUtf8(this.bytes, this.offsets[index], this.textLength(index)) : ""
  }

  /** Whether the argument is this string; in place, for ASCII words. */
  textIs(index: number, word: string): boolean {
    if (!this.isText(index) || this.textLength(index) !== word.length) return false
    return this.bytesAre(this.offsets[index], word)
  }

  /** Whether the address begins with this ASCII word, at `from` characters after its start; in place. */
  addressHas(from: number, word: string): boolean {
    return from + word.length <= this.addressLength && this.bytesAre(this.addressStart + from, word)
  }

  /** Bytes of a blob, whose first stands at `offsets[index] + 4`. */
  blobLength(index: number): number {
    return index < this.argumentCount && this.types[index] === TYPE_BLOB ? this.view.getUint32(this.offsets[index]) : 0
  }

  /** The first (`half` 0) or second word of an h, t or d, as an unsigned number; 0 for all else. */
  word(index: number, half: number): number {
    if (index >= this.argumentCount) return 0
    const type = this.types[index]
    if (type !== TYPE_TIMETAG && type !== TYPE_INT64 && type !== TYPE_DOUBLE) return 0
    return this.view.getUint32(this.offsets[index] + 4 * half)
  }

  private textLength(index: number): number {
    let end = this.offsets[index]
    while (this.bytes[end] !== 0) end++
    return end - this.offsets[index]
  }

  /** From the end, since addresses differ there. */
  private bytesAre(at: number, word: string): boolean {
    for (let index = word.length - 1; index >= 0; index--) if (this.bytes[at + index] !== word.charCodeAt(index)) return false
    return true
  }
}

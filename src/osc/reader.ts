/**
 * Reads OSC 1.0 packets out of one fixed buffer into which the socket writes them: nothing is allocated for a packet. A packet is
 * judged first and then delivered, so a damaged one has no effect at all; message by message, so that who has little time does other things
 * in between. Depth, size and arguments are bounded by the constructor. A message with a type tag that nobody knows (its size is not known
 * either) or without a type tag string (senders before 2002) is skipped and counted, its neighbours in the bundle are heard. Bytes left over
 * after the last argument are tolerated, because senders exist that leave some (osc-min 2.1 after a colour).
 */
import {
  OscMessage,
  TYPE_ARRAY_CLOSE,
  TYPE_ARRAY_OPEN,
  TYPE_BLOB,
  TYPE_CHAR,
  TYPE_COLOUR,
  TYPE_DOUBLE,
  TYPE_FALSE,
  TYPE_FLOAT,
  TYPE_INFINITUM,
  TYPE_INT,
  TYPE_INT64,
  TYPE_MIDI,
  TYPE_NIL,
  TYPE_STRING,
  TYPE_SYMBOL,
  TYPE_TIMETAG,
  TYPE_TRUE,
} from "./message"

export interface OscListener {
  /** `seconds` and `fraction` are the timetag of the innermost bundle, 0 and 1 ("immediately") outside of one. */
  message(message: OscMessage, seconds: number, fraction: number): void
}

/** "#bundle\0" as two words. */
const BUNDLE_HIGH = 0x2362756e
const BUNDLE_LOW = 0x646c6500

/** Bytes of an argument by its type tag; a table, since a packet on a module passes some thirty tags. */
const UNKNOWN = -1
const A_STRING = -2
const A_BLOB = -3
const SIZES: number[] = []
for (let type = 0; type < 0x80; type++) SIZES.push(UNKNOWN)
for (const type of [TYPE_INT, TYPE_FLOAT, TYPE_CHAR, TYPE_COLOUR, TYPE_MIDI]) SIZES[type] = 4
for (const type of [TYPE_INT64, TYPE_TIMETAG, TYPE_DOUBLE]) SIZES[type] = 8
for (const type of [TYPE_TRUE, TYPE_FALSE, TYPE_NIL, TYPE_INFINITUM, TYPE_ARRAY_OPEN, TYPE_ARRAY_CLOSE]) SIZES[type] = 0
for (const type of [TYPE_STRING, TYPE_SYMBOL]) SIZES[type] = A_STRING
SIZES[TYPE_BLOB] = A_BLOB

/** Of each byte of a word. */
const LOW_BITS = 0x01010101
const HIGH_BITS = 0x80808080 | 0

const SLASH = 0x2f
const COMMA = 0x2c

export class OscReader {
  /** The socket writes here. */
  readonly bytes: Uint8Array
  /** Packets refused whole. */
  malformed = 0
  /** Messages passed over for an unknown type tag, a missing type tag string or too many arguments. */
  skipped = 0

  private readonly view: DataView
  private readonly found: OscMessage
  /** The messages of the packet that is read: where they stand and their timetags. The arrays grow with the largest packet. */
  private readonly starts: number[] = []
  private readonly ends: number[] = []
  private readonly seconds: number[] = []
  private readonly fractions: number[] = []
  private count = 0
  private next = 0
  /** What was judged last stands in `found`. */
  private isFound = false

  /** `maxBytes` is the largest packet, `maxDepth` how deep bundles may stand in bundles. */
  constructor(
    maxBytes = 1536,
    private readonly maxArguments = 64,
    private readonly maxDepth = 8,
  ) {
    const buffer = new ArrayBuffer(maxBytes)
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    this.found = new OscMessage(this.bytes, this.view, maxArguments)
  }

  /** Delivers each message of the packet in the first `length` bytes. False: the packet was damaged, nothing was delivered. */
  read(length: number, listener: OscListener): boolean {
    if (!this.judge(length)) return false
    while (this.waiting > 0) this.deliver(listener)
    return true
  }

  /** The same in steps: first this, and then `deliver` as often as messages wait. */
  judge(length: number): boolean {
    this.count = 0
    this.next = 0
    this.isFound = false
    if (length <= this.bytes.length && this.walk(0, length, 0, 0, 1)) return true
    this.count = 0
    this.malformed++
    return false
  }

  /** Messages that are still to be delivered. */
  get waiting(): number {
    return this.count - this.next
  }

  /** The next message, unless it is skipped. */
  deliver(listener: OscListener): void {
    const next = this.next++
    // One that stands alone has been taken apart just now.
    if (this.count === 1 && this.isFound) listener.message(this.found, this.seconds[0], this.fractions[0])
    else if (!this.message(this.starts[next], this.ends[next])) return
    else if (this.isFound) listener.message(this.found, this.seconds[next], this.fractions[next])
    else this.skipped++
  }

  /** The rest is not wanted. */
  drop(): void {
    this.next = this.count
  }

  private walk(start: number, end: number, depth: number, seconds: number, fraction: number): boolean {
    const size = end - start
    if (size < 4 || (size & 3) !== 0) return false
    if (this.bytes[start] === SLASH) {
      const at = this.count++
      this.starts[at] = start
      this.ends[at] = end
      this.seconds[at] = seconds
      this.fractions[at] = fraction
      return this.message(start, end)
    }
    if (size < 16 || depth >= this.maxDepth) return false
    if (this.view.getUint32(start) !== BUNDLE_HIGH || this.view.getUint32(start + 4) !== BUNDLE_LOW) return false
    const innerSeconds = this.view.getUint32(start + 8)
    const innerFraction = this.view.getUint32(start + 12)
    for (let at = start + 16; at < end;) {
      const length = this.view.getUint32(at)
      at += 4
      if (length > end - at) return false
      if (!this.walk(at, at + length, depth + 1, innerSeconds, innerFraction)) return false
      at += length
    }
    return true
  }

  /** Takes a message apart, into `found` unless it is to be skipped. False: it is damaged. */
  private message(start: number, end: number): boolean {
    const found = this.found
    this.isFound = false
    const typesStart = this.stringEnd(start, end)
    if (typesStart < 0) return false
    found.addressStart = start
    found.addressLength = this.textEnd(typesStart - 4) - start
    if (typesStart === end || this.bytes[typesStart] !== COMMA) return true
    let at = this.stringEnd(typesStart, end)
    if (at < 0) return false
    let count = 0
    let arrays = 0
    for (let tag = typesStart + 1; this.bytes[tag] !== 0; tag++) {
      const type = this.bytes[tag]
      if (type === TYPE_ARRAY_OPEN) arrays++
      if (type === TYPE_ARRAY_CLOSE && --arrays < 0) return false
      const size = type < SIZES.length ? SIZES[type] : UNKNOWN
      if (size === UNKNOWN || count === this.maxArguments) return true
      found.types[count] = type
      found.offsets[count] = at
      count++
      at = this.argumentEnd(size, at, end)
      if (at < 0) return false
    }
    if (arrays !== 0) return false
    found.argumentCount = count
    this.isFound = true
    return true
  }

  /** Where the argument after this one begins; -1 when the packet ends before. */
  private argumentEnd(size: number, at: number, end: number): number {
    if (size === A_STRING) return this.stringEnd(at, end)
    let next = at + size
    if (size === A_BLOB) {
      if (at + 4 > end) return -1
      next = at + 4 + Math.ceil(this.view.getUint32(at) / 4) * 4
    }
    return next > end ? -1 : next
  }

  /** After a string and its padding; -1 when no terminator stands before `end`. */
  private stringEnd(start: number, end: number): number {
    for (let at = start; at < end; at += 4) {
      const word = this.view.getInt32(at)
      if (((word - LOW_BITS) & ~word & HIGH_BITS) !== 0) return at + 4 // one of its bytes is 0
    }
    return -1
  }

  /** Where a text ends, of which `at` is the last word. */
  private textEnd(at: number): number {
    while (this.bytes[at] !== 0) at++
    return at
  }
}

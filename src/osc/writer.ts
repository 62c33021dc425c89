/**
 * Writes OSC 1.0 packets into one fixed buffer, front to back: a message is its address and type tags, then one call an argument;
 * bundles open and close around them, nested as deep as the writer was made for. What does not fit sets `overflow` and writes
 * nothing more, so the caller asks once, at the end. Nothing is allocated.
 *
 *     writer.begin()
 *     writer.openBundle(seconds, fraction)
 *     writer.message("/tempo", "f")
 *     writer.float(120)
 *     writer.closeBundle()
 *     if (!writer.overflow) send(writer.bytes, writer.finish())
 */
import { utf8Length, writeUtf8 } from "./text"

export class OscWriter {
  readonly bytes: Uint8Array
  overflow = false

  private readonly view: DataView
  private length = 0
  private depth = 0
  /** Where the size word of the open element stands in each open bundle; -1 before its first element. */
  private readonly sizes: number[] = []

  constructor(maxBytes = 1536, maxDepth = 8) {
    const buffer = new ArrayBuffer(maxBytes)
    this.bytes = new Uint8Array(buffer)
    this.view = new DataView(buffer)
    for (let index = 0; index < maxDepth; index++) this.sizes.push(-1)
  }

  begin(): void {
    this.length = 0
    this.depth = 0
    this.overflow = false
  }

  /** The size of the packet in `bytes`; every bundle must have been closed. */
  finish(): number {
    return this.length
  }

  openBundle(seconds: number, fraction: number): void {
    this.element()
    if (this.depth === this.sizes.length) this.overflow = true
    this.string("#bundle")
    this.words(seconds, fraction)
    if (!this.overflow) this.sizes[this.depth++] = -1
  }

  closeBundle(): void {
    if (this.overflow || this.depth === 0) return
    this.closeElement()
    this.depth--
  }

  /** `types` without the comma; one call for each that has a value follows. */
  message(address: string, types: string): void {
    this.element()
    this.string(address)
    const size = (types.length + 5) & ~3
    if (!this.reserve(size)) return
    this.view.setUint8(this.length, 0x2c)
    writeUtf8(this.bytes, this.length + 1, types)
    this.bytes.fill(0, this.length + 1 + types.length, this.length + size)
    this.length += size
  }

  int(value: number): void {
    if (!this.reserve(4)) return
    this.view.setInt32(this.length, value)
    this.length += 4
  }

  float(value: number): void {
    if (!this.reserve(4)) return
    this.view.setFloat32(this.length, value)
    this.length += 4
  }

  double(value: number): void {
    if (!this.reserve(8)) return
    this.view.setFloat64(this.length, value)
    this.length += 8
  }

  /** t, and h as its two words. */
  words(high: number, low: number): void {
    if (!this.reserve(8)) return
    this.view.setUint32(this.length, high)
    this.view.setUint32(this.length + 4, low)
    this.length += 8
  }

  string(text: string): void {
    const size = (utf8Length(text) + 4) & ~3
    if (!this.reserve(size)) return
    const end = writeUtf8(this.bytes, this.length, text)
    this.bytes.fill(0, end, this.length + size)
    this.length += size
  }

  blob(content: Uint8Array): void {
    const padded = (content.length + 3) & ~3
    if (!this.reserve(4 + padded)) return
    this.view.setUint32(this.length, content.length)
    this.bytes.set(content, this.length + 4)
    this.bytes.fill(0, this.length + 4 + content.length, this.length + 4 + padded)
    this.length += 4 + padded
  }

  /** Inside a bundle each element is preceded by its size, which is filled in when the next one begins or the bundle closes. */
  private element(): void {
    if (this.depth === 0) return
    this.closeElement()
    if (!this.reserve(4)) return
    this.sizes[this.depth - 1] = this.length
    this.length += 4
  }

  private closeElement(): void {
    const at = this.sizes[this.depth - 1]
    if (at >= 0 && !this.overflow) this.view.setUint32(at, this.length - at - 4)
  }

  private reserve(size: number): boolean {
    if (this.length + size > this.bytes.length) this.overflow = true
    return !this.overflow
  }
}

/**
 * A release: one folder with an image a board, named with the version, and SHA256SUMS over them as `sha256sum -c` reads it. An
 * ESP32's images are merged into one that is written from address 0: what lies between them stays as erased flash is, 0xff.
 */
import { createHash } from "node:crypto"
import type { Image } from "../firmware/boards"

const ERASED = 0xff
const UF2_BLOCK_BYTES = 512
const UF2_MAGIC = 0x0a324655
const ESP_IMAGE_MAGIC = 0xe9
/** Raspberry Pi, Espressif. */
const VENDORS = [0x2e8a, 0x303a]

export interface Part extends Image {
  readonly bytes: Buffer
}

/** Throws a RangeError that names the part where two overlap, or where one is no image for its place. */
export function mergeImages(parts: readonly Part[]): Buffer {
  const sorted = [...parts].sort((one, other) => one.address - other.address)
  const last = sorted[sorted.length - 1]
  const merged = Buffer.alloc(last.address + last.bytes.length, ERASED)
  let end = 0
  for (const { path, address, bytes } of sorted) {
    if (address < end) throw new RangeError(`${path} at 0x${address.toString(16)} lies over what ends at 0x${end.toString(16)}`)
    if (path !== "partition-table.bin" && bytes[0] !== ESP_IMAGE_MAGIC) throw new RangeError(`${path} is no ESP32 image`)
    bytes.copy(merged, address)
    end = address + bytes.length
  }
  return merged
}

/** Throws a RangeError where `bytes` is no UF2. */
export function checkUf2(path: string, bytes: Buffer): Buffer {
  const isWhole = bytes.length > 0 && bytes.length % UF2_BLOCK_BYTES === 0
  if (!isWhole || bytes.readUInt32LE(0) !== UF2_MAGIC || bytes.readUInt32LE(24) !== bytes.length / UF2_BLOCK_BYTES)
    throw new RangeError(`${path} is no whole UF2`)
  return bytes
}

/** What a UF2 writes, block after block. */
export function payload(uf2: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let at = 0; at < uf2.length; at += UF2_BLOCK_BYTES) blocks.push(uf2.subarray(at + 32, at + 32 + uf2.readUInt32LE(at + 16)))
  return Buffer.concat(blocks)
}

/** The version in the image's USB device descriptor (18 bytes, USB 2.0, of one of our boards); undefined where it has none. */
export function usbVersion(image: Buffer): string | undefined {
  const head = Buffer.from([0x12, 0x01, 0x00, 0x02])
  for (let at = image.indexOf(head); at >= 0; at = image.indexOf(head, at + 1)) {
    if (at + 18 > image.length || !VENDORS.includes(image.readUInt16LE(at + 8))) continue
    const bcd = image.readUInt16LE(at + 12)
    return [((bcd >> 12) & 15) * 10 + ((bcd >> 8) & 15), (bcd >> 4) & 15, bcd & 15].join(".")
  }
  return undefined
}

export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex")
}

/** `files`: name and content, in turn of their names. */
export function sums(files: ReadonlyMap<string, Buffer>): string {
  const names = [...files.keys()].sort()
  return names.map((name) => `${sha256(files.get(name) as Buffer)}  ${name}\n`).join("")
}

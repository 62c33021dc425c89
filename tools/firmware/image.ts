/** The sizes of a linked ELF: what lies in flash, and what of the 264 KB of RAM is spoken for before the program starts. */

const SECTION_HEADER_BYTES = 40
const TYPE_NOBITS = 8
const FLAG_ALLOCATED = 2
const FLASH_BASE = 0x10000000
const RAM_BASE = 0x20000000

export interface ImageSizes {
  readonly flashBytes: number
  readonly ramBytes: number
}

/** Throws a RangeError where `elf` is no 32-bit little-endian ELF. */
export function imageSizes(elf: Buffer): ImageSizes {
  if (elf.length < 52 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 1 || elf[5] !== 1) throw new RangeError("is no 32-bit ELF file")
  const table = elf.readUInt32LE(32)
  const count = elf.readUInt16LE(48)
  let flashBytes = 0
  let ramBytes = 0
  for (let i = 0; i < count; i++) {
    const header = table + i * SECTION_HEADER_BYTES
    const [type, flags, address, size] = [4, 8, 12, 20].map((offset) => elf.readUInt32LE(header + offset))
    if (!(flags & FLAG_ALLOCATED)) continue
    if (address >= RAM_BASE) ramBytes += size
    // Initialised data is in both: it is copied at the start.
    if (type !== TYPE_NOBITS && address >= FLASH_BASE) flashBytes += size
  }
  return { flashBytes, ramBytes }
}

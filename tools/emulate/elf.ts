/** Where a function of a firmware lies: the symbol table of a 32-bit little-endian ELF file (System V ABI, chapter 4), as every ARM linker writes it. */

const MAGIC = 0x464c457f
const SECTION_HEADER_BYTES = 40
const SYMBOL_BYTES = 16
const SYMBOL_TABLE = 2

/** The address of `name`, without the Thumb bit. Throws an Error that says what is missing. */
export function addressOf(elf: Buffer, name: string): number {
  if (elf.length < 52 || elf.readUInt32LE(0) !== MAGIC || elf[4] !== 1 || elf[5] !== 1) throw new Error("no 32-bit little-endian ELF file")
  const headers = elf.readUInt32LE(32)
  const count = elf.readUInt16LE(48)
  const field = (section: number, index: number) => elf.readUInt32LE(headers + section * SECTION_HEADER_BYTES + index * 4)
  for (let section = 0; section < count; section++) {
    if (field(section, 1) !== SYMBOL_TABLE) continue
    const names = field(field(section, 6), 4)
    const start = field(section, 4)
    for (let at = start; at < start + field(section, 5); at += SYMBOL_BYTES) {
      const from = names + elf.readUInt32LE(at)
      if (elf.toString("latin1", from, from + name.length) === name && elf[from + name.length] === 0) return elf.readUInt32LE(at + 4) & ~1
    }
  }
  throw new Error(`no function ${name}`)
}

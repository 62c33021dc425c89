/**
 * What goes into the chip before it starts: the UF2's blocks into flash, the boot ROM where there is one. The ROM image is not part
 * of this project (rp2040js's demo folder and the chip itself carry it): pass it with --bootrom. A firmware made with the Pico SDK
 * needs it: floating point and memcpy live there.
 */
import { readFileSync } from "node:fs"
import { BadInput, fileProblem } from "../../host-sim/input/bad-input"
import type { Chip } from "./chip"

const UF2_BLOCK = 512
const UF2_MAGIC = 0x0a324655
const UF2_FAMILY_RP2040 = 0xe48bff56
const FLASH_BASE = 0x10000000
const FLASH_BYTES = 2 * 1024 * 1024
/** Where the boot ROM's stack stands: the second stage borrows it. */
const BOOT_STACK = 0x20041f00
const BOOT_ROM_BYTES = 16 * 1024

/** Copies a UF2's blocks into flash; returns the bytes of the image. Throws a BadInput that names the file. */
export function loadUf2(chip: Chip, path: string): number {
  const data = contents(path)
  let bytes = 0
  for (let offset = 0; offset + UF2_BLOCK <= data.length; offset += UF2_BLOCK) {
    if (data.readUInt32LE(offset) !== UF2_MAGIC) throw new BadInput(`${path}: block ${offset / UF2_BLOCK} is no UF2 block`)
    if (data.readUInt32LE(offset + 28) !== UF2_FAMILY_RP2040) continue
    const address = data.readUInt32LE(offset + 12)
    const length = data.readUInt32LE(offset + 16)
    if (address < FLASH_BASE || address + length > FLASH_BASE + FLASH_BYTES)
      throw new BadInput(`${path}: 0x${address.toString(16)} is no flash address`)
    chip.flash.set(data.subarray(offset + 32, offset + 32 + length), address - FLASH_BASE)
    bytes += length
  }
  if (bytes === 0) throw new BadInput(`${path}: no block for an RP2040; expected the UF2 of npm run firmware`)
  return bytes
}

/** A 16 KB binary dump of the RP2040's ROM. */
export function loadBootRom(chip: Chip, path: string): void {
  const data = contents(path)
  if (data.length !== BOOT_ROM_BYTES) throw new BadInput(`${path}: ${data.length} bytes; a boot ROM image has ${BOOT_ROM_BYTES}`)
  chip.bootrom.set(new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + BOOT_ROM_BYTES)))
}

function contents(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileProblem(path, error)
  }
}

/** Starts where the boot ROM hands over: the second stage at the start of flash. */
export function start(chip: Chip): void {
  chip.core.SP = BOOT_STACK
  chip.core.LR = 0
  chip.core.PC = FLASH_BASE
}

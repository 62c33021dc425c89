/**
 * Flash as a module leaves it that has stored settings: the record of boards/native/slots.c in the first of the two slots of
 * boards/pico/store.c. So a run can begin with settings instead of writing them first.
 */
import { crc32 } from "node:zlib"
import type { Chip } from "./chip"

const FLASH_BYTES = 2 * 1024 * 1024
const SLOT_BYTES = 4096
const STORE_OFFSET = FLASH_BYTES - 65536 - 2 * SLOT_BYTES
const MAGIC = 0x74637473
const VERSION = 1
const HEAD_BYTES = 20
const CRC_AT = 16
/** STORE_BYTES of boards/pico/store.h, and the end of the text. */
const LONGEST = 2047

/** Throws a RangeError where the settings are longer than the record. */
export function storeSettings(chip: Chip, settings: unknown): void {
  const text = Buffer.from(JSON.stringify(settings), "utf8")
  if (text.length > LONGEST) throw new RangeError(`settings of ${text.length} bytes; the module stores ${LONGEST}`)
  const record = Buffer.alloc(HEAD_BYTES + text.length)
  record.writeUInt32LE(MAGIC, 0)
  record.writeUInt16LE(VERSION, 4)
  record.writeUInt32LE(text.length, 8)
  record.writeUInt32LE(1, 12)
  text.copy(record, HEAD_BYTES)
  record.writeUInt32LE(crc32(text, crc32(record.subarray(0, CRC_AT))), CRC_AT)
  chip.flash.fill(0xff, STORE_OFFSET, STORE_OFFSET + SLOT_BYTES)
  chip.flash.set(record, STORE_OFFSET)
}

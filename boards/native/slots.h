/*
 * Settings that survive a power cut: two slots, each one erasable sector. A record goes to the slot that does not hold the
 * newest one, its head (with the CRC over head and payload) in the first page. Until its last page is whole the CRC does not
 * match, and the other slot, untouched, is the newest.
 *
 *    slot 0  | magic version length sequence crc | payload ....        sequence 6, old
 *    slot 1  | magic version length sequence crc | payload ....        sequence 7, newest: the next goes to slot 0
 *
 * Writing is cut into steps, one slice of an erase or one page (0.5 ms on the RP2040) each, so that the caller can choose its
 * moments. Not for interrupts, and nothing here runs from RAM: it is the caller's flash driver that has to.
 */
#ifndef TACTUS_SLOTS_H
#define TACTUS_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#define SLOT_BYTES 4096
#define SLOT_PAGE_BYTES 256
#define SLOT_HEAD_BYTES 20
#define SLOT_PAYLOAD_BYTES (SLOT_BYTES - SLOT_HEAD_BYTES)

/* The medium. Offsets count from the start of slot 0; slot 1 follows at SLOT_BYTES. */
struct slots_flash {
  bool (*erase)(uint32_t offset, bool begins);             /* SLOT_BYTES to 0xff, or a slice of that; true while there is more to do */
  void (*program)(uint32_t offset, const uint8_t *page);   /* SLOT_PAGE_BYTES, erased before */
  const uint8_t *(*read)(uint32_t offset);                 /* 2 * SLOT_BYTES mapped, as XIP flash is */
};

enum slots_step { SLOTS_MORE, SLOTS_DONE, SLOTS_FAILED /* read back, it was not what was written */ };

void slots_open(const struct slots_flash *flash);

/* The newest whole record: its payload, or null where there is none. Valid until the second write from now. */
const uint8_t *slots_newest(uint16_t *version, uint32_t *length);

/* Prepares to write; `payload` stays the caller's and must not change until done. False: longer than SLOT_PAYLOAD_BYTES. */
bool slots_begin(uint16_t version, const void *payload, uint32_t length);

/* One slice of an erase or one page. */
enum slots_step slots_step(void);

#endif

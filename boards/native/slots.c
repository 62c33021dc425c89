#include "slots.h"

#define MAGIC 0x74637473u /* "tcts" */
#define NONE 2u

struct head {
  uint32_t magic;
  uint16_t version;
  uint16_t reserved;
  uint32_t length;
  uint32_t sequence;
  uint32_t crc; /* of the head up to here, then of the payload */
};
_Static_assert(sizeof(struct head) == SLOT_HEAD_BYTES, "the head is what the format says");

static const struct slots_flash *flash;
static unsigned newest; /* 0, 1 or NONE */

static struct {
  struct head head;
  const uint8_t *payload;
  unsigned slot;
  uint32_t next_page;
  bool erasing, erased, under_way;
} writing;

/* CRC-32 (IEEE 802.3, reflected), bit by bit: a table would cost more than the 0.1 ms it saves. */
static uint32_t crc32(uint32_t crc, const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1)));
  }
  return crc;
}

static uint32_t record_crc(const struct head *head, const uint8_t *payload) {
  uint32_t crc = crc32(0xffffffffu, (const uint8_t *)head, SLOT_HEAD_BYTES - sizeof head->crc);
  return ~crc32(crc, payload, head->length);
}

/* The head of a whole record, or null. */
static const struct head *record(unsigned slot) {
  const uint8_t *bytes = flash->read(slot * SLOT_BYTES);
  const struct head *head = (const struct head *)(const void *)bytes;
  if (head->magic != MAGIC || head->length > SLOT_PAYLOAD_BYTES) return 0;
  return head->crc == record_crc(head, bytes + SLOT_HEAD_BYTES) ? head : 0;
}

static uint8_t byte_at(uint32_t offset) {
  if (offset < SLOT_HEAD_BYTES) return ((const uint8_t *)&writing.head)[offset];
  offset -= SLOT_HEAD_BYTES;
  return offset < writing.head.length ? writing.payload[offset] : 0xff;
}

void slots_open(const struct slots_flash *medium) {
  flash = medium;
  writing.under_way = false;
  const struct head *first = record(0), *second = record(1);
  if (first && second) newest = (int32_t)(second->sequence - first->sequence) > 0;
  else newest = first ? 0 : second ? 1 : NONE;
}

const uint8_t *slots_newest(uint16_t *version, uint32_t *length) {
  if (newest == NONE) return 0;
  const uint8_t *bytes = flash->read(newest * SLOT_BYTES);
  const struct head *head = (const struct head *)(const void *)bytes;
  *version = head->version;
  *length = head->length;
  return bytes + SLOT_HEAD_BYTES;
}

bool slots_begin(uint16_t version, const void *payload, uint32_t length) {
  if (length > SLOT_PAYLOAD_BYTES) return false;
  const struct head *old = newest == NONE ? 0 : (const struct head *)(const void *)flash->read(newest * SLOT_BYTES);
  writing.head = (struct head){.magic = MAGIC, .version = version, .length = length, .sequence = old ? old->sequence + 1 : 1};
  writing.payload = payload;
  writing.head.crc = record_crc(&writing.head, payload);
  writing.slot = newest == 0;
  writing.next_page = 0;
  writing.erasing = writing.erased = false;
  writing.under_way = true;
  return true;
}

enum slots_step slots_step(void) {
  if (!writing.under_way) return SLOTS_DONE;
  uint32_t slot_at = writing.slot * SLOT_BYTES;
  if (!writing.erased) {
    writing.erased = !flash->erase(slot_at, !writing.erasing);
    writing.erasing = true;
    return SLOTS_MORE;
  }
  uint8_t page[SLOT_PAGE_BYTES];
  for (uint32_t i = 0; i < SLOT_PAGE_BYTES; i++) page[i] = byte_at(writing.next_page + i);
  flash->program(slot_at + writing.next_page, page);
  writing.next_page += SLOT_PAGE_BYTES;
  if (writing.next_page < SLOT_HEAD_BYTES + writing.head.length) return SLOTS_MORE;

  writing.under_way = false;
  const struct head *written = record(writing.slot);
  if (!written || written->crc != writing.head.crc) return SLOTS_FAILED;
  newest = writing.slot;
  return SLOTS_DONE;
}

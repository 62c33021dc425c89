#include "store.h"
#include "erase.h"
#include "hardware/flash.h"
#include "hardware/sync.h"
#include "port.h"
#include "slots.h"
#include <string.h>

/* Below the 64 KB at the top that Moddable's own storage may use; the image ends far below. */
#define STORE_OFFSET (PICO_FLASH_SIZE_BYTES - 65536 - 2 * SLOT_BYTES)
#define STORE_VERSION 1
/* A slice of an erase; with leaving XIP and entering it again some tenths of a millisecond more. */
#define SLICE_MICROS 1000
/* Nobody can say beforehand when a pulse is answered on USB, or when something has been captured: that ends a slice. */
#define DOORBELL (1u << RP_IRQ_TIMER(PORT_DOORBELL_ALARM))

static char writing[STORE_BYTES];
static bool busy;

static bool erase(uint32_t offset, bool begins) { return erase_slice(STORE_OFFSET + offset, begins, SLICE_MICROS, DOORBELL); }

static void program(uint32_t offset, const uint8_t *page) {
  uint32_t before = save_and_disable_interrupts();
  flash_range_program(STORE_OFFSET + offset, page, SLOT_PAGE_BYTES);
  restore_interrupts(before);
}

static const uint8_t *read(uint32_t offset) { return (const uint8_t *)(uintptr_t)(XIP_BASE + STORE_OFFSET + offset); }

static const struct slots_flash flash = {erase, program, read};

uint32_t store_open(char *text, uint32_t room) {
  uint16_t version;
  uint32_t length;
  slots_open(&flash);
  const uint8_t *record = slots_newest(&version, &length);
  if (!record || version != STORE_VERSION || length > room) return 0;
  memcpy(text, record, length);
  return length;
}

bool store_begin(const char *text, uint32_t length) {
  if (busy || length >= STORE_BYTES) return false;
  memcpy(writing, text, length);
  busy = slots_begin(STORE_VERSION, writing, length);
  return busy;
}

bool store_step(void) {
  if (busy) busy = slots_step() == SLOTS_MORE;
  return busy;
}

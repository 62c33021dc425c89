#include "slots.h"
#include "behaviour.h"

static _Alignas(8) uint8_t medium[2 * SLOT_BYTES];
static long cut_after; /* bytes of flash work until the power goes; negative: never */

static bool dead; /* after the cut nothing is written any more */

/* The byte the cut hits is left half done. */
static void program(uint32_t offset, const uint8_t *page) {
  PROMISE(offset % SLOT_PAGE_BYTES == 0 && offset < sizeof medium);
  for (uint32_t i = 0; i < SLOT_PAGE_BYTES && !dead; i++) {
    if (cut_after == 0) {
      medium[offset + i] &= page[i] | 0xa5;
      dead = true;
    } else {
      if (cut_after > 0) cut_after--;
      medium[offset + i] &= page[i];
    }
  }
}

#define SLICE_BYTES 1024
static unsigned erases, slices;

static bool erase(uint32_t offset, bool begins) {
  static uint32_t at, next;
  if (begins) {
    erases++;
    at = offset;
    next = 0;
  }
  PROMISE_EQUAL(at, offset);
  slices++;
  for (uint32_t end = next + SLICE_BYTES; next < end && !dead; next++) {
    if (cut_after == 0) {
      medium[offset + next] |= 0x5a;
      dead = true;
    } else {
      if (cut_after > 0) cut_after--;
      medium[offset + next] = 0xff;
    }
  }
  return !dead && next < SLOT_BYTES;
}

static const uint8_t *read(uint32_t offset) { return medium + offset; }

static const struct slots_flash flash = {erase, program, read};

static void start(void) {
  memset(medium, 0xff, sizeof medium);
  cut_after = -1;
  dead = false;
  slots_open(&flash);
}

static enum slots_step write_all(uint16_t version, const void *payload, uint32_t length) {
  PROMISE(slots_begin(version, payload, length));
  enum slots_step step;
  while ((step = slots_step()) == SLOTS_MORE) continue;
  return step;
}

static bool newest_is(uint16_t version, const void *payload, uint32_t length) {
  uint16_t found_version;
  uint32_t found_length;
  const uint8_t *found = slots_newest(&found_version, &found_length);
  return found && found_version == version && found_length == length && !memcmp(found, payload, length);
}

BEHAVIOUR(an_empty_flash_holds_no_record) {
  start();
  uint16_t version;
  uint32_t length;
  PROMISE(!slots_newest(&version, &length));
}

BEHAVIOUR(the_newest_record_is_found_again_after_a_restart) {
  start();
  for (uint16_t i = 1; i < 10; i++) {
    char text[32];
    int length = snprintf(text, sizeof text, "settings number %d", i);
    PROMISE_EQUAL(write_all(i, text, (uint32_t)length), SLOTS_DONE);
    PROMISE(newest_is(i, text, (uint32_t)length));
    slots_open(&flash);
    PROMISE(newest_is(i, text, (uint32_t)length));
  }
}

BEHAVIOUR(an_erase_begins_once_and_goes_on_slice_by_slice_before_the_first_page) {
  start();
  erases = slices = 0;
  PROMISE(slots_begin(1, "text", 4));
  for (unsigned slice = 1; slice <= SLOT_BYTES / SLICE_BYTES; slice++) {
    PROMISE_EQUAL(slots_step(), SLOTS_MORE);
    PROMISE_EQUAL(slices, slice);
    PROMISE_EQUAL(medium[0], 0xff);
  }
  PROMISE_EQUAL(slots_step(), SLOTS_DONE);
  PROMISE_EQUAL(erases, 1);
  PROMISE(newest_is(1, "text", 4));
}

BEHAVIOUR(records_of_any_length_that_fits_are_kept) {
  start();
  static uint8_t payload[SLOT_PAYLOAD_BYTES + 1];
  for (unsigned i = 0; i < sizeof payload; i++) payload[i] = (uint8_t)(i * 7);
  uint32_t lengths[] = {0, 1, 235, 236, 237, 256, 492, SLOT_PAYLOAD_BYTES};
  for (unsigned i = 0; i < 8; i++) {
    PROMISE_EQUAL(write_all(3, payload, lengths[i]), SLOTS_DONE);
    PROMISE(newest_is(3, payload, lengths[i]));
  }
  PROMISE(!slots_begin(3, payload, SLOT_PAYLOAD_BYTES + 1));
}

BEHAVIOUR(a_cut_at_any_byte_leaves_the_old_or_the_new_record) {
  static uint8_t before[300], after[300];
  memset(before, 0x11, sizeof before);
  memset(after, 0x22, sizeof after);
  bool seen_old = false, seen_new = false;
  for (long cut = 0; cut <= SLOT_BYTES + 2 * SLOT_PAGE_BYTES; cut++) {
    start();
    write_all(1, after, sizeof after); /* both slots used, so that the cut hits an old record */
    write_all(1, before, sizeof before);
    cut_after = cut;
    slots_begin(1, after, sizeof after);
    while (slots_step() == SLOTS_MORE) continue;
    cut_after = -1;
    dead = false;
    slots_open(&flash);
    bool is_old = newest_is(1, before, sizeof before), is_new = newest_is(1, after, sizeof after);
    PROMISE(is_old || is_new);
    seen_old |= is_old;
    seen_new |= is_new;
    PROMISE_EQUAL(write_all(1, after, sizeof after), SLOTS_DONE); /* and life goes on */
  }
  PROMISE(seen_old && seen_new);
}

BEHAVIOUR(any_flipped_bit_is_noticed) {
  static const char old[] = "the old settings", new[] = "the new settings";
  start();
  write_all(1, old, sizeof old);
  write_all(1, new, sizeof new);
  for (uint32_t bit = 0; bit < 8 * (SLOT_HEAD_BYTES + sizeof new); bit++) {
    medium[SLOT_BYTES + bit / 8] ^= (uint8_t)(1 << bit % 8);
    slots_open(&flash);
    PROMISE(newest_is(1, old, sizeof old));
    medium[SLOT_BYTES + bit / 8] ^= (uint8_t)(1 << bit % 8);
  }
}

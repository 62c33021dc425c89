#include "din.h"
#include "delivery.h"
#include "ring.h"

#define ANSWERS_LENGTH 8 /* an answer's words all fit; more than these in 320 us are lost, and counted */

static struct lane_entry clocks_entries[CLOCKS_LANE_LENGTH], bytes_entries[BYTES_LANE_LENGTH];
struct lane din_clocks, din_bytes;

static struct ring answers;
static uint8_t answers_bytes[ANSWERS_LENGTH];
static volatile stamp idle_at;

void din_reset(void) {
  din_clocks = (struct lane){.entries = clocks_entries, .mask = CLOCKS_LANE_LENGTH - 1};
  din_bytes = (struct lane){.entries = bytes_entries, .mask = BYTES_LANE_LENGTH - 1};
  answers = (struct ring){0};
  idle_at = port_now();
}

TACTUS_INLINE bool start(uint8_t byte) {
  if (!port_din_start(byte)) return false;
  idle_at = port_now() + DIN_BYTE_MICROS;
  return true;
}

TACTUS_RAM void din_now(uint8_t byte) {
  if (!ring_waiting(&answers) && start(byte)) return;
  if (ring_waiting(&answers) == ANSWERS_LENGTH) {
    delivery_faults.clocks_full++;
    return;
  }
  answers_bytes[answers.put & (ANSWERS_LENGTH - 1)] = byte;
  ring_put(&answers);
}

TACTUS_INLINE bool makes_way(const struct lane_entry *clock, stamp now) {
  return clock && micros_until(clock->at, now) < DIN_BYTE_MICROS - DIN_SLACK_MICROS;
}

TACTUS_RAM bool din_step(stamp now) {
  if (ring_waiting(&answers)) {
    if (!start(answers_bytes[answers.taken & (ANSWERS_LENGTH - 1)])) return false;
    ring_take(&answers);
    return true;
  }
  struct lane_entry *clock = lane_head(&din_clocks);
  if (clock && micros_until(clock->at, now) <= 0) {
    if (!start((uint8_t)clock->set)) return false;
    lane_leave(&din_clocks);
    return true;
  }
  struct lane_entry *byte = lane_head(&din_bytes);
  if (!byte || micros_until(byte->at, now) > 0 || makes_way(clock, now)) return false;
  if (!start((uint8_t)byte->set)) return false;
  lane_leave(&din_bytes);
  return true;
}

TACTUS_INLINE stamp later(stamp a, stamp b) { return micros_until(a, b) > 0 ? a : b; }

TACTUS_RAM bool din_next(stamp now, stamp *at) {
  struct lane_entry *clock = lane_head(&din_clocks), *byte = lane_head(&din_bytes);
  if (ring_waiting(&answers)) *at = idle_at;
  else if (byte && !makes_way(clock, later(later(byte->at, idle_at), now))) *at = later(byte->at, idle_at);
  else if (clock) *at = later(clock->at, idle_at);
  else return false;
  return true;
}

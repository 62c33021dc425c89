#include "din.h"
#include "delivery.h"
#include "ring.h"

#define ANSWERS_LENGTH 8 /* an answer's words all fit; more than these in 320 us are lost, and counted */

static struct lane_entry clocks_entries[CLOCKS_LANE_LENGTH], bytes_entries[BYTES_LANE_LENGTH];
struct lane din_clocks, din_bytes;
struct din_due din_due;

static struct ring answers;
static uint8_t answers_bytes[ANSWERS_LENGTH];
static volatile stamp idle_at;

void din_reset(void) {
  din_clocks = (struct lane){.entries = clocks_entries, .mask = CLOCKS_LANE_LENGTH - 1};
  din_bytes = (struct lane){.entries = bytes_entries, .mask = BYTES_LANE_LENGTH - 1};
  answers = (struct ring){0};
  idle_at = port_now();
  din_due.any = false;
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
  din_due.at = idle_at;
  din_due.any = true;
}

TACTUS_INLINE bool makes_way(const struct lane_entry *clock, stamp then) {
  return clock && micros_until(clock->at, then) < DIN_BYTE_MICROS - DIN_SLACK_MICROS;
}

TACTUS_INLINE stamp later(stamp a, stamp b) { return micros_until(a, b) > 0 ? a : b; }

/* The next byte may have to wait for its time, for the wire, or until a clock has gone before it. */
TACTUS_RAM void din_look(void) {
  struct lane_entry *clock = lane_head(&din_clocks), *byte = lane_head(&din_bytes);
  stamp idle = later(idle_at, port_now()), at = idle;
  bool any = clock || byte;
  if (byte && !makes_way(clock, later(byte->at, idle))) at = later(byte->at, idle);
  else if (clock) at = later(clock->at, idle);
  uint32_t before = port_lock();
  if (ring_waiting(&answers)) {
    at = idle_at;
    any = true;
  }
  din_due.at = at;
  din_due.any = any;
  port_unlock(before);
}

/* True: a byte was started. */
TACTUS_INLINE bool begin(stamp now) {
  if (ring_waiting(&answers)) {
    if (!start(answers_bytes[answers.taken & (ANSWERS_LENGTH - 1)])) return false;
    ring_take(&answers);
    return true;
  }
  struct lane_entry *clock = lane_head(&din_clocks), *byte = lane_head(&din_bytes);
  struct lane *lane = 0;
  if (clock && micros_until(clock->at, now) <= 0) lane = &din_clocks;
  else if (byte && micros_until(byte->at, now) <= 0 && !makes_way(clock, now)) lane = &din_bytes;
  if (!lane || !start((uint8_t)lane_head(lane)->set)) return false;
  lane_leave(lane);
  return true;
}

TACTUS_RAM bool din_step(stamp now) {
  bool begun = begin(now);
  din_look();
  return begun;
}

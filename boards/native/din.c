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
static struct lane *left; /* its head is on the wire */

/* A port whose UART has a holding register takes a byte this long before the wire is idle: so bytes stand back to back. */
#ifndef DIN_HOLD_MICROS
#define DIN_HOLD_MICROS 0
#endif

void din_reset(void) {
  din_clocks = (struct lane){.entries = clocks_entries, .mask = CLOCKS_LANE_LENGTH - 1};
  din_bytes = (struct lane){.entries = bytes_entries, .mask = BYTES_LANE_LENGTH - 1};
  answers = (struct ring){0};
  idle_at = port_now();
  din_due.any = false;
  din_due.chosen = left = 0;
}

TACTUS_INLINE stamp later(stamp a, stamp b) { return micros_until(a, b) > 0 ? a : b; }

TACTUS_INLINE bool start(uint8_t byte) {
  uint32_t before = port_lock();
  stamp now = port_now();
  bool taken = micros_until(idle_at, now) <= DIN_HOLD_MICROS && port_din_start(byte);
  if (taken) idle_at = later(idle_at, now) + DIN_BYTE_MICROS;
  port_unlock(before);
  return taken;
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

/* The next byte may have to wait for its time, for the wire, or until a clock has gone before it. */
TACTUS_RAM void din_look(void) {
  struct lane_entry *clock = lane_head(&din_clocks), *byte = lane_head(&din_bytes);
  stamp idle = later(idle_at, port_now()), at = idle;
  struct lane *next = 0;
  if (byte && !makes_way(clock, later(byte->at, idle))) {
    at = later(byte->at, idle);
    next = &din_bytes;
  } else if (clock) {
    at = later(clock->at, idle);
    next = &din_clocks;
  }
  uint32_t before = port_lock();
  bool answers_first = ring_waiting(&answers) != 0;
  din_due.at = answers_first ? idle_at : at;
  din_due.any = answers_first || next;
  din_due.chosen = answers_first ? 0 : next;
  port_unlock(before);
}

/* All is made ready before the wait. An answer that comes meanwhile has the wire. */
TACTUS_RAM bool din_hand_over(stamp at) {
  struct lane *lane = din_due.chosen;
  stamp idle = idle_at;
  if (!lane || ring_waiting(&answers) || micros_until(idle, at) > DIN_HOLD_MICROS) return false;
  if (lane->inserting && lane->hole == lane->first) return false; /* another one will go before it */
  uint8_t byte = (uint8_t)lane->entries[lane->first & lane->mask].set;
  while (micros_until(at, port_now()) > 0) continue;
  uint32_t before = port_lock();
  bool taken = idle_at == idle && port_din_start(byte);
  if (taken) idle_at = later(idle, port_now()) + DIN_BYTE_MICROS;
  port_unlock(before);
  if (!taken) return false;
  din_due.chosen = 0;
  left = lane;
  return true;
}

TACTUS_RAM bool din_tidy(void) {
  if (!left) return false;
  lane_leave(left);
  left = 0;
  din_look();
  return true;
}

TACTUS_RAM bool din_step(void) {
  if (micros_until(din_due.at, port_now()) < -DIN_SPIN_MICROS) din_look(); /* so late that another may have to go first */
  stamp at = din_due.at;
  if (micros_until(at, port_now()) <= DIN_SPIN_MICROS && din_hand_over(at)) return true;
  bool begun = ring_waiting(&answers) && start(answers_bytes[answers.taken & (ANSWERS_LENGTH - 1)]);
  if (begun) ring_take(&answers);
  din_look();
  return begun;
}

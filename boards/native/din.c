#include "din.h"
#include "carry.h"
#include "delivery.h"
#include "ring.h"

#define ANSWERS_LENGTH 8 /* an answer's words all fit; more than these in 320 us are lost, and counted */

#define PATIENCE_MICROS 300000 /* a message that TypeScript began and does not end keeps others from the wire so long */

static struct lane_entry clocks_entries[CLOCKS_LANE_LENGTH], bytes_entries[BYTES_LANE_LENGTH], carried_entries[2];
struct lane din_clocks, din_bytes, din_carried; /* of what is carried only the next byte is in the lane */
struct din_due din_due;

static struct ring answers;
static uint8_t answers_bytes[ANSWERS_LENGTH];
static volatile stamp idle_at;
static struct lane *left; /* its head is on the wire */
static struct lane *message; /* whose message is on the wire, not done yet; */
static uint32_t message_left; /* so many bytes are to come, or IN_SYSEX */
static stamp message_at;      /* when its last byte was started */
static struct {
  volatile uint32_t changes;
  volatile bool is_on;
  volatile stamp from, until;
} guard;
static uint32_t heard;

#define IN_SYSEX 0xffu

/* A port whose UART has a holding register takes a byte this long before the wire is idle: so bytes stand back to back. */
#ifndef DIN_HOLD_MICROS
#define DIN_HOLD_MICROS 0
#endif

void din_reset(void) {
  din_clocks = (struct lane){.entries = clocks_entries, .mask = CLOCKS_LANE_LENGTH - 1};
  din_bytes = (struct lane){.entries = bytes_entries, .mask = BYTES_LANE_LENGTH - 1};
  din_carried = (struct lane){.entries = carried_entries, .mask = 1};
  message = 0;
  guard.is_on = false;
  heard = guard.changes + carry_din_news();
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

TACTUS_INLINE bool makes_way(const struct lane_entry *clock, stamp then, int32_t slack) {
  return clock && micros_until(clock->at, then) < DIN_BYTE_MICROS - slack;
}

TACTUS_RAM void din_guard(bool guards, stamp from, stamp until) {
  guard.is_on = false;
  port_barrier();
  guard.from = from;
  guard.until = until;
  port_barrier();
  guard.is_on = guards;
  guard.changes = guard.changes + 1;
}

TACTUS_RAM bool din_hear(void) {
  uint32_t news = guard.changes + carry_din_news();
  if (news == heard) return false;
  heard = news;
  din_look();
  return true;
}

TACTUS_INLINE struct lane_entry *carried_head(void) {
  struct lane_entry *entry = &carried_entries[din_carried.end & 1];
  uint8_t byte;
  if (din_carried.first == din_carried.end && carry_din_peek(&entry->at, &byte)) {
    entry->set = byte;
    din_carried.end++;
  }
  return lane_head(&din_carried);
}

/* TypeScript has begun a message, and the rest of it is not there. */
TACTUS_INLINE bool is_stuck(void) { return message && message != &din_carried && !lane_head(message); }

/* Which lane's byte goes next of all that are no clocks: that of the message on the wire, or of the message that is due first. */
TACTUS_INLINE struct lane *next_of_bytes(struct lane_entry **head) {
  if (is_stuck() && micros_until(port_now(), message_at) >= PATIENCE_MICROS) message = 0;
  struct lane_entry *byte = message && message != &din_bytes ? 0 : lane_head(&din_bytes);
  struct lane_entry *carried = message && message != &din_carried ? 0 : carried_head();
  bool is_carried = carried && (!byte || micros_until(carried->at, byte->at) < 0);
  *head = is_carried ? carried : byte;
  return is_carried ? &din_carried : &din_bytes;
}

TACTUS_INLINE bool is_guarded(stamp from, int32_t micros) {
  return guard.is_on && micros_until(guard.until, from) > 0 && micros_until(from + (stamp)micros, guard.from) > 0;
}

bool din_is_guarded(stamp from, int32_t micros) { return is_guarded(from, micros); }

TACTUS_INLINE stamp behind_guard(stamp then) { return is_guarded(then, DIN_BYTE_MICROS) ? guard.until : then; }

/* The next byte may have to wait for its time, for the wire, or until a clock has gone before it. Song position lets a note end. */
TACTUS_RAM void din_look(void) {
  struct lane_entry *clock = lane_head(&din_clocks), *byte;
  struct lane *lane = next_of_bytes(&byte), *next = 0;
  stamp idle = later(idle_at, port_now()), at = idle;
  stamp then = byte ? behind_guard(later(byte->at, idle)) : 0;
  bool finishes = clock && clock->set == 0xf2 && message == &din_bytes && message_left != IN_SYSEX;
  int32_t slack = lane == &din_carried ? -DIN_SPIN_MICROS : DIN_SLACK_MICROS;
  if (byte && (finishes || !makes_way(clock, then, slack))) {
    at = then;
    next = lane;
  } else if (clock) {
    at = later(clock->at, idle);
    next = &din_clocks;
  }
  bool waits = !next && is_stuck();
  if (waits) at = message_at + PATIENCE_MICROS;
  uint32_t before = port_lock();
  bool answers_first = ring_waiting(&answers) != 0;
  din_due.at = answers_first ? idle_at : at;
  din_due.any = answers_first || next || waits;
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

/* Follows what has just been started, so that no message is begun within another. */
TACTUS_INLINE void follow(struct lane *lane, uint32_t byte) {
  if (lane == &din_carried) carry_din_sent();
  if (byte >= 0xf8) return;
  if (byte < 0x80 && message_left != IN_SYSEX) message_left -= message_left != 0;
  else if (byte >= 0x80) {
    if (lane == &din_clocks && message == &din_carried) { /* song position cuts it */
      carry_din_again();
      din_carried.first = din_carried.end;
    }
    message_left = byte == 0xf0 ? IN_SYSEX : byte < 0xc0 || (byte >= 0xe0 && byte < 0xf0) || byte == 0xf2 ? 2 : byte < 0xf4 ? 1 : 0;
  }
  message = message_left ? lane : 0;
  message_at = port_now();
}

TACTUS_RAM bool din_tidy(void) {
  if (!left) return false;
  follow(left, left->entries[left->first & left->mask].set);
  left->first++;
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

#include "delivery.h"
#include "din.h"
#include "lane.h"
#include "ring.h"

/* What an entry is, in the two top bits of `clear`. */
#define ENTRY_PINS 0u
#define ENTRY_USB (1u << 30)
#define ENTRY_CLOCK (2u << 30)
#define ENTRY_BYTE (3u << 30)
#define ENTRY_KIND (3u << 30)

#define STAGED_LENGTH 512 /* more than the three lanes behind it together, so it is never the one that is full */
_Static_assert(STAGED_LENGTH >= PINS_LANE_LENGTH + CLOCKS_LANE_LENGTH + BYTES_LANE_LENGTH, "staged holds what the lanes hold");

static struct ring staged, pulses_staged, usb_due;
static struct lane_entry staged_entries[STAGED_LENGTH], pulses_staged_entries[PULSES_LANE_LENGTH];
static uint32_t usb_due_packets[USB_DUE_LENGTH];

static struct lane_entry pins_entries[PINS_LANE_LENGTH], pulses_entries[PULSES_LANE_LENGTH];
static struct lane pins, pulses;
static struct lane *moving; /* the lane an insertion is under way in */

static uint32_t pins_scheduled, clocks_scheduled, bytes_scheduled; /* counted by core 0 against `left` of the lanes */

struct delivery_faults delivery_faults;

void delivery_reset(void) {
  staged = pulses_staged = usb_due = (struct ring){0};
  pins = (struct lane){.entries = pins_entries, .mask = PINS_LANE_LENGTH - 1};
  pulses = (struct lane){.entries = pulses_entries, .mask = PULSES_LANE_LENGTH - 1};
  din_reset();
  moving = 0;
  pins_scheduled = clocks_scheduled = bytes_scheduled = 0;
  delivery_faults = (struct delivery_faults){0};
}

/* ---- core 0 ---- */

uint32_t pins_room(void) { return PINS_LANE_LENGTH - (pins_scheduled - pins.left); }
uint32_t clocks_room(void) { return CLOCKS_LANE_LENGTH - (clocks_scheduled - din_clocks.left); }
uint32_t bytes_room(void) { return BYTES_LANE_LENGTH - (bytes_scheduled - din_bytes.left); }

static bool stage(uint32_t room, uint32_t *scheduled, volatile uint32_t *full, struct lane_entry entry) {
  if (!room) {
    *full = *full + 1;
    return false;
  }
  *scheduled = *scheduled + 1;
  staged_entries[staged.put & (STAGED_LENGTH - 1)] = entry;
  ring_put(&staged);
  return true;
}

bool schedule_pins(stamp at, uint32_t set, uint32_t clear) {
  return stage(pins_room(), &pins_scheduled, &delivery_faults.pins_full, (struct lane_entry){at, set, (clear & ~ENTRY_KIND) | ENTRY_PINS});
}

bool schedule_usb(stamp at, uint32_t packet) {
  return stage(pins_room(), &pins_scheduled, &delivery_faults.pins_full, (struct lane_entry){at, packet, ENTRY_USB});
}

bool schedule_din(stamp at, uint8_t byte) {
  if (byte >= 0xf8)
    return stage(clocks_room(), &clocks_scheduled, &delivery_faults.clocks_full, (struct lane_entry){at, byte, ENTRY_CLOCK});
  return stage(bytes_room(), &bytes_scheduled, &delivery_faults.bytes_full, (struct lane_entry){at, byte, ENTRY_BYTE});
}

bool usb_due_take(uint32_t *packet) {
  if (!ring_waiting(&usb_due)) return false;
  *packet = usb_due_packets[usb_due.taken & (USB_DUE_LENGTH - 1)];
  ring_take(&usb_due);
  return true;
}

/* ---- capture's interrupt ---- */

TACTUS_RAM void usb_now(uint32_t packet) {
  uint32_t before = port_lock();
  if (ring_waiting(&usb_due) == USB_DUE_LENGTH) delivery_faults.usb_full++;
  else {
    usb_due_packets[usb_due.put & (USB_DUE_LENGTH - 1)] = packet;
    ring_put(&usb_due);
  }
  port_unlock(before);
}

TACTUS_RAM bool pulses_have_room(uint32_t count) { return pulses_staged.put - pulses.left + count <= PULSES_LANE_LENGTH; }

TACTUS_RAM void pulse_ends(stamp at, uint32_t clear) {
  struct lane_entry *entry = &pulses_staged_entries[pulses_staged.put & (PULSES_LANE_LENGTH - 1)];
  entry->at = at;
  entry->set = 0;
  entry->clear = clear;
  ring_put(&pulses_staged);
}

/* ---- the delivering side ---- */

TACTUS_INLINE struct lane *earlier(void) {
  struct lane_entry *pin = lane_head(&pins), *pulse = lane_head(&pulses);
  if (pulse && (!pin || micros_until(pulse->at, pin->at) < 0)) return &pulses;
  return pin ? &pins : 0;
}

/* Everything of one microsecond leaves together; of two orders to one pin the later counts. */
static TACTUS_RAM void depart(struct lane *lane, stamp at) {
  uint32_t set = 0, clear = 0;
  bool rings = false;
  for (;;) {
    struct lane_entry *entry = lane_head(lane);
    if (!entry || entry->at != at) break;
    if (entry->clear & ENTRY_KIND) {
      usb_now(entry->set);
      rings = true;
    } else {
      set = (set & ~entry->clear) | entry->set;
      clear = (clear & ~entry->set) | entry->clear;
    }
    lane_leave(lane);
  }
  while (micros_until(at, port_now()) > 0) continue;
  port_pins(set, clear);
  int32_t late = micros_until(port_now(), at);
  if (rings) port_doorbell();
  if (late > delivery_faults.worst_micros) delivery_faults.worst_micros = late;
  if (late > LATE_MICROS) delivery_faults.late++;
}

TACTUS_INLINE void begin(struct lane *lane, struct ring *ring, struct lane_entry *entry) {
  lane->hand.at = entry->at;
  lane->hand.set = entry->set;
  lane->hand.clear = entry->clear;
  ring_take(ring);
  lane_insert(lane);
  moving = lane;
}

TACTUS_INLINE bool move(void) {
  if (moving && moving->inserting) {
    lane_step(moving);
    return true;
  }
  if (ring_waiting(&pulses_staged)) {
    begin(&pulses, &pulses_staged, &pulses_staged_entries[pulses_staged.taken & (PULSES_LANE_LENGTH - 1)]);
    return true;
  }
  if (!ring_waiting(&staged)) return false;
  struct lane_entry *entry = &staged_entries[staged.taken & (STAGED_LENGTH - 1)];
  uint32_t kind = entry->clear & ENTRY_KIND;
  begin(kind == ENTRY_CLOCK ? &din_clocks : kind == ENTRY_BYTE ? &din_bytes : &pins, &staged, entry);
  return true;
}

TACTUS_RAM bool delivery_step(void) {
  stamp now = port_now();
  struct lane *lane = earlier();
  if (lane) {
    stamp at = lane_head(lane)->at;
    if (micros_until(at, now) <= SPIN_MICROS) {
      depart(lane, at);
      return true;
    }
  }
  return din_step(now) || move();
}

TACTUS_RAM bool delivery_next(stamp *at) {
  struct lane *lane = earlier();
  stamp din;
  bool has_din = din_next(port_now(), &din);
  if (lane) *at = lane_head(lane)->at;
  if (has_din && (!lane || micros_until(din, *at) < 0)) *at = din;
  return lane || has_din;
}

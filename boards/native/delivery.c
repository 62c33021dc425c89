#include "delivery.h"
#include "carry.h"
#include "din.h"
#include "lane.h"
#include "ring.h"

/* What an entry is, in the two top bits of `clear`. */
#define ENTRY_PINS 0u
#define ENTRY_USB (1u << 30)
#define ENTRY_CLOCK (2u << 30) /* only while staged */
#define ENTRY_BYTE (3u << 30)
#define ENTRY_KIND (3u << 30)

#define STAGED_LENGTH 512 /* more than the three lanes behind it together, so it is never the one that is full */
_Static_assert(STAGED_LENGTH >= PINS_LANE_LENGTH + CLOCKS_LANE_LENGTH + BYTES_LANE_LENGTH, "staged holds what the lanes hold");

static struct ring staged, usb_due;
static struct lane_entry staged_entries[STAGED_LENGTH];
static uint32_t usb_due_packets[USB_DUE_LENGTH];

#define PINS_ENTRIES 512
_Static_assert(PINS_ENTRIES >= PINS_LANE_LENGTH, "a lane is a power of two long");
static struct lane_entry pins_entries[PINS_ENTRIES];
static struct lane pins;
static struct lane *moving; /* the lane an insertion is under way in */

#define USB_CLEAR_MICROS 400 /* what is carried to USB is not begun where pins or a clock are due so soon: it may take the endpoint so long */
#define USB_LOOK_MICROS 500  /* how soon one that sleeps in between looks again */

static uint32_t position_left; /* bytes of a song position that have not been scheduled */
static bool refuses;           /* the rest of a message that found no room */
static uint32_t pins_scheduled, clocks_scheduled, bytes_scheduled; /* counted by core 0 against what has left the lanes */

struct delivery_faults delivery_faults;

void delivery_reset(void) {
  carry_reset();
  position_left = 0;
  refuses = false;
  staged = usb_due = (struct ring){0};
  pins = (struct lane){.entries = pins_entries, .mask = PINS_ENTRIES - 1};
  din_reset();
  moving = 0;
  pins_scheduled = clocks_scheduled = bytes_scheduled = 0;
  delivery_faults = (struct delivery_faults){0};
}

/* ---- core 0 ---- */

uint32_t pins_room(void) { return PINS_LANE_LENGTH - (pins_scheduled - lane_left(&pins)); }
uint32_t clocks_room(void) { return CLOCKS_LANE_LENGTH - (clocks_scheduled - lane_left(&din_clocks)); }
uint32_t bytes_room(void) { return BYTES_LANE_LENGTH - (bytes_scheduled - lane_left(&din_bytes)); }

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
  if (byte == 0xf2) position_left = 3;
  else if (byte >= 0x80 && byte < 0xf8) position_left = 0;
  bool is_clock = byte >= 0xf8 || position_left;
  if (byte < 0xf8 && position_left) position_left--;
  if (byte >= 0x80 && !is_clock) refuses = bytes_room() < WHOLE_BYTES;
  if (is_clock)
    return stage(clocks_room(), &clocks_scheduled, &delivery_faults.clocks_full, (struct lane_entry){at, byte, ENTRY_CLOCK});
  return stage(refuses ? 0 : bytes_room(), &bytes_scheduled, &delivery_faults.bytes_full, (struct lane_entry){at, byte, ENTRY_BYTE});
}

TACTUS_RAM bool usb_due_take(uint32_t *packet) {
  if (!ring_waiting(&usb_due)) return false;
  *packet = usb_due_packets[usb_due.taken & (USB_DUE_LENGTH - 1)];
  ring_take(&usb_due);
  return true;
}

/* ---- the delivering side ---- */

TACTUS_RAM void usb_now(uint32_t packet) {
  if (ring_waiting(&usb_due) == USB_DUE_LENGTH) {
    delivery_faults.usb_full++;
    return;
  }
  usb_due_packets[usb_due.put & (USB_DUE_LENGTH - 1)] = packet;
  ring_put(&usb_due);
}

/* Everything of one microsecond, to leave together. */
struct group {
  stamp at;
  uint32_t set, clear;
  bool rings;
};

/* Takes what is due first off the lane, if that is within so many microseconds. Of two orders to one pin the later counts.
   USB packets may go a few microseconds early: the bus has its own time. About 1 us and 0.25 us an event. */
TACTUS_INLINE bool gather(struct group *group, int32_t within) {
  const struct lane_entry *entry = lane_head(&pins);
  if (!entry || micros_until(entry->at, port_now()) > within) return false;
  stamp at = entry->at;
  uint32_t set = 0, clear = 0;
  uint32_t first = pins.first, end = pins.inserting ? pins.hole : pins.end;
  group->rings = false;
  do {
    uint32_t entry_set = entry->set, entry_clear = entry->clear;
    if (entry_clear & ENTRY_USB) {
      usb_now(entry_set);
      group->rings = true;
    } else {
      set = (set & ~entry_clear) | entry_set;
      clear = (clear & ~entry_set) | entry_clear;
    }
    first++;
    if (first == end) {
      if (!pins.inserting || micros_until(pins.hand.at, at) > 0) break;
      pins.hand.at = at; /* overdue, and on its way through the group: it leaves with it, and does not part it */
      lane_place(&pins);
      end = pins.end;
    }
    entry = &pins_entries[first & (PINS_ENTRIES - 1)];
  } while (entry->at == at);
  pins.first = first;
  group->at = at;
  group->set = set;
  group->clear = clear & ~ENTRY_KIND;
  return true;
}

TACTUS_INLINE void leave(const struct group *group) {
  stamp at = group->at;
  uint32_t set = group->set, clear = group->clear;
  while (micros_until(at, port_now()) > 0) continue;
  port_pins(set, clear);
  int32_t late = micros_until(port_now(), at);
  if (group->rings) port_doorbell();
  if (!(set | clear)) return; /* USB alone: the bus has its own time */
  if (late > delivery_faults.worst_micros) delivery_faults.worst_micros = late;
  if (late > LATE_MICROS) delivery_faults.late++;
}

/* A DIN byte whose time comes two microseconds before the pins goes first: handing it over takes one. Else it goes behind them. */
TACTUS_INLINE void wire_before(stamp at) {
  if (!din_due.chosen) return;
  stamp wire = din_due.at, now = port_now();
  int32_t late = micros_until(now, wire);
  if (micros_until(at, late > 0 ? now : wire) >= 2 && (late <= DIN_SPIN_MICROS || din_due.chosen == &din_clocks)) din_hand_over(wire);
}

/* Departures this close behind each other are made without a look at anything else, but not for ever; the next group is
   gathered before the first has left where there is time: so they may be 1 us apart. */
#define NEXT_MICROS 6
#define NEXT_COUNT 7
#define GATHER_MICROS 4

static TACTUS_RAM bool depart_what_is_due(void) {
  struct group groups[2];
  if (!gather(&groups[0], SPIN_MICROS)) return false;
  for (unsigned count = 0;; count++) {
    const struct group *due = &groups[count & 1];
    struct group *next = &groups[(count + 1) & 1];
    bool may = count < NEXT_COUNT;
    int32_t time_left = micros_until(due->at, port_now());
    bool more = may && time_left >= GATHER_MICROS && gather(next, time_left + NEXT_MICROS);
    wire_before(due->at);
    leave(due);
    if (!more && (!may || !gather(next, NEXT_MICROS))) return true;
  }
}

/* Core 0 is told of what waits for USB where that is in nobody's way. */
TACTUS_INLINE bool tell_usb(void) {
  stamp now = port_now();
  if (!carry_usb_waits(now)) return false;
  struct lane_entry *pin = lane_head(&pins);
  if (pin && micros_until(pin->at, now) < USB_CLEAR_MICROS) return false;
  carry_usb_told(now);
  port_doorbell();
  return true;
}

TACTUS_INLINE bool move(void) {
  if (moving) {
    if (moving->inserting) lane_step(moving);
    if (moving->inserting) return true;
    if (moving != &pins) din_look();
    moving = 0;
    return true;
  }
  if (!ring_waiting(&staged)) return din_hear() || tell_usb();
  const struct lane_entry *entry = &staged_entries[staged.taken & (STAGED_LENGTH - 1)];
  uint32_t kind = entry->clear & ENTRY_KIND;
  moving = kind == ENTRY_CLOCK ? &din_clocks : kind == ENTRY_BYTE ? &din_bytes : &pins;
  moving->hand.at = entry->at; /* one by one: a copy of the whole could be a call of memcpy */
  moving->hand.set = entry->set;
  moving->hand.clear = entry->clear;
  ring_take(&staged);
  lane_insert(moving);
  return true;
}

TACTUS_RAM bool delivery_step(void) {
  bool departed = depart_what_is_due();
  if (din_tidy()) return true;
  /* Behind a departure only what a burst of them has held up: else the next ones are to be gathered first. */
  if (!din_is_due(port_now() + (departed ? -DIN_SLACK_MICROS : DIN_SPIN_MICROS))) return departed || move();
  bool begun = din_step();
  return depart_what_is_due() || begun || departed;
}

TACTUS_RAM bool delivery_next(stamp *at) {
  struct lane_entry *pin = lane_head(&pins);
  if (pin) *at = pin->at;
  if (din_due.any && (!pin || micros_until(din_due.at, *at) < 0)) *at = din_due.at;
  bool any = pin || din_due.any;
  stamp soon = port_now() + USB_LOOK_MICROS;
  if (!carry_usb_waits(soon) || (any && micros_until(soon, *at) > 0)) return any;
  *at = soon;
  return true;
}

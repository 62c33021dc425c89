#include "carry.h"
#include "delivery.h"
#include "ring.h"

#define OUTPUTS 2 /* DIN, USB */
#define DIN_ROUTE_BYTES 2048 /* a message is kept until it has left, for it may have to begin anew */
#define USB_ROUTE_BYTES 1024 /* 0.3 s of a DIN wire, for a host that looks away */
#define READY_BYTES 4 /* before each message: its earliest time */
#define TELL_MICROS 1000 /* USB is fed no more often: a transfer is 48 bytes, fifteen times what DIN brings */
#define HELD_BACK_LENGTH 64 /* TypeScript's packets that wait for the end of a carried message */
#define PATIENCE_MICROS 300000 /* so long TypeScript may take over a SysEx of its own */

struct route {
  uint8_t *bytes;
  uint32_t mask;
  uint32_t open;           /* the producer's: where the next byte of an unfinished message goes */
  volatile uint32_t put;   /* the producer's */
  volatile uint32_t taken; /* the consumer's: start of the message that it is at */
};

enum collecting { NOTHING, HEAD, OURS, FOREIGN, STRAY };

struct collector {
  enum collecting collecting;
  uint32_t length; /* F0 included; above LONGEST_SYSEX nothing counts any more */
  uint32_t wanted, open; /* bits of outputs: where it is to go, and whose routes have had room for all of it */
  uint8_t held[CARRY_HEAD_BYTES];
};

static uint8_t din_to_din[DIN_ROUTE_BYTES], usb_to_din[DIN_ROUTE_BYTES], din_to_usb[USB_ROUTE_BYTES], usb_to_usb[USB_ROUTE_BYTES];
static struct route routes[2][OUTPUTS]; /* by input and output */
static struct collector collectors[CARRY_INPUTS];
static struct carry_decision decisions[2]; /* decided & 1 is in force */
static volatile uint32_t decided;
static struct route *on_wire;   /* whose message the wire is at, */
static uint32_t wire_cursor;    /* and where in it */
static struct route *on_usb;    /* the same for USB */
static uint32_t usb_cursor;
static stamp told_at;
static bool own_open;           /* a SysEx of TypeScript's has begun on USB cable 1 and not ended, */
static stamp own_at;            /* and when it was last heard of */
static struct ring held_back;
static uint32_t held_back_packets[HELD_BACK_LENGTH];

struct carry_faults carry_faults[CARRY_INPUTS];

void carry_reset(void) {
  routes[0][0] = (struct route){.bytes = din_to_din, .mask = DIN_ROUTE_BYTES - 1};
  routes[0][1] = (struct route){.bytes = din_to_usb, .mask = USB_ROUTE_BYTES - 1};
  routes[1][0] = (struct route){.bytes = usb_to_din, .mask = DIN_ROUTE_BYTES - 1};
  routes[1][1] = (struct route){.bytes = usb_to_usb, .mask = USB_ROUTE_BYTES - 1};
  for (unsigned i = 0; i < CARRY_INPUTS; i++) {
    collectors[i] = (struct collector){.collecting = NOTHING};
    carry_faults[i] = (struct carry_faults){0};
  }
  decided = 0;
  on_wire = on_usb = 0;
  own_open = false;
  told_at = 0;
  held_back = (struct ring){0};
}

void carry_decide(const struct carry_decision *decision) {
  uint32_t next = decided + 1;
  decisions[next & 1] = *decision;
  port_barrier();
  decided = next ? next : 2;
}

/* ---- the hearing side ---- */

TACTUS_RAM const uint8_t *carry_held(enum carry_input input, unsigned *count) {
  *count = collectors[input].length;
  return collectors[input].held;
}

/* By what has come of it, F0 first. */
static TACTUS_RAM bool is_ours(enum carry_input input, const struct collector *c) {
  const struct carry_head *head = decisions[decided & 1].ours[input];
  uint32_t value = 0xffffffffu; /* what has not come is like nothing */
  for (uint32_t i = c->length - 1; i; i--) value = value << 8 | c->held[i];
  for (unsigned i = 0; i < CARRY_HEADS; i++, head++)
    if (head->mask && (value & head->mask) == head->value) return true;
  return false;
}

/* Where there is no room the message is not taken. */
TACTUS_INLINE void store(struct route *route, uint32_t output, struct collector *c, uint8_t byte) {
  if (!(c->open & output)) return;
  if (route->open - route->taken <= route->mask) route->bytes[route->open++ & route->mask] = byte;
  else c->open &= ~output;
}

static TACTUS_RAM void take(enum carry_input input, struct collector *c, uint8_t byte) {
  if (input == CARRY_CONFIG) return;
  store(&routes[input][0], 1, c, byte);
  store(&routes[input][1], 2, c, byte);
}

static TACTUS_RAM void begin_foreign(enum carry_input input, struct collector *c) {
  uint32_t wanted = decisions[decided & 1].routes;
  c->collecting = FOREIGN;
  c->wanted = c->open = (input == CARRY_DIN ? wanted : input == CARRY_USB ? wanted >> OUTPUTS : 0) & 3;
  for (unsigned output = 0; output < OUTPUTS && c->open; output++)
    routes[input][output].open = routes[input][output].put + READY_BYTES;
  for (uint32_t i = 0; i < c->length; i++) take(input, c, c->held[i]);
}

/* It is whole: the routes that took it have it. */
static TACTUS_RAM void finish(enum carry_input input, struct collector *c, stamp now) {
  stamp ready = now + decisions[decided & 1].through_micros;
  c->collecting = STRAY;
  if (c->length > LONGEST_SYSEX) {
    carry_faults[input].too_long++;
    return;
  }
  for (unsigned output = 0; output < OUTPUTS; output++) {
    struct route *route = &routes[input == CARRY_CONFIG ? CARRY_USB : input][output];
    if (c->open >> output & 1) {
      for (uint32_t i = 0, at = route->put; i < READY_BYTES; i++, at++) route->bytes[at & route->mask] = (uint8_t)(ready >> (8 * i));
      port_barrier();
      route->put = route->open;
    } else if (c->wanted >> output & 1) carry_faults[input].full += c->length;
  }
}

static TACTUS_RAM enum heard hear_status(enum carry_input input, struct collector *c, uint8_t byte, stamp now) {
  bool is_unfinished = c->collecting == HEAD || c->collecting == FOREIGN;
  if (byte == 0xf0 && c->collecting != OURS) { /* TypeScript has to hear what cuts a message that it is at */
    if (is_unfinished) carry_faults[input].broken++;
    c->collecting = HEAD;
    c->held[0] = byte;
    c->length = 1;
    return HEARD_HELD;
  }
  if (byte == 0xf7 && is_unfinished) {
    if (c->collecting == HEAD) {
      if (is_ours(input, c)) {
        c->collecting = NOTHING;
        c->held[c->length++] = byte;
        return HEARD_OURS;
      }
      begin_foreign(input, c);
    }
    c->length++;
    take(input, c, byte);
    finish(input, c, now);
    return HEARD_HELD;
  }
  if (is_unfinished) carry_faults[input].broken++;
  if (byte != 0xf0) c->collecting = NOTHING;
  return HEARD_PASS;
}

TACTUS_RAM enum heard carry_hear(enum carry_input input, uint8_t byte, stamp now) {
  struct collector *c = &collectors[input];
  if (byte >= 0xf8 || !decided) return HEARD_PASS;
  if (byte >= 0x80) return hear_status(input, c, byte, now);
  if (c->collecting == NOTHING || c->collecting == OURS) return HEARD_PASS;
  if (c->collecting == FOREIGN) {
    if (c->length > LONGEST_SYSEX) return HEARD_HELD;
    if (++c->length <= LONGEST_SYSEX) take(input, c, byte);
    else c->wanted = c->open = 0;
  } else if (c->collecting == STRAY) carry_faults[input].broken++;
  else {
    c->held[c->length++] = byte;
    if (c->length < CARRY_HEAD_BYTES) return HEARD_HELD;
    if (is_ours(input, c)) {
      c->collecting = OURS;
      return HEARD_OURS;
    }
    begin_foreign(input, c);
  }
  return HEARD_HELD;
}

/* Bytes of a packet by its code, and the code of a byte that travels alone. */
#define BYTE_ALONE 0xfu
static const uint8_t bytes_of_code[16] = {0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1};

/* Three at a time, for each is a turn of TypeScript; whoever takes them looks at the bytes. */
static unsigned packets_of(const uint8_t *bytes, unsigned count, uint32_t cable, uint32_t *packets) {
  unsigned made = 0;
  for (unsigned left = count; left; made++) {
    unsigned length = left >= 3 ? 3 : 1;
    packets[made] = cable | (length == 3 ? 4 : BYTE_ALONE);
    for (unsigned i = 1; i <= length; i++, left--) packets[made] |= (uint32_t)*bytes++ << (8 * i);
  }
  return made;
}

unsigned carry_packet(uint32_t packet, stamp now, uint32_t pass[CARRY_PACKETS]) {
  enum carry_input input = packet >> 4 & 0xf ? CARRY_CONFIG : CARRY_USB;
  unsigned length = bytes_of_code[packet & 0xf], passed = 0, held;
  uint8_t bytes[CARRY_HEAD_BYTES + 3];
  bool is_whole = true;
  for (unsigned i = 0; i < length; i++) {
    uint8_t byte = (uint8_t)(packet >> (8 * i + 8));
    enum heard heard = carry_hear(input, byte, now);
    is_whole &= heard == HEARD_PASS;
    const uint8_t *before = carry_held(input, &held);
    if (heard == HEARD_PASS) bytes[passed++] = byte;
    for (unsigned j = 0; heard == HEARD_OURS && j < held; j++) bytes[passed++] = before[j];
  }
  if (!is_whole) return packets_of(bytes, passed, packet & 0xf0, pass);
  pass[0] = packet;
  return length != 0;
}

/* ---- the DIN wire ---- */

TACTUS_INLINE stamp ready_at(const struct route *route) {
  uint32_t at = route->taken, ready = 0;
  for (uint32_t i = READY_BYTES; i; i--) ready = ready << 8 | route->bytes[(at + i - 1) & route->mask];
  return ready;
}

/* Of two routes to an output that whose first message is ready first. */
TACTUS_INLINE struct route *oldest(struct route *a, struct route *b) {
  bool has_a = a->put != a->taken, has_b = b->put != b->taken;
  port_barrier();
  if (has_a && has_b) return micros_until(ready_at(b), ready_at(a)) < 0 ? b : a;
  return has_a ? a : has_b ? b : 0;
}

TACTUS_RAM bool carry_din_peek(stamp *at, uint8_t *byte) {
  if (!on_wire) {
    on_wire = oldest(&routes[0][0], &routes[1][0]);
    if (!on_wire) return false;
    wire_cursor = on_wire->taken + READY_BYTES;
  }
  *at = ready_at(on_wire);
  *byte = on_wire->bytes[wire_cursor & on_wire->mask];
  return true;
}

TACTUS_INLINE void leave(struct route **route, uint32_t cursor) {
  port_barrier();
  (*route)->taken = cursor;
  *route = 0;
}

TACTUS_RAM void carry_din_sent(void) {
  bool is_last = on_wire->bytes[wire_cursor++ & on_wire->mask] == 0xf7;
  if (is_last) leave(&on_wire, wire_cursor);
}

TACTUS_RAM void carry_din_again(void) {
  if (on_wire) wire_cursor = on_wire->taken + READY_BYTES;
}

TACTUS_RAM uint32_t carry_din_news(void) { return routes[0][0].put + routes[1][0].put; }

/* ---- USB ---- */

TACTUS_RAM bool carry_usb_waits(stamp now) {
  if (routes[0][1].put == routes[0][1].taken && routes[1][1].put == routes[1][1].taken) {
    told_at = now - TELL_MICROS; /* kept near: stamps wrap */
    return false;
  }
  return micros_until(now, told_at) >= TELL_MICROS;
}

TACTUS_RAM void carry_usb_told(stamp now) { told_at = now; }

static bool is_on_clock_cable(uint32_t packet) { return !(packet & 0xf0); }
static bool is_real_time(uint32_t packet) { return (packet & 0xf) == BYTE_ALONE && (packet >> 8 & 0xff) >= 0xf8; }

/* Whether a SysEx of TypeScript's is open behind this packet. */
static TACTUS_RAM void follow_own(uint32_t packet) {
  uint32_t code = packet & 0xf;
  if (!is_on_clock_cable(packet) || is_real_time(packet)) return;
  own_open = code == 4 || (code == BYTE_ALONE && own_open);
  own_at = port_now();
}

TACTUS_RAM bool carry_usb_due(uint32_t *packet) {
  if (!on_usb && ring_waiting(&held_back)) {
    *packet = held_back_packets[held_back.taken & (HELD_BACK_LENGTH - 1)];
    ring_take(&held_back);
    follow_own(*packet);
    return true;
  }
  while (usb_due_take(packet)) {
    bool waits = on_usb && is_on_clock_cable(*packet) && !is_real_time(*packet);
    if (!waits) {
      follow_own(*packet);
      return true;
    }
    if (ring_waiting(&held_back) == HELD_BACK_LENGTH) delivery_faults.usb_full++;
    else {
      held_back_packets[held_back.put & (HELD_BACK_LENGTH - 1)] = *packet;
      ring_put(&held_back);
    }
  }
  return false;
}

bool carry_usb_take(uint32_t *packet) {
  if (!on_usb) {
    if (own_open && micros_until(port_now(), own_at) < PATIENCE_MICROS) return false;
    own_open = false;
    struct route *next = oldest(&routes[0][1], &routes[1][1]);
    if (!next || micros_until(ready_at(next), port_now()) > 0 || ring_waiting(&held_back)) return false;
    on_usb = next;
    usb_cursor = next->taken + READY_BYTES;
  }
  uint32_t length = 0;
  bool is_last = false;
  *packet = 0;
  while (length < 3 && !is_last) {
    uint8_t byte = on_usb->bytes[usb_cursor++ & on_usb->mask];
    *packet |= (uint32_t)byte << (8 * ++length);
    is_last = byte == 0xf7;
  }
  *packet |= is_last ? 4 + length : 4;
  if (is_last) leave(&on_usb, usb_cursor);
  return true;
}

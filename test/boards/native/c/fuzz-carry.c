/*
 * The third world of the fuzz target: two MIDI inputs full of whole, cut, short, endless and stray SysEx, while TypeScript sends notes,
 * clocks and song positions to the same outputs. Beside it runs a parser that keeps whole messages in lists. Then:
 *
 *    captured     byte by byte what the model hands to TypeScript
 *    wire, USB    every message whole, none within another, those of an input in their order; only song position cuts, and what it
 *                 cuts comes again; notes, clocks and positions all there
 *    lost         as many bytes as are counted
 */
#include "fuzz-carry.h"
#include "behaviour.h"
#include "capture.h"
#include "carry.h"
#include "delivery.h"
#include "din.h"
#include "port.h"

#define THROUGH 2000
#define MOST_MESSAGES 2048
#define MOST_TEXT (1u << 20)
#define MADE 0x43 /* the maker in a message from DIN; one more from USB */
#define IN_DIN 0
#define IN_USB 1
#define OUT_DIN 0
#define OUT_USB 1

struct message {
  const uint8_t *bytes;
  size_t length;
  bool seen[2];
};
static struct message sent[2][MOST_MESSAGES]; /* foreign and whole, by input */
static uint32_t routes;
static size_t sent_count[2], next_seen[2][2]; /* [output][input] */
static size_t seen_bytes[2][2];
static uint8_t text[MOST_TEXT];
static size_t text_used;

/* The model of an input. */
static struct model {
  uint8_t bytes[LONGEST_SYSEX + 1];
  size_t length; /* 0: no SysEx; more than fits: too long */
  bool passes, behind;
} models[2];
static uint8_t expected[2][1 << 16]; /* what TypeScript gets */
static size_t expected_put[2], expected_taken[2];

static void expect(unsigned in, uint8_t byte) {
  PROMISE(expected_put[in] < sizeof expected[in]);
  expected[in][expected_put[in]++] = byte;
}

static bool is_ours(const struct model *m) {
  return m->length >= 4 && m->bytes[1] == 0x42 && m->bytes[2] == 0x30 && m->bytes[3] == 0x7f;
}

static void model_hears(unsigned in, uint8_t byte) {
  struct model *m = &models[in];
  if (byte >= 0xf8 || m->passes) {
    expect(in, byte);
    if (byte >= 0x80 && byte < 0xf8 && byte != 0xf0) m->passes = false;
    return;
  }
  if (byte == 0xf0) {
    m->bytes[0] = byte;
    m->length = 1;
    m->behind = false;
    return;
  }
  if (!m->length) {
    if (byte >= 0x80) m->behind = false;
    if (!m->behind) expect(in, byte);
    return;
  }
  if (byte >= 0x80 && byte != 0xf7) {
    m->length = 0;
    expect(in, byte);
    return;
  }
  if (m->length < sizeof m->bytes) m->bytes[m->length++] = byte;
  bool ends = byte == 0xf7, decides = m->length == 5 || (ends && m->length < 5);
  if (decides && is_ours(m)) {
    for (size_t i = 0; i < m->length; i++) expect(in, m->bytes[i]);
    m->length = 0;
    m->passes = !ends;
  } else if (ends) {
    bool fits = m->length <= LONGEST_SYSEX && m->bytes[m->length - 1] == 0xf7;
    if (fits) {
      PROMISE(sent_count[in] < MOST_MESSAGES && text_used + m->length < MOST_TEXT);
      memcpy(text + text_used, m->bytes, m->length);
      sent[in][sent_count[in]++] = (struct message){text + text_used, m->length, {false, false}};
      text_used += m->length;
    }
    m->length = 0;
    m->behind = true;
  }
}

/* What an output says, byte by byte. */
static struct output {
  uint8_t bytes[LONGEST_SYSEX];
  size_t length; /* of a SysEx so far */
  unsigned data_left;
  unsigned notes, positions, clocks;
} outputs[2];

/* Messages made by some_sysex say where they came from and keep their order; what random bytes have made only has to be there. */
static void see_message(unsigned out) {
  struct output *o = &outputs[out];
  bool made[2] = {o->bytes[1] == MADE, o->bytes[1] == MADE + 1};
  for (unsigned in = 0; in < 2; in++)
    for (size_t i = !(routes >> (2 * in + out) & 1) ? sent_count[in] : made[in] ? next_seen[out][in] : 0; i < sent_count[in] && !made[1 - in]; i++) {
      struct message *m = &sent[in][i];
      if (m->seen[out] || m->length != o->length || memcmp(m->bytes, o->bytes, o->length)) continue;
      m->seen[out] = true;
      if (made[in]) next_seen[out][in] = i + 1;
      seen_bytes[out][in] += o->length;
      o->length = 0;
      return;
    }
  PROMISE(!"it came in, and before this");
}

static void see(unsigned out, uint8_t byte) {
  struct output *o = &outputs[out];
  if (byte >= 0xf8) {
    o->clocks++;
    return;
  }
  if (byte < 0x80 && !o->length) {
    PROMISE(o->data_left);
    o->data_left--;
    return;
  }
  PROMISE(!o->data_left);
  if (byte == 0x90 || byte == 0xf2) {
    PROMISE(!o->length || (byte == 0xf2 && out == OUT_DIN));
    o->length = 0;
    o->data_left = 2;
    if (byte == 0x90) o->notes++;
    else o->positions++;
    return;
  }
  PROMISE(byte < 0x80 || byte == 0xf7 || (byte == 0xf0 && !o->length));
  PROMISE(o->length < LONGEST_SYSEX);
  o->bytes[o->length++] = byte;
  if (byte == 0xf7) see_message(out);
}

static void see_packet(uint32_t packet) {
  static const uint8_t lengths[16] = {0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1};
  for (unsigned i = 0; i < lengths[packet & 0xf]; i++) see(OUT_USB, (uint8_t)(packet >> (8 * i + 8)));
}

static void take_captured(unsigned in, uint8_t byte) {
  PROMISE(expected_taken[in] < expected_put[in]);
  PROMISE_EQUAL(byte, expected[in][expected_taken[in]++]);
}

static void look(void) {
  for (size_t i = 0; i < fake.din_count; i++) see(OUT_DIN, (uint8_t)fake.din[i].set);
  fake.din_count = 0;
  struct captured event;
  while (capture_take(&event)) take_captured(IN_DIN, event.value);
  uint32_t packet;
  while (carry_usb_due(&packet)) see_packet(packet);
  for (unsigned i = 0; i < 4 && carry_usb_take(&packet); i++) see_packet(packet);
  while (carry_usb_due(&packet)) see_packet(packet);
}

static void turn(unsigned steps) {
  for (; steps; steps--) {
    if (!delivery_step()) fake.now += SPIN_MICROS - 1;
    look();
  }
}

static void din_in(uint8_t byte) {
  model_hears(IN_DIN, byte);
  capture_din(byte);
  look();
}

static void usb_in(uint32_t packet, unsigned length) {
  uint32_t pass[CARRY_PACKETS];
  for (unsigned i = 0; i < length; i++) model_hears(IN_USB, (uint8_t)(packet >> (8 * i + 8)));
  unsigned count = carry_packet(packet, fake.now, pass);
  PROMISE(count <= CARRY_PACKETS);
  for (unsigned i = 0; i < count; i++) {
    unsigned bytes = (pass[i] & 0xf) == 0xf ? 1 : (pass[i] & 0xf) == 4 ? 3 : length;
    for (unsigned j = 0; j < bytes; j++) take_captured(IN_USB, (uint8_t)(pass[i] >> (8 * j + 8)));
  }
}

static void usb_message(const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i += 3) {
    unsigned part = length - i > 3 ? 3 : (unsigned)(length - i);
    uint32_t packet = bytes[i + part - 1] == 0xf7 ? 4 + part : part == 3 ? 4 : 0xf;
    for (unsigned j = 0; j < part; j++) packet |= (uint32_t)bytes[i + j] << (8 * j + 8);
    if (packet & 0xf || part == 1) usb_in(packet, part);
  }
}

static size_t some_sysex(uint8_t *bytes, unsigned in) {
  static uint32_t serial;
  size_t length = 0, data = fuzz_next() & 1 ? fuzz_next() % 24 : 480 + fuzz_next() % 40;
  bool ours = fuzz_next() % 5 == 0;
  bytes[length++] = 0xf0;
  serial++;
  const uint8_t head[] = {ours ? 0x42 : MADE + in, ours ? 0x30 : serial & 0x7f, ours ? 0x7f : serial >> 7 & 0x7f};
  for (size_t i = 0; i < data; i++) bytes[length++] = i < 3 ? head[i] : (uint8_t)(i & 0x7f);
  bytes[length++] = 0xf7;
  return length;
}

static void act(stamp *typescript, unsigned wanted[4]) {
  uint8_t bytes[600];
  uint32_t what = fuzz_next() % 9;
  stamp now = fake.now;
  if (micros_until(*typescript, now) < 1000) *typescript = now + 1000;
  if (what < 2) {
    size_t length = some_sysex(bytes, what);
    if (what == IN_USB) usb_message(bytes, length);
    else
      for (size_t i = 0; i < length; i++) {
        din_in(bytes[i]);
        if (fuzz_next() % 16 == 0) turn(fuzz_next());
      }
  } else if (what < 4) {
    static const uint8_t kinds[] = {0xf0, 0xf7, 0xf8, 0x90, 0xf6, 0x42, 0x30, 0x7f};
    uint32_t kind = fuzz_next();
    uint8_t byte = kind & 0x80 ? kinds[kind & 7] : (uint8_t)(kind & 0x7f);
    if (byte == MADE || byte == MADE + 1) byte = 0;
    if (what == 2) din_in(byte);
    else usb_in((uint32_t)byte << 8 | 0xf, 1);
  } else if (what == 4 && bytes_room() > 64) {
    for (unsigned i = 0; i < 3; i++, *typescript += DIN_BYTE_MICROS) PROMISE(schedule_din(*typescript, i ? 60 : 0x90));
    wanted[0]++;
  } else if (what == 5 && clocks_room() > 8) {
    for (unsigned i = 0; i < 3; i++, *typescript += DIN_BYTE_MICROS) PROMISE(schedule_din(*typescript, i ? 8 : 0xf2));
    wanted[1]++;
  } else if (what == 6 && clocks_room() > 8 && pins_room() > 8) {
    PROMISE(schedule_din(now + 1500, 0xf8));
    PROMISE(schedule_usb(now + 1500, 0xf80f));
    wanted[2]++;
  } else if (what == 7 && pins_room() > 8) {
    PROMISE(schedule_usb(now + 500, 0x643c9009));
    wanted[3]++;
  }
  turn(1u + (fuzz_next() << (fuzz_next() & 3)));
}

void carry_world(void) {
  fake = (struct fake){.now = fuzz_next() << 24 | 0xff0000};
  fake.wire_idle_at = fake.now;
  delivery_reset();
  capture_reset();
  memset(models, 0, sizeof models);
  memset(outputs, 0, sizeof outputs);
  memset(next_seen, 0, sizeof next_seen);
  memset(seen_bytes, 0, sizeof seen_bytes);
  memset(sent_count, 0, sizeof sent_count);
  memset(expected_put, 0, sizeof expected_put);
  memset(expected_taken, 0, sizeof expected_taken);
  text_used = 0;
  routes = fuzz_next() & 15;
  struct carry_decision decision = {.routes = routes, .through_micros = THROUGH};
  decision.ours[CARRY_DIN][1] = decision.ours[CARRY_USB][0] = (struct carry_head){0x7f3042, 0xffffff};
  carry_decide(&decision);

  unsigned wanted[4] = {0};
  stamp typescript = fake.now + 1000;
  while (fuzz_left() && sent_count[0] < 500 && sent_count[1] < 500) act(&typescript, wanted);
  for (unsigned quiet = 0; quiet < 12000; quiet++) {
    if (delivery_step()) quiet = 0;
    else fake.now += SPIN_MICROS - 1;
    look();
  }
  size_t wanted_bytes = 0, gone = 0;
  for (unsigned in = 0; in < 2; in++) {
    for (unsigned out = 0; out < 2; out++) {
      for (size_t i = 0; i < sent_count[in] && routes >> (2 * in + out) & 1; i++) wanted_bytes += sent[in][i].length;
      gone += seen_bytes[out][in];
    }
    gone += carry_faults[in].full;
    PROMISE_EQUAL(expected_taken[in] + (in == IN_DIN ? capture_faults.full : 0), expected_put[in]);
  }
  PROMISE_EQUAL(gone, wanted_bytes);
  PROMISE_EQUAL(outputs[OUT_DIN].length + outputs[OUT_USB].length, 0);
  PROMISE_EQUAL(outputs[OUT_DIN].notes, wanted[0]);
  PROMISE_EQUAL(outputs[OUT_DIN].positions, wanted[1]);
  PROMISE_EQUAL(outputs[OUT_DIN].clocks, wanted[2]);
  PROMISE_EQUAL(outputs[OUT_USB].clocks, wanted[2]);
  PROMISE_EQUAL(outputs[OUT_USB].notes + delivery_faults.usb_full, wanted[3]);
}

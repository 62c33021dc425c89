#include "carry.h"
#include "behaviour.h"
#include "capture.h"
#include "delivery.h"
#include "din.h"
#include "port.h"

#define THROUGH 2000
#define EVERYWHERE (CARRY_DIN_TO_DIN | CARRY_DIN_TO_USB | CARRY_USB_TO_DIN | CARRY_USB_TO_USB)
#define BYTE 320

static void decide(uint32_t routes) {
  struct carry_decision decision = {.routes = routes, .through_micros = THROUGH};
  for (unsigned input = 0; input < CARRY_INPUTS; input++) {
    decision.ours[input][0] = (struct carry_head){0x0106007e, 0xffff00ff}; /* 7E dd 06 01 */
    decision.ours[input][1] = (struct carry_head){0x7f3042, 0xffffff};     /* 42 30 7F */
  }
  carry_decide(&decision);
}

static void start(uint32_t routes) {
  fake = (struct fake){.now = 10000, .wire_idle_at = 10000};
  delivery_reset();
  capture_reset();
  decide(routes);
}

static void run_until(stamp end) {
  while (micros_until(end, fake.now) > 0) delivery_step();
}

static void hear(const uint8_t *bytes, unsigned length) {
  for (unsigned i = 0; i < length; i++) capture_din(bytes[i]);
}
#define HEAR(...) hear((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void expect_captured(const uint8_t *bytes, unsigned length) {
  struct captured event;
  for (unsigned i = 0; i < length; i++) {
    PROMISE(capture_take(&event));
    PROMISE_EQUAL(event.kind, CAPTURED_DIN);
    PROMISE_EQUAL(event.value, bytes[i]);
  }
  PROMISE(!capture_take(&event));
}
#define EXPECT_CAPTURED(...) expect_captured((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define EXPECT_NOTHING_CAPTURED() expect_captured(0, 0)

static void expect_din(const uint8_t *bytes, unsigned length) {
  PROMISE_EQUAL(fake.din_count, length);
  for (unsigned i = 0; i < length; i++) PROMISE_EQUAL(fake.din[i].set, bytes[i]);
  fake.din_count = 0;
}
#define EXPECT_DIN(...) expect_din((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static uint32_t faults(unsigned input) { return carry_faults[input].full + carry_faults[input].too_long + carry_faults[input].broken; }

/* So many bytes, F0 and F7 included. */
static void hear_long(unsigned length) {
  HEAR(0xf0, 0x43);
  for (unsigned i = 2; i < length - 1; i++) capture_din((uint8_t)(i & 0x7f));
  HEAR(0xf7);
}

BEHAVIOUR(until_something_is_decided_all_is_captured) {
  start(EVERYWHERE);
  delivery_reset();
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 0xf7);
  EXPECT_CAPTURED(0xf0, 0x43, 1, 2, 3, 4, 0xf7);
}

BEHAVIOUR(foreign_sysex_leaves_whole_where_it_is_to_go_and_is_not_captured) {
  start(EVERYWHERE);
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
  EXPECT_NOTHING_CAPTURED();
  stamp end = fake.now;
  run_until(end + THROUGH + 10 * BYTE);
  PROMISE(fake.din[0].at - end >= THROUGH - 1 && fake.din[0].at - end <= THROUGH + 2);
  for (unsigned i = 1; i < 8; i++) PROMISE_EQUAL(fake.din[i].at - fake.din[i - 1].at, BYTE);
  EXPECT_DIN(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
  uint32_t packet;
  PROMISE(carry_usb_take(&packet));
  PROMISE_EQUAL(packet, 0x0143f004);
  PROMISE(carry_usb_take(&packet));
  PROMISE_EQUAL(packet, 0x04030204);
  PROMISE(carry_usb_take(&packet));
  PROMISE_EQUAL(packet, 0x00f70506);
  PROMISE(!carry_usb_take(&packet));
}

BEHAVIOUR(it_goes_nowhere_else) {
  start(CARRY_DIN_TO_USB);
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
  run_until(fake.now + 10000);
  PROMISE_EQUAL(fake.din_count, 0);
  start(CARRY_USB_TO_DIN);
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
  run_until(fake.now + 10000);
  PROMISE_EQUAL(fake.din_count, 0);
  uint32_t packet;
  PROMISE(!carry_usb_take(&packet));
}

BEHAVIOUR(short_ones_are_carried_too) {
  start(CARRY_DIN_TO_DIN);
  HEAR(0xf0, 0xf7, 0xf0, 0x42, 0xf7, 0xf0, 0x42, 0x30, 0xf7);
  EXPECT_NOTHING_CAPTURED();
  run_until(fake.now + 20000);
  EXPECT_DIN(0xf0, 0xf7, 0xf0, 0x42, 0xf7, 0xf0, 0x42, 0x30, 0xf7);
}

BEHAVIOUR(what_is_ours_is_captured_whole) {
  start(EVERYWHERE);
  HEAR(0xf0, 0x7e, 0x55, 6, 1, 0xf7);
  EXPECT_CAPTURED(0xf0, 0x7e, 0x55, 6, 1, 0xf7);
  HEAR(0xf0, 0x42, 0x30, 0x7f, 0xf7);
  EXPECT_CAPTURED(0xf0, 0x42, 0x30, 0x7f, 0xf7);
  HEAR(0xf0, 0x42, 0x30, 0x7f, 1, 0xf8, 2, 0xf7, 0x90, 1, 2);
  EXPECT_CAPTURED(0xf0, 0x42, 0x30, 0x7f, 1, 0xf8, 2, 0xf7, 0x90, 1, 2);
  HEAR(0xf0, 0x42, 0x31, 0x7f, 1, 2, 0xf7);
  EXPECT_NOTHING_CAPTURED();
}

BEHAVIOUR(real_time_inside_is_captured_at_once) {
  start(EVERYWHERE);
  HEAR(0xf0, 0xf8, 0x43);
  EXPECT_CAPTURED(0xf8);
  HEAR(1, 2, 3, 4, 0xfa, 5, 0xf7);
  EXPECT_CAPTURED(0xfa);
  run_until(fake.now + 10000);
  EXPECT_DIN(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
}

BEHAVIOUR(what_a_status_cuts_short_goes_nowhere_and_the_status_is_captured) {
  start(EVERYWHERE);
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 0x90, 60, 100);
  EXPECT_CAPTURED(0x90, 60, 100);
  HEAR(0xf0, 0x43, 0xf0, 0x44, 1, 0xf7);
  run_until(fake.now + 10000);
  EXPECT_DIN(0xf0, 0x44, 1, 0xf7);
  PROMISE_EQUAL(carry_faults[CARRY_DIN].broken, 2);
}

BEHAVIOUR(data_behind_a_carried_sysex_have_no_running_status) {
  start(EVERYWHERE);
  HEAR(0x90, 60, 100, 0xf0, 0x43, 0xf7, 61, 101);
  EXPECT_CAPTURED(0x90, 60, 100);
  PROMISE_EQUAL(carry_faults[CARRY_DIN].broken, 2);
  HEAR(0x80, 60, 0);
  EXPECT_CAPTURED(0x80, 60, 0);
}

BEHAVIOUR(a_sysex_that_cuts_one_of_ours_is_captured_with_it) {
  start(EVERYWHERE);
  HEAR(0xf0, 0x42, 0x30, 0x7f, 1, 0xf0, 0x43, 1, 0xf7);
  EXPECT_CAPTURED(0xf0, 0x42, 0x30, 0x7f, 1, 0xf0, 0x43, 1, 0xf7);
  HEAR(0xf0, 0x43, 1, 0xf7);
  EXPECT_NOTHING_CAPTURED();
}

BEHAVIOUR(the_longest_passes_and_one_longer_is_dropped_whole) {
  start(CARRY_DIN_TO_DIN);
  hear_long(LONGEST_SYSEX);
  run_until(fake.now + THROUGH + (LONGEST_SYSEX + 10) * BYTE);
  PROMISE_EQUAL(fake.din_count, LONGEST_SYSEX);
  PROMISE_EQUAL(fake.din[LONGEST_SYSEX - 1].set, 0xf7);
  hear_long(LONGEST_SYSEX + 1);
  hear_long(3 * LONGEST_SYSEX);
  run_until(fake.now + THROUGH + 4 * LONGEST_SYSEX * BYTE);
  PROMISE_EQUAL(fake.din_count, LONGEST_SYSEX);
  PROMISE_EQUAL(carry_faults[CARRY_DIN].too_long, 2);
  PROMISE_EQUAL(faults(CARRY_DIN), 2);
}

BEHAVIOUR(what_finds_no_room_is_dropped_whole_for_that_output_and_counted) {
  start(CARRY_DIN_TO_DIN | CARRY_DIN_TO_USB);
  for (unsigned i = 0; i < 40; i++) hear_long(96); /* 2048 bytes take 20 of them, 1024 ten */
  PROMISE_EQUAL(carry_faults[CARRY_DIN].full, 96 * (20 + 30));
  run_until(fake.now + THROUGH + 40 * 96 * BYTE);
  PROMISE_EQUAL(fake.din_count, 20 * 96);
  for (unsigned i = 0; i < 20; i++) {
    PROMISE_EQUAL(fake.din[96 * i].set, 0xf0);
    PROMISE_EQUAL(fake.din[96 * i + 95].set, 0xf7);
  }
  uint32_t packet;
  unsigned packets = 0;
  while (carry_usb_take(&packet)) packets++;
  PROMISE_EQUAL(packets, 10 * 32);
}

/* Wherever among the bytes a clock falls: also where one would be done a hair too late for it. */
BEHAVIOUR(clocks_stand_on_their_microsecond_inside) {
  for (unsigned into = 0; into < BYTE; into++) {
    start(CARRY_DIN_TO_DIN);
    hear_long(30);
    stamp first = fake.now + THROUGH + 1000 + into;
    for (unsigned i = 0; i < 3; i++) schedule_din(first + 2083 * i, 0xf8);
    run_until(fake.now + THROUGH + 40 * BYTE);
    unsigned clocks = 0, data = 0;
    for (unsigned i = 0; i < fake.din_count; i++) {
      if (fake.din[i].set != 0xf8) data++;
      else PROMISE(fake.din[i].at - (first + 2083 * clocks++) <= 1);
    }
    PROMISE_EQUAL(clocks, 3);
    PROMISE_EQUAL(data, 30);
  }
}

static void schedule(stamp at, const uint8_t *bytes, unsigned length) {
  for (unsigned i = 0; i < length; i++) schedule_din(at + BYTE * i, bytes[i]);
}
#define SCHEDULE(at, ...) schedule(at, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

BEHAVIOUR(a_note_waits_for_the_end_of_it_and_it_for_the_end_of_a_note) {
  start(CARRY_DIN_TO_DIN);
  HEAR(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7);
  stamp ready = fake.now + THROUGH;
  SCHEDULE(ready + 500, 0x90, 60, 100);
  run_until(ready + 20 * BYTE);
  EXPECT_DIN(0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7, 0x90, 60, 100);
  HEAR(0xf0, 0x43, 0xf7);
  ready = fake.now + THROUGH;
  SCHEDULE(ready - 100, 0x90, 61, 101, 0xc0, 5);
  run_until(ready + 20 * BYTE);
  EXPECT_DIN(0x90, 61, 101, 0xf0, 0x43, 0xf7, 0xc0, 5);
}

BEHAVIOUR(a_sysex_of_typescripts_is_not_cut_even_if_the_rest_of_it_comes_late) {
  start(CARRY_DIN_TO_DIN);
  SCHEDULE(fake.now + 100, 0xf0, 0x7e, 0x7f);
  HEAR(0xf0, 0x43, 0xf7);
  run_until(fake.now + 20000);
  EXPECT_DIN(0xf0, 0x7e, 0x7f);
  SCHEDULE(fake.now + 100, 6, 2, 0xf7);
  run_until(fake.now + 20000);
  EXPECT_DIN(6, 2, 0xf7, 0xf0, 0x43, 0xf7);
}

BEHAVIOUR(a_message_that_never_ends_does_not_keep_the_wire_for_ever) {
  start(CARRY_DIN_TO_DIN);
  SCHEDULE(fake.now + 100, 0xf0, 0x7e);
  HEAR(0xf0, 0x43, 0xf7);
  run_until(fake.now + 290000);
  EXPECT_DIN(0xf0, 0x7e);
  run_until(fake.now + 20000);
  EXPECT_DIN(0xf0, 0x43, 0xf7);
}

BEHAVIOUR(song_position_cuts_it_and_it_begins_anew) {
  start(CARRY_DIN_TO_DIN);
  hear_long(10);
  stamp ready = fake.now + THROUGH;
  SCHEDULE(ready + 3 * BYTE + 100, 0xf2, 3, 4, 0xfa);
  run_until(ready + 30 * BYTE);
  PROMISE_EQUAL(fake.din[3].set, 0xf2);
  PROMISE_EQUAL(fake.din[3].at, ready + 3 * BYTE + 100);
  EXPECT_DIN(0xf0, 0x43, 2, 0xf2, 3, 4, 0xfa, 0xf0, 0x43, 2, 3, 4, 5, 6, 7, 8, 0xf7);
  PROMISE_EQUAL(faults(CARRY_DIN), 0);
}

BEHAVIOUR(no_byte_is_on_the_wire_while_a_pulse_is_expected) {
  start(CARRY_DIN_TO_DIN);
  hear_long(20);
  stamp ready = fake.now + THROUGH, from = ready + 1000, until = ready + 3000;
  din_guard(true, from, until);
  run_until(ready + 40 * BYTE);
  for (unsigned i = 0; i < fake.din_count; i++)
    PROMISE(micros_until(fake.din[i].at + BYTE, from) <= 0 || micros_until(fake.din[i].at, until) >= 0);
  PROMISE_EQUAL(fake.din_count, 20);
  hear_long(20);
  din_guard(true, fake.now + THROUGH, fake.now + 1000000);
  din_guard(false, 0, 0);
  run_until(fake.now + THROUGH + 30 * BYTE);
  PROMISE_EQUAL(fake.din_count, 40);
}

static unsigned hear_packet(uint32_t packet, uint32_t *pass) { return carry_packet(packet, fake.now, pass); }

BEHAVIOUR(packets_are_heard_as_bytes_are) {
  uint32_t pass[CARRY_PACKETS];
  start(EVERYWHERE);
  PROMISE_EQUAL(hear_packet(0x643c9009, pass), 1);
  PROMISE_EQUAL(pass[0], 0x643c9009);
  PROMISE_EQUAL(hear_packet(0x0143f004, pass), 0);
  PROMISE_EQUAL(hear_packet(0x0000f80f, pass), 1);
  PROMISE_EQUAL(pass[0], 0x0000f80f);
  PROMISE_EQUAL(hear_packet(0x00f70206, pass), 0);
  run_until(fake.now + 10000);
  EXPECT_DIN(0xf0, 0x43, 1, 2, 0xf7);
  PROMISE_EQUAL(hear_packet(0x557ef004, pass), 0);
  PROMISE_EQUAL(hear_packet(0xf7010607, pass), 2);
  PROMISE_EQUAL(pass[0], 0x557ef004);
  PROMISE_EQUAL(pass[1], 0xf7010604);
}

BEHAVIOUR(the_cables_are_told_apart_and_what_is_foreign_on_the_second_goes_nowhere) {
  uint32_t pass[CARRY_PACKETS];
  start(EVERYWHERE);
  PROMISE_EQUAL(hear_packet(0x0143f004, pass), 0);
  PROMISE_EQUAL(hear_packet(0x0144f014, pass), 0);
  PROMISE_EQUAL(hear_packet(0x00f70216, pass), 0);
  PROMISE_EQUAL(hear_packet(0x00f70306, pass), 0);
  run_until(fake.now + 10000);
  EXPECT_DIN(0xf0, 0x43, 1, 3, 0xf7);
  PROMISE_EQUAL(faults(CARRY_CONFIG), 0);
}

BEHAVIOUR(of_both_inputs_the_message_that_ended_first_goes_first) {
  uint32_t pass[CARRY_PACKETS];
  start(EVERYWHERE);
  HEAR(0xf0, 0x43, 1);
  hear_packet(0x0244f004, pass);
  hear_packet(0x0000f705, pass);
  fake.now += 500;
  HEAR(0xf7);
  run_until(fake.now + 20000);
  EXPECT_DIN(0xf0, 0x44, 2, 0xf7, 0xf0, 0x43, 1, 0xf7);
}

BEHAVIOUR(usb_is_told_of_it_where_no_pin_is_near_and_not_more_often_than_each_millisecond) {
  start(CARRY_DIN_TO_USB);
  hear_long(300);
  schedule_pins(fake.now + 350, 1, 0);
  unsigned before = fake.doorbells;
  stamp pin = fake.now + 350;
  run_until(pin);
  PROMISE_EQUAL(fake.doorbells, before);
  run_until(pin + 5000);
  PROMISE(fake.doorbells - before >= 4 && fake.doorbells - before <= 6);
}

BEHAVIOUR(a_clock_overtakes_a_carried_message_on_usb_and_a_note_waits_for_its_end) {
  uint32_t packet;
  start(CARRY_DIN_TO_USB);
  HEAR(0xf0, 0x43, 1, 2, 3, 0xf7);
  run_until(fake.now + THROUGH + 10);
  PROMISE(carry_usb_take(&packet));
  schedule_usb(fake.now + 10, 0x643c9009);
  schedule_usb(fake.now + 10, 0xf80f);
  schedule_usb(fake.now + 10, 0x0143f014); /* another cable's */
  run_until(fake.now + 100);
  PROMISE(carry_usb_due(&packet));
  PROMISE_EQUAL(packet, 0xf80f);
  PROMISE(carry_usb_due(&packet));
  PROMISE_EQUAL(packet, 0x0143f014);
  PROMISE(!carry_usb_due(&packet));
  PROMISE(carry_usb_take(&packet));
  PROMISE_EQUAL(packet, 0xf7030207);
  PROMISE(carry_usb_due(&packet));
  PROMISE_EQUAL(packet, 0x643c9009);
}

BEHAVIOUR(a_sysex_of_typescripts_on_usb_is_not_cut) {
  uint32_t packet;
  start(CARRY_DIN_TO_USB);
  HEAR(0xf0, 0x43, 1, 2, 3, 0xf7);
  run_until(fake.now + THROUGH + 10);
  schedule_usb(fake.now + 10, 0x7f7ef004);
  run_until(fake.now + 100);
  PROMISE(carry_usb_due(&packet));
  PROMISE(!carry_usb_take(&packet));
  schedule_usb(fake.now + 10, 0xf7020607);
  run_until(fake.now + 100);
  PROMISE(carry_usb_due(&packet));
  PROMISE(carry_usb_take(&packet));
}

BEHAVIOUR(a_new_decision_holds_from_the_next_message_on) {
  start(CARRY_DIN_TO_DIN);
  HEAR(0xf0, 0x43, 1, 2, 3);
  decide(0);
  HEAR(4, 0xf7, 0xf0, 0x43, 1, 2, 3, 0xf7);
  run_until(fake.now + 20000);
  EXPECT_DIN(0xf0, 0x43, 1, 2, 3, 4, 0xf7);
}

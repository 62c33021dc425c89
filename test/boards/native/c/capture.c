#include "capture.h"
#include "behaviour.h"
#include "delivery.h"
#include "port.h"

#define CV 0
#define RESET 1
#define CV_PIN (1u << 10)
#define RESET_PIN (1u << 11)

static void start(void) {
  fake = (struct fake){.now = 1000, .wire_idle_at = 1000};
  delivery_reset();
  capture_reset();
  capture_listen(CV, CV_PIN, false);
  capture_listen(RESET, RESET_PIN, false);
}

static void levels_at(stamp now, uint32_t levels) {
  fake.now = now;
  fake.levels = levels;
  fake.looks = 0;
  capture_edges(now);
  while (capture_step()) continue;
}

static void turn_at(stamp now) {
  fake.now = now;
  fake.looks = 0;
  while (capture_step()) continue;
}

static void expect(stamp at, unsigned input, unsigned value, unsigned answered) {
  struct captured event;
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.kind, CAPTURED_EDGE);
  PROMISE_EQUAL(event.at, at);
  PROMISE_EQUAL(event.input, input);
  PROMISE_EQUAL(event.value, value);
  PROMISE_EQUAL(event.answered, answered);
}

static void expect_nothing(void) {
  struct captured event;
  PROMISE(!capture_take(&event));
}

BEHAVIOUR(both_edges_are_stamped_and_ring) {
  start();
  levels_at(2000, CV_PIN);
  levels_at(2100, 0);
  PROMISE_EQUAL(fake.doorbells, 2);
  expect(2000, CV, 1, 0);
  expect(2100, CV, 0, 0);
  expect_nothing();
}

BEHAVIOUR(an_inverted_input_counts_upside_down) {
  start();
  fake.levels = RESET_PIN;
  capture_listen(RESET, RESET_PIN, true);
  levels_at(2000, 0);
  expect(2000, RESET, 1, 0);
}

BEHAVIOUR(a_pulse_that_ends_before_capture_begins_does_not_swallow_the_next) {
  start();
  fake.levels = CV_PIN;
  capture_listen(CV, CV_PIN, false);
  fake.levels = 0;
  capture_begin();
  levels_at(2000, CV_PIN);
  expect(2000, CV, 1, 0);
  expect_nothing();
}

BEHAVIOUR(simultaneous_edges_carry_one_stamp) {
  start();
  levels_at(2000, CV_PIN | RESET_PIN);
  expect(2000, CV, 1, 0);
  expect(2000, RESET, 1, 0);
}

BEHAVIOUR(bounces_within_the_hold_off_are_not_believed) {
  start();
  capture_hold_off(CV, 500);
  levels_at(2000, CV_PIN);
  levels_at(2100, 0);
  levels_at(2200, CV_PIN);
  turn_at(2500);
  levels_at(3000, 0);
  expect(2000, CV, 1, 0);
  expect(3000, CV, 0, 0);
  expect_nothing();
}

BEHAVIOUR(a_pulse_shorter_than_the_hold_off_still_ends) {
  start();
  capture_hold_off(CV, 500);
  levels_at(2000, CV_PIN);
  levels_at(2100, 0);
  turn_at(2499);
  PROMISE(capture_is_settling());
  turn_at(2500);
  expect(2000, CV, 1, 0);
  expect(2500, CV, 0, 0);
  turn_at(3000);
  PROMISE(!capture_is_settling());
  levels_at(4000, CV_PIN);
  expect(4000, CV, 1, 0);
}

BEHAVIOUR(hold_off_ends_by_itself_when_an_edge_comes_after_it) {
  start();
  capture_hold_off(CV, 500);
  levels_at(2000, CV_PIN);
  levels_at(2600, 0);
  expect(2000, CV, 1, 0);
  expect(2600, CV, 0, 0);
}

BEHAVIOUR(an_armed_answer_leaves_with_the_edge_once) {
  start();
  struct answer_word words[] = {{1 | 2, ANSWER_PINS}, {4, ANSWER_PINS}, {8, ANSWER_CLEAR}, {0xf8, ANSWER_DIN}, {0xf80f, ANSWER_USB}};
  PROMISE(capture_arm(CV, words, 5));
  PROMISE(capture_is_armed(CV));
  levels_at(2000, CV_PIN);
  PROMISE(!capture_is_armed(CV));
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(fake.pins[0].at, 2000);
  PROMISE_EQUAL(fake.pins[0].set, 1 | 2 | 4);
  PROMISE_EQUAL(fake.pins[0].clear, 8);
  PROMISE_EQUAL(fake.din_count, 1);
  uint32_t packet;
  PROMISE(usb_due_take(&packet));
  levels_at(3000, 0);
  levels_at(4000, CV_PIN);
  PROMISE_EQUAL(fake.pins_count, 1);
  expect(2000, CV, 1, 1);
  expect(3000, CV, 0, 0);
  expect(4000, CV, 1, 0);
}

static unsigned found;
static void look(void) {
  uint32_t packet;
  while (usb_due_take(&packet)) found++;
}

BEHAVIOUR(the_doorbell_rings_for_an_answer_on_usb_once_it_is_there) {
  start();
  struct answer_word words[] = {{0xf8, ANSWER_DIN}, {0xf80f, ANSWER_USB}};
  capture_arm(CV, words, 2);
  found = 0;
  fake.on_doorbell = look;
  levels_at(2000, CV_PIN);
  PROMISE_EQUAL(found, 1);
}

BEHAVIOUR(a_falling_edge_leaves_the_answer_armed) {
  start();
  levels_at(1500, CV_PIN);
  expect(1500, CV, 1, 0);
  struct answer_word word = {1, ANSWER_PINS};
  capture_arm(CV, &word, 1);
  levels_at(2000, 0);
  PROMISE(capture_is_armed(CV));
  PROMISE_EQUAL(fake.pins_count, 0);
}

BEHAVIOUR(arming_again_replaces_and_disarming_removes) {
  start();
  struct answer_word one = {1, ANSWER_PINS}, two = {2, ANSWER_PINS};
  capture_arm(CV, &one, 1);
  capture_arm(CV, &two, 1);
  levels_at(2000, CV_PIN);
  PROMISE_EQUAL(fake.pins[0].set, 2);
  levels_at(2100, 0);
  expect(2000, CV, 1, 1);
  PROMISE(capture_arm(CV, &one, 1));
  PROMISE(capture_arm(CV, 0, 0));
  PROMISE(!capture_is_armed(CV));
  levels_at(2200, CV_PIN);
  PROMISE_EQUAL(fake.pins_count, 1);
}

/* Core 0 takes what has come, decides, arms; a pulse comes between. What left is what was armed then, and it has to hear of that first. */
BEHAVIOUR(nothing_is_armed_before_core_0_has_heard_of_every_rise_there_was) {
  start();
  struct answer_word one = {1, ANSWER_PINS}, two = {2, ANSWER_PINS};
  levels_at(1200, CV_PIN); /* finds nothing armed, and what is meant for it must not leave with the next */
  levels_at(1300, 0);
  PROMISE(!capture_arm(CV, &two, 1));
  expect(1200, CV, 1, 0);
  expect(1300, CV, 0, 0);
  PROMISE(capture_arm(CV, &one, 1));
  expect_nothing();
  levels_at(2000, CV_PIN);
  PROMISE(!capture_arm(CV, &two, 1));
  PROMISE(!capture_arm(CV, 0, 0));
  expect(2000, CV, 1, 1);
  levels_at(2100, 0);
  PROMISE(capture_arm(CV, &two, 1));
  levels_at(2200, CV_PIN);
  PROMISE_EQUAL(fake.pins[1].set, 2);
  PROMISE_EQUAL(fake.pins_count, 2);
}

static void rise(void) {
  fake.on_barrier = 0;
  levels_at(2000, CV_PIN);
}

BEHAVIOUR(a_pulse_at_the_very_moment_of_arming_finds_the_answer_before_and_no_other_is_armed) {
  start();
  struct answer_word one = {1, ANSWER_PINS}, two = {2, ANSWER_PINS};
  PROMISE(capture_arm(CV, &one, 1));
  turn_at(1500);
  fake.on_barrier = rise;
  bool was_armed = capture_arm(CV, &two, 1);
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(fake.pins[0].set, 1);
  PROMISE(!was_armed && !capture_is_armed(CV));
  levels_at(2100, 0);
  levels_at(2200, CV_PIN);
  PROMISE_EQUAL(fake.pins_count, 1);
}

BEHAVIOUR(an_answer_that_a_full_ring_has_kept_quiet_about_does_not_end_arming) {
  start();
  struct answer_word word = {1, ANSWER_PINS};
  PROMISE(capture_arm(CV, &word, 1));
  turn_at(1500);
  for (unsigned i = 0; i < CAPTURED_LENGTH; i++) levels_at(1500 + i, i % 2 ? 0 : RESET_PIN);
  levels_at(2100, CV_PIN);
  PROMISE_EQUAL(capture_faults.full, 1);
  PROMISE(capture_arm(CV, &word, 1));
  start();
  PROMISE(capture_arm(CV, &word, 1));
  turn_at(1500);
  for (unsigned i = 0; i < 32; i++) {
    fake.levels ^= RESET_PIN;
    capture_edges(1600 + i);
  }
  fake.levels ^= CV_PIN;
  capture_edges(2000);
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(capture_faults.full, 1);
  turn_at(2100);
  PROMISE(capture_arm(CV, &word, 1));
}

BEHAVIOUR(what_cannot_be_an_answer_is_refused_and_changes_nothing) {
  start();
  struct answer_word good = {1, ANSWER_PINS}, byte = {0x90, ANSWER_DIN}, odd = {1, (enum answer_kind)9};
  struct answer_word many[ANSWER_WORDS + 1] = {{0}};
  PROMISE(capture_arm(CV, &good, 1));
  PROMISE(!capture_arm(CV, &byte, 1));
  PROMISE(!capture_arm(CV, &odd, 1));
  PROMISE(!capture_arm(CV, many, ANSWER_WORDS + 1));
  PROMISE(!capture_arm(INPUTS, &good, 1));
  levels_at(2000, CV_PIN);
  PROMISE_EQUAL(fake.pins[0].set, 1);
}

BEHAVIOUR(a_full_ring_counts_what_it_loses_and_keeps_what_it_has) {
  start();
  for (unsigned i = 0; i < CAPTURED_LENGTH + 5; i++) levels_at(2000 + i, i % 2 ? 0 : CV_PIN);
  PROMISE_EQUAL(capture_faults.full, 5);
  for (unsigned i = 0; i < CAPTURED_LENGTH; i++) expect(2000 + i, CV, !(i % 2), 0);
  expect_nothing();
}

BEHAVIOUR(bytes_are_stamped_between_edges_in_time_order) {
  start();
  levels_at(2000, CV_PIN);
  fake.now = 2050;
  capture_din(0xfe);
  levels_at(2100, 0);
  expect(2000, CV, 1, 0);
  struct captured event;
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.kind, CAPTURED_DIN);
  PROMISE_EQUAL(event.value, 0xfe);
  PROMISE_EQUAL(event.at, 2050);
  expect(2100, CV, 0, 0);
}

BEHAVIOUR(the_interrupt_answers_without_the_loop_once_the_loop_has_made_it_ready) {
  start();
  struct answer_word words[] = {{1, ANSWER_PINS}, {0xf8, ANSWER_DIN}};
  capture_arm(CV, words, 2);
  turn_at(1900);
  fake.levels = CV_PIN;
  capture_edges(2000);
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(fake.din_count, 1);
  expect_nothing();
  turn_at(2010);
  expect(2000, CV, 1, 1);
}

BEHAVIOUR(a_bounce_before_the_loop_has_looked_is_not_answered) {
  start();
  capture_hold_off(CV, 500);
  levels_at(1500, CV_PIN);
  turn_at(2500);
  expect(1500, CV, 1, 0);
  struct answer_word word = {1, ANSWER_PINS};
  capture_arm(CV, &word, 1);
  fake.levels = 0;
  capture_edges(3000);
  fake.levels = CV_PIN;
  capture_edges(3001);
  PROMISE_EQUAL(fake.pins_count, 0);
  fake.levels = 0;
  capture_edges(3003);
  turn_at(3004);
  expect(3000, CV, 0, 0);
  expect_nothing();
  PROMISE(capture_is_armed(CV));
}

BEHAVIOUR(an_edge_comes_before_a_byte_that_arrived_after_it) {
  start();
  fake.levels = CV_PIN;
  fake.now = 2000;
  capture_edges(2000);
  capture_din(0xf8);
  struct captured event;
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.kind, CAPTURED_EDGE);
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.kind, CAPTURED_DIN);
}

BEHAVIOUR(edges_the_loop_has_no_time_for_are_counted) {
  start();
  for (unsigned i = 0; i < 40; i++) {
    fake.levels ^= CV_PIN;
    capture_edges(2000 + i);
  }
  PROMISE_EQUAL(capture_faults.full, 8);
  turn_at(2100);
  for (unsigned i = 0; i < 32; i++) expect(2000 + i, CV, !(i % 2), 0);
}

#include "pots.h"
#include "behaviour.h"

static uint32_t seed = 1;
static int noise(int steps) {
  seed = seed * 1664525u + 1013904223u;
  return (int)(seed >> 16) % (2 * steps + 1) - steps;
}

static int clamp(int reading) { return reading < 0 ? 0 : reading > 4095 ? 4095 : reading; }

BEHAVIOUR(a_pot_is_believed_at_first_sight) {
  pots_reset();
  PROMISE(pots_reading(1, 2000));
  PROMISE_EQUAL(pots_value(1), 500);
}

BEHAVIOUR(a_noisy_pot_rests) {
  for (int middle = 0; middle < 4096; middle += 97) {
    pots_reset();
    pots_reading(0, (uint16_t)middle);
    for (int i = 0; i < 100; i++) pots_reading(0, (uint16_t)clamp(middle + noise(6)));
    int changes = 0;
    for (int i = 0; i < 1000; i++) changes += pots_reading(0, (uint16_t)clamp(middle + noise(6)));
    PROMISE_EQUAL(changes, 0);
  }
}

BEHAVIOUR(both_ends_can_be_reached_from_anywhere) {
  pots_reset();
  pots_reading(2, 2048);
  for (int i = 0; i < 200; i++) pots_reading(2, 4095);
  PROMISE_EQUAL(pots_value(2), 1023);
  for (int i = 0; i < 200; i++) pots_reading(2, 0);
  PROMISE_EQUAL(pots_value(2), 0);
}

BEHAVIOUR(a_turned_pot_arrives_within_a_step_or_two) {
  pots_reset();
  pots_reading(0, 0);
  for (int to = 100; to < 4000; to += 300) {
    for (int i = 0; i < 150; i++) pots_reading(0, (uint16_t)to);
    PROMISE(abs(pots_value(0) * 4 + 2 - to) <= 7);
  }
}

BEHAVIOUR(what_no_pot_can_read_is_ignored) {
  pots_reset();
  PROMISE(!pots_reading(POTS, 100));
  PROMISE(!pots_reading(0, 4096));
}

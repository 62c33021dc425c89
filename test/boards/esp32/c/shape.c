/* The soft edges of the ESP32's DACs. Compiled with TACTUS_SHAPED_SYNC at full height. */
#include "shape.h"
#include "behaviour.h"
#include "capture.h"
#include "chip.h"
#include "delivery.h"
#include "idf.h"

#define FIRST 25
#define OTHER 27

static void start(void) {
  idf_reset();
  chip_open();
  chip_output(FIRST);
  chip_output(OTHER);
  idf.pins_count = idf.dacs_count = 0;
  PROMISE(chip_run(CHIP_CORE1, 0));
}

BEHAVIOUR(the_dacs_pins_are_shaped_and_the_others_are_not) {
  start();
  PROMISE_EQUAL(shaped_pins, 1u << FIRST);
}

BEHAVIOUR(an_edge_begins_in_its_microsecond_and_ends_28_micros_later_at_full_height) {
  start();
  stamp at = (stamp)idf.now + 3000;
  schedule_pins(at, 1u << FIRST | 1u << OTHER, 0);
  chip_wake();
  idf_run_until(at + 5000);
  PROMISE_EQUAL(idf.pins_count, 1); /* the other pin, an ordinary edge */
  PROMISE_EQUAL(idf.pins[0].set, 1u << OTHER);
  PROMISE_EQUAL(idf.pins[0].at, at);
  PROMISE_EQUAL(idf.dacs_count, SHAPE_STEPS);
  for (unsigned i = 0; i < SHAPE_STEPS; i++) {
    PROMISE(micros_until(idf.dacs[i].at, at + i * SHAPE_STEP_MICROS) >= 0);
    PROMISE(micros_until(idf.dacs[i].at, at + i * SHAPE_STEP_MICROS) <= 2);
    if (i) PROMISE(idf.dacs[i].clear > idf.dacs[i - 1].clear);
  }
  PROMISE_EQUAL(idf.dac[0], 255);
}

BEHAVIOUR(a_pulse_shorter_than_its_edge_comes_back_from_where_it_was) {
  start();
  stamp at = (stamp)idf.now + 3000;
  schedule_pins(at, 1u << FIRST, 0);
  schedule_pins(at + 13, 0, 1u << FIRST);
  chip_wake();
  idf_run_until(at + 5000);
  PROMISE_EQUAL(idf.dac[0], 0);
  size_t top = idf.dacs_count / 2; /* as many steps down as up; fewer of them, for departures go first */
  PROMISE(top >= 1 && top <= 4);
  for (unsigned i = 1; i < 2 * top; i++) PROMISE((i < top) == (idf.dacs[i].clear > idf.dacs[i - 1].clear));
}

BEHAVIOUR(a_dac_that_cannot_be_had_leaves_an_ordinary_pin) {
  idf_reset();
  idf.fails = "dac_oneshot_output_voltage";
  chip_open();
  chip_output(FIRST);
  PROMISE_EQUAL(shaped_pins, 0);
  idf.fails = 0;
  idf.pins_count = 0;
  PROMISE(chip_run(CHIP_CORE1, 0));
  stamp at = (stamp)idf.now + 1000;
  schedule_pins(at, 1u << FIRST, 0);
  chip_wake();
  idf_run_until(at + 2000);
  PROMISE_EQUAL(idf.pins[0].at, at);
}

/* Settings in NVS, and the pots. */
#include "behaviour.h"
#include "chip.h"
#include "idf.h"
#include "pots.h"
#include "problem.h"
#include "store.h"

static void start(void) {
  idf_reset();
  problem = (struct problem){0};
}

static void expect(const char *text) {
  char read[STORE_BYTES] = {0};
  PROMISE_EQUAL(store_open(read, sizeof read), strlen(text));
  PROMISE(!strcmp(read, text));
}

static void write(const char *text) {
  PROMISE(store_begin(text, (uint32_t)strlen(text)));
  PROMISE(!store_step());
}

BEHAVIOUR(what_was_written_is_read) {
  start();
  expect("");
  write("{\"tempo\":120}");
  expect("{\"tempo\":120}");
  write("{}");
  expect("{}");
}

BEHAVIOUR(what_is_written_is_the_text_as_it_was_at_the_beginning) {
  char text[] = "old";
  start();
  expect("");
  PROMISE(store_begin(text, 3));
  memcpy(text, "new", 3);
  PROMISE(!store_begin(text, 3)); /* one at a time */
  store_step();
  expect("old");
}

BEHAVIOUR(a_write_that_fails_leaves_the_old_record_and_the_next_one_works) {
  const char *calls[] = {"nvs_set_blob", "nvs_commit"};
  for (unsigned i = 0; i < 2; i++) {
    start();
    expect("");
    write("old");
    idf.fails = calls[i];
    write("new");
    PROMISE(!strcmp(problem.call, calls[i]));
    expect("old");
    idf.fails = 0;
    write("newer");
    expect("newer");
  }
}

BEHAVIOUR(a_partition_of_another_version_is_erased_once_and_mounted) {
  start();
  idf.fails = "nvs_flash_init";
  idf.fails_with = ESP_ERR_NVS_NEW_VERSION_FOUND;
  idf.fails_times = 1;
  expect("");
  PROMISE(!strcmp(idf.calls[1], "nvs_flash_erase"));
  write("x");
  expect("x");
}

BEHAVIOUR(a_partition_that_is_not_there_is_not_erased_and_nothing_is_written) {
  start();
  idf.fails = "nvs_flash_init";
  idf.fails_with = ESP_ERR_NOT_FOUND;
  expect("");
  PROMISE_EQUAL(idf.calls_count, 1);
  PROMISE(!store_begin("x", 1));
}

BEHAVIOUR(a_text_too_long_is_refused) {
  static char text[STORE_BYTES];
  start();
  expect("");
  PROMISE(!store_begin(text, STORE_BYTES));
  PROMISE(store_begin(text, STORE_BYTES - 1));
}

BEHAVIOUR(pots_come_by_their_channels_and_what_is_not_valid_is_passed_over) {
  start();
  pots_reset();
  uint16_t readings[] = {0xf123, 7 << 12 | 4095, 0 << 12 | 0, 5 << 12 | 99, 3 << 12 | 2048};
  memcpy(idf.readings, readings, sizeof readings);
  idf.readings_count = 5;
  int changed[5];
  for (unsigned i = 0; i < 5; i++) changed[i] = chip_poll_pots();
  PROMISE_EQUAL(changed[0], -1);
  PROMISE_EQUAL(changed[1], 2);
  PROMISE_EQUAL(changed[2], 0);
  PROMISE_EQUAL(changed[3], -1);
  PROMISE_EQUAL(changed[4], 1);
  PROMISE_EQUAL(pots_value(2), 1023);
  PROMISE_EQUAL(pots_value(1), 512);
  PROMISE_EQUAL(chip_poll_pots(), -1); /* nothing waits: no waiting either */
}

BEHAVIOUR(a_converter_that_does_not_start_is_given_back_and_not_asked_again) {
  start();
  idf.fails = "adc_continuous_start";
  PROMISE_EQUAL(chip_poll_pots(), -1);
  PROMISE_EQUAL(chip_poll_pots(), -1);
  PROMISE(!strcmp(problem.call, "adc_continuous_start"));
  PROMISE(!strcmp(idf.calls[idf.calls_count - 1], "adc_continuous_deinit"));
  PROMISE_EQUAL(idf.calls_count, 4);
}

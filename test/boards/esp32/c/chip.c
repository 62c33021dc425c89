/* How the port sets up, delivers and captures, and what it does when a call of ESP-IDF refuses. */
#include "chip.h"
#include "behaviour.h"
#include "capture.h"
#include "delivery.h"
#include "idf.h"
#include "problem.h"

#define CV 0
#define CV_PIN 5
#define SYNC 8u

static unsigned rung;
static void doorbell(void) { rung++; }

static void open_all(void) {
  chip_open(); /* gives back what ran before */
  idf_reset();
  rung = 0;
  chip_open();
  chip_output(SYNC);
  PROMISE(chip_input(CV, CV_PIN, false, CHIP_PULL_DOWN));
  chip_din(17, 18, 0);
  idf.pins_count = 0;
}

static void start(void) {
  open_all();
  PROMISE(chip_run(CHIP_CORE1, doorbell));
}

static int place(const char *name) {
  for (size_t i = 0; i < idf.calls_count; i++)
    if (!strcmp(idf.calls[i], name)) return (int)i;
  return -1;
}

static unsigned count(const char *name) {
  unsigned found = 0;
  for (size_t i = 0; i < idf.calls_count; i++) found += !strcmp(idf.calls[i], name);
  return found;
}

BEHAVIOUR(delivery_is_set_up_on_the_other_core) {
  start();
  PROMISE_EQUAL(idf.alarm_core, 1);
  PROMISE_EQUAL(idf.edges_core, 1);
  PROMISE_EQUAL(idf.uart_core, 1);
  PROMISE_EQUAL(idf.edges_enabled, 1u << CV_PIN);
  PROMISE_EQUAL(idf.uart_threshold, 1);
  PROMISE(!problem.call);
}

BEHAVIOUR(the_alarm_runs_before_anything_can_be_captured) {
  const char *order[] = {"gptimer_new_timer", "gptimer_register_event_callbacks", "gptimer_enable",
                         "gptimer_set_alarm_action", "gptimer_start", "esp_intr_alloc of the UART",
                         "esp_intr_alloc of the pins", "gpio_set_intr_type", "gpio_ll_intr_enable_on_core"};
  start();
  for (unsigned i = 1; i < sizeof order / sizeof *order; i++) PROMISE(place(order[i - 1]) >= 0 && place(order[i - 1]) < place(order[i]));
}

BEHAVIOUR(where_core_1_cannot_be_had_core_0_delivers) {
  open_all();
  idf.fails = "gptimer_enable";
  idf.fails_times = 1;
  PROMISE(!chip_run(CHIP_CORE1, doorbell));
  PROMISE(chip_run(CHIP_CORE0, doorbell));
  PROMISE_EQUAL(idf.alarm_core, 0);
  PROMISE_EQUAL(idf.edges_core, 0);
  PROMISE_EQUAL(idf.uart_core, 0);
}

BEHAVIOUR(whatever_call_fails_everything_taken_is_given_back_and_the_call_is_named) {
  const char *calls[] = {"gptimer_new_timer", "gptimer_register_event_callbacks", "gptimer_enable", "gptimer_set_alarm_action",
                         "gptimer_start", "esp_intr_alloc of the UART", "esp_intr_alloc of the pins", "gpio_set_intr_type"};
  for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) {
    open_all();
    idf.fails = calls[i];
    PROMISE(!chip_run(CHIP_CORE1, doorbell));
    PROMISE(problem.call && !strcmp(problem.call, calls[i]));
    PROMISE_EQUAL(problem.code, ESP_FAIL);
    PROMISE(!idf.timer_made && !idf.timer_on && !idf.on_edges && !idf.on_uart);
    PROMISE_EQUAL(idf.edges_enabled, 0);
    PROMISE_EQUAL(idf.uart_enabled, 0);
    PROMISE_EQUAL(count("gptimer_del_timer"), i > 0);
    PROMISE_EQUAL(count("gptimer_disable"), i > 2); /* a timer that was never enabled may not be disabled */
    idf.fails = 0;
    PROMISE(chip_run(CHIP_CORE1, doorbell)); /* and nothing is in the way of a second try */
    PROMISE(!problem.call);
  }
}

BEHAVIOUR(a_task_that_cannot_be_had_is_a_no) {
  open_all();
  idf.fails = "create set up";
  PROMISE(!chip_run(CHIP_CORE1, doorbell));
  PROMISE_EQUAL(problem.code, ESP_ERR_NO_MEM);
}

BEHAVIOUR(an_event_leaves_at_its_microsecond) {
  start();
  stamp at = (stamp)idf.now + 5000;
  PROMISE(schedule_pins(at, 1u << SYNC, 0));
  PROMISE(schedule_pins(at + 15000, 0, 1u << SYNC));
  chip_wake();
  idf_run_until(at + 20000);
  PROMISE_EQUAL(idf.pins_count, 2);
  PROMISE_EQUAL(idf.pins[0].at, at);
  PROMISE_EQUAL(idf.pins[0].set, 1u << SYNC);
  PROMISE_EQUAL(idf.pins[1].at, at + 15000);
  PROMISE_EQUAL(delivery_faults.late, 0);
}

BEHAVIOUR(events_at_every_distance_leave_at_their_microsecond) {
  for (unsigned distance = 40; distance < 1200; distance += 7) {
    start();
    stamp at = (stamp)idf.now + 200;
    for (unsigned i = 0; i < 20; i++) {
      PROMISE(schedule_pins(at + i * distance, i & 1 ? 0 : 1u << SYNC, i & 1 ? 1u << SYNC : 0));
      chip_wake();
    }
    idf_run_until(at + 20 * distance + 1000);
    PROMISE_EQUAL(idf.pins_count, 20);
    for (unsigned i = 0; i < 20; i++) PROMISE_EQUAL(idf.pins[i].at, at + i * distance);
  }
}

BEHAVIOUR(something_near_is_heard_while_the_alarm_waits_for_something_far) {
  start();
  stamp at = (stamp)idf.now;
  schedule_pins(at + 900, 1u << SYNC, 0);
  chip_wake();
  idf_run_until(at + 100);
  schedule_pins(at + 300, 2, 0);
  chip_wake();
  idf_run_until(at + 2000);
  PROMISE_EQUAL(idf.pins_count, 2);
  PROMISE_EQUAL(idf.pins[0].at, at + 300);
  PROMISE_EQUAL(idf.pins[1].at, at + 900);
}

static stamp meanwhile_at;
static void schedule_meanwhile(void) {
  schedule_pins(meanwhile_at, 1u << SYNC, 0);
  chip_wake();
}
static void edge_meanwhile(void) { idf_edge(1u << CV_PIN); }

BEHAVIOUR(what_the_other_core_schedules_just_as_the_alarm_goes_to_sleep_is_not_overslept) {
  start();
  meanwhile_at = (stamp)idf.now + 1300;
  idf.meanwhile = schedule_meanwhile; /* within the alarm that comes at 1000 */
  idf_run_until(meanwhile_at + 1000);
  PROMISE_EQUAL(idf.pins_count, 1);
  PROMISE_EQUAL(idf.pins[0].at, meanwhile_at);
}

BEHAVIOUR(an_edge_just_as_the_alarm_goes_to_sleep_is_heard_at_once) {
  start();
  idf.meanwhile = edge_meanwhile;
  stamp at = (stamp)idf.now + 1000;
  idf_run_until(at + 20);
  struct captured event;
  PROMISE(!idf.meanwhile);
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.value, 1);
}

BEHAVIOUR(an_idle_module_is_woken_a_thousand_times_a_second_and_no_more) {
  start();
  uint32_t before = chip_turns();
  idf_run_until(idf.now + 1000000);
  PROMISE(chip_turns() - before >= 900);
  PROMISE(chip_turns() - before <= 1050);
}

BEHAVIOUR(a_wake_that_was_lost_costs_a_millisecond_at_most) {
  start();
  idf_run_until(idf.now + 10000);
  stamp at = (stamp)idf.now;
  schedule_pins(at + 1500, 1, 0);
  idf_run_until(at + 3000);
  PROMISE_EQUAL(idf.pins_count, 1);
  PROMISE_EQUAL(idf.pins[0].at, at + 1500);
}

BEHAVIOUR(an_edge_is_stamped_answered_and_rings) {
  start();
  struct answer_word answer = {1u << SYNC, ANSWER_PINS};
  PROMISE(capture_arm(CV, &answer, 1));
  idf_run_until(idf.now + 1500); /* the loop has heard of it */
  stamp at = (stamp)idf.now;
  idf_edge(1u << CV_PIN);
  PROMISE_EQUAL(idf.pins_count, 1); /* in the interrupt itself */
  struct captured event;
  idf_run_until(at + 50);
  PROMISE(capture_take(&event));
  PROMISE(micros_until(event.at, at) <= 1);
  PROMISE_EQUAL(event.answered, 1);
  PROMISE(idf.edges_cleared & 1u << CV_PIN);
  PROMISE(micros_until(idf.pins[0].at, at) <= 2);
  idf_run_doorbell();
  PROMISE(rung > 0);
}

BEHAVIOUR(an_edge_armed_a_moment_ago_is_answered_by_the_loop_at_once) {
  start();
  idf_run_until(idf.now + 1500);
  struct answer_word answer = {1u << SYNC, ANSWER_PINS};
  stamp at = (stamp)idf.now;
  PROMISE(capture_arm(CV, &answer, 1));
  idf_edge(1u << CV_PIN);
  idf_run_until(at + 50);
  PROMISE_EQUAL(idf.pins_count, 1);
  PROMISE(micros_until(idf.pins[0].at, at) <= 10);
}

BEHAVIOUR(a_byte_from_the_wire_is_captured_and_a_damaged_one_counted) {
  start();
  struct captured event;
  idf_receive(UART_INTR_RXFIFO_FULL, "\xf8", 1);
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.value, 0xf8);
  idf_receive(UART_INTR_RXFIFO_FULL | UART_INTR_FRAM_ERR, "\x90\x55", 2);
  PROMISE(capture_take(&event));
  PROMISE_EQUAL(event.value, 0x90);
  PROMISE(!capture_take(&event));
  PROMISE_EQUAL(capture_faults.din_errors, 1);
  idf_receive(UART_INTR_RXFIFO_OVF, "\x01\x02", 2);
  PROMISE(capture_take(&event) && capture_take(&event));
  PROMISE_EQUAL(event.value, 2);
  PROMISE_EQUAL(capture_faults.din_errors, 2);
}

BEHAVIOUR(bytes_follow_each_other_on_the_wire_and_never_two_in_the_fifo) {
  start();
  stamp at = (stamp)idf.now + 1000;
  for (unsigned i = 0; i < 10; i++) PROMISE(schedule_din(at, (uint8_t)i));
  chip_wake();
  idf_run_until(at + 6000);
  PROMISE_EQUAL(idf.din_count, 10);
  for (unsigned i = 0; i < 10; i++) {
    PROMISE_EQUAL(idf.din[i].set, i);
    if (i) PROMISE(idf.din[i].at - idf.din[i - 1].at >= 320 && idf.din[i].at - idf.din[i - 1].at <= 325);
  }
}

BEHAVIOUR(a_uart_that_is_never_idle_does_not_keep_the_core) {
  start();
  idf.uart_stuck = true;
  stamp at = (stamp)idf.now + 1000;
  schedule_din(at, 0xf8);
  chip_wake();
  uint32_t before = chip_turns();
  schedule_pins(at + 50000, 1, 0);
  idf_run_until(at + 60000);
  PROMISE(chip_turns() - before >= 50);
  PROMISE_EQUAL(idf.pins_count, 1);
  PROMISE(micros_until(idf.pins[0].at, at + 50000) >= 0);
  PROMISE(micros_until(idf.pins[0].at, at + 50000) <= 15);
}

BEHAVIOUR(a_pin_beyond_the_masks_is_refused) {
  open_all();
  PROMISE(!chip_input(1, 30, false, CHIP_PULL_NONE));
  PROMISE(!chip_input(8, 6, false, CHIP_PULL_NONE));
}

BEHAVIOUR(a_panel_whose_lines_cannot_be_had_is_named) {
  open_all();
  PROMISE(chip_panel(40, 41, 42, 43));
  idf.fails = "gpio_config";
  PROMISE(!chip_panel(40, 41, 42, 43));
  PROMISE(problem.call && !strcmp(problem.call, "gpio_config of the panel"));
}

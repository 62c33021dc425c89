#include "delivery.h"
#include "din.h"
#include "behaviour.h"
#include "port.h"

static void start(stamp now) {
  fake = (struct fake){.now = now, .wire_idle_at = now};
  delivery_reset();
}

static void run_until(stamp end) {
  while (micros_until(end, fake.now) > 0) delivery_step();
}

BEHAVIOUR(an_event_leaves_at_its_microsecond) {
  start(1000);
  PROMISE(schedule_pins(1500, 1, 0));
  run_until(2000);
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(fake.pins[0].at, 1500);
}

BEHAVIOUR(events_scheduled_out_of_order_leave_in_order) {
  start(0);
  stamp times[] = {900, 500, 700, 600, 800, 400};
  for (int i = 0; i < 6; i++) schedule_pins(times[i], 1u << i, 0);
  run_until(1000);
  PROMISE_EQUAL(fake.pins_count, 6);
  for (unsigned i = 0; i < 6; i++) PROMISE_EQUAL(fake.pins[i].at, 400 + 100 * i);
}

BEHAVIOUR(pins_of_one_microsecond_leave_in_one_write) {
  start(0);
  schedule_pins(300, 1, 0);
  schedule_pins(200, 8, 0);
  schedule_pins(300, 2, 4);
  schedule_usb(300, 0xf80f);
  schedule_pins(300, 16, 0);
  run_until(400);
  PROMISE_EQUAL(fake.pins_count, 2);
  PROMISE_EQUAL(fake.pins[1].set, 1 | 2 | 16);
  PROMISE_EQUAL(fake.pins[1].clear, 4);
}

/* An entry is inserted one place a step, and one that is overdue goes past all others: wherever it is when they are due. */
BEHAVIOUR(what_is_overdue_does_not_part_pins_of_one_microsecond_on_its_way_through_them) {
  for (unsigned steps = 0; steps < 24; steps++) {
    start(1000);
    for (unsigned i = 0; i < 5; i++) schedule_pins(2000, 1u << i, 0);
    for (unsigned i = 0; i < 8; i++) schedule_pins(3000, 32, 0);
    run_until(1900);
    PROMISE(steps & 1 ? schedule_pins(1890, 64, 0) : schedule_usb(1890, 0xf80f));
    for (unsigned i = 0; i < steps; i++) {
      fake.now = 1950;
      delivery_step();
    }
    fake.now = 1990;
    run_until(2100);
    uint32_t packet, together = 0;
    PROMISE((steps & 1) || usb_due_take(&packet));
    for (unsigned i = 0; i < fake.pins_count; i++) {
      if (fake.pins[i].set & 31) PROMISE_EQUAL(fake.pins[i].set & 31, 31);
      if (fake.pins[i].set & 31) PROMISE_EQUAL(fake.pins[i].at, 2000);
      together |= fake.pins[i].set;
    }
    PROMISE_EQUAL(together, steps & 1 ? 31 | 64 : 31);
    run_until(3100);
    PROMISE_EQUAL(fake.pins[fake.pins_count - 1].set, 32);
    PROMISE_EQUAL(fake.pins[fake.pins_count - 1].at, 3000);
  }
}

BEHAVIOUR(of_two_orders_to_one_pin_in_one_microsecond_the_later_counts) {
  start(0);
  schedule_pins(300, 1, 0);
  schedule_pins(300, 0, 1);
  schedule_pins(400, 0, 2);
  schedule_pins(400, 2, 0);
  run_until(500);
  PROMISE_EQUAL(fake.pins[0].set, 0);
  PROMISE_EQUAL(fake.pins[0].clear, 1);
  PROMISE_EQUAL(fake.pins[1].set, 2);
  PROMISE_EQUAL(fake.pins[1].clear, 0);
}

BEHAVIOUR(time_may_wrap_in_the_middle) {
  start((stamp)-1000);
  schedule_pins(500, 2, 0);
  schedule_pins((stamp)-500, 1, 0);
  schedule_din(100, 0xf8);
  run_until(1000);
  PROMISE_EQUAL(fake.pins_count, 2);
  PROMISE_EQUAL(fake.pins[0].at, (stamp)-500);
  PROMISE_EQUAL(fake.pins[1].at, 500);
  PROMISE_EQUAL(fake.din[0].at, 100);
}

BEHAVIOUR(a_full_lane_refuses_and_counts_and_loses_nothing_it_took) {
  start(0);
  unsigned taken = 0;
  for (unsigned i = 0; i < 2 * PINS_LANE_LENGTH; i++) taken += schedule_pins(20000 + 10 * i, 1, 0);
  PROMISE_EQUAL(taken, PINS_LANE_LENGTH);
  PROMISE_EQUAL(pins_room(), 0);
  PROMISE_EQUAL(delivery_faults.pins_full, PINS_LANE_LENGTH);
  PROMISE(schedule_din(10, 0xf8));
  run_until(20000 + 10 * PINS_LANE_LENGTH);
  PROMISE_EQUAL(fake.pins_count, PINS_LANE_LENGTH);
  PROMISE_EQUAL(pins_room(), PINS_LANE_LENGTH);
  PROMISE(schedule_pins(fake.now + 10, 1, 0));
}

BEHAVIOUR(full_din_lanes_refuse_each_for_itself) {
  start(0);
  unsigned clocks = 0, bytes = 0;
  for (unsigned i = 0; i < 500; i++) clocks += schedule_din(5000, 0xf8), bytes += schedule_din(5000, 0x40);
  PROMISE_EQUAL(clocks, CLOCKS_LANE_LENGTH);
  PROMISE_EQUAL(bytes, BYTES_LANE_LENGTH);
  PROMISE_EQUAL(delivery_faults.clocks_full, 500 - CLOCKS_LANE_LENGTH);
  PROMISE_EQUAL(delivery_faults.bytes_full, 500 - BYTES_LANE_LENGTH);
  run_until(5000 + 330 * (CLOCKS_LANE_LENGTH + BYTES_LANE_LENGTH));
  PROMISE_EQUAL(fake.din_count, CLOCKS_LANE_LENGTH + BYTES_LANE_LENGTH);
}

BEHAVIOUR(a_usb_packet_of_the_past_leaves_at_once_and_is_not_late_for_a_pin) {
  start(10000);
  schedule_usb(5000, 0x11223344);
  run_until(10050);
  uint32_t packet;
  PROMISE(usb_due_take(&packet));
  PROMISE_EQUAL(delivery_faults.late, 0);
  PROMISE_EQUAL(delivery_faults.worst_micros, 0);
}

BEHAVIOUR(an_event_of_the_past_leaves_at_once_and_counts_as_late) {
  start(1000);
  schedule_pins(900, 1, 0);
  run_until(1010);
  PROMISE_EQUAL(fake.pins_count, 1);
  PROMISE_EQUAL(delivery_faults.late, 1);
  PROMISE(delivery_faults.worst_micros >= 100);
}

BEHAVIOUR(usb_packets_come_due_at_their_time_and_ring) {
  start(0);
  uint32_t packet;
  schedule_usb(400, 0xf80f);
  run_until(300);
  PROMISE(!usb_due_take(&packet));
  PROMISE_EQUAL(fake.doorbells, 0);
  run_until(410);
  PROMISE(usb_due_take(&packet));
  PROMISE_EQUAL(packet, 0xf80f);
  PROMISE_EQUAL(fake.doorbells, 1);
  PROMISE(!usb_due_take(&packet));
}

BEHAVIOUR(usb_packets_nobody_fetches_are_dropped_and_counted) {
  start(0);
  for (unsigned i = 0; i < USB_DUE_LENGTH + 7; i++) schedule_usb(400, i);
  run_until(2000);
  PROMISE_EQUAL(delivery_faults.usb_full, 7);
  uint32_t packet;
  for (uint32_t i = 0; i < USB_DUE_LENGTH; i++) {
    PROMISE(usb_due_take(&packet));
    PROMISE_EQUAL(packet, i);
  }
}

BEHAVIOUR(din_bytes_start_at_their_times) {
  start(0);
  schedule_din(1000, 0x90);
  schedule_din(1320, 60);
  schedule_din(1640, 100);
  run_until(3000);
  PROMISE_EQUAL(fake.din_count, 3);
  for (unsigned i = 0; i < 3; i++) PROMISE(fake.din[i].at - (1000 + 320 * i) <= 3);
}

BEHAVIOUR(a_clock_is_not_late_because_of_the_bytes_behind_an_answer) {
  start(0);
  for (unsigned i = 0; i < 12; i++) schedule_din(1000 + 320 * i, (uint8_t)i);
  schedule_din(1000 + 12 * 320, 0xf8);
  run_until(900);
  din_now(0xf8); /* still on the wire when the first byte is due: all twelve shift by 220 us */
  run_until(8000);
  PROMISE_EQUAL(fake.din_count, 14);
  unsigned next = 0;
  for (unsigned i = 1; i < 14; i++) {
    if (fake.din[i].set == 0xf8) PROMISE(fake.din[i].at - (1000 + 12 * 320) <= DIN_SLACK_MICROS + 1);
    else PROMISE_EQUAL(fake.din[i].set, next++);
  }
}

BEHAVIOUR(an_answer_waits_for_the_byte_in_flight_and_for_no_other) {
  start(0);
  for (unsigned i = 0; i < 5; i++) schedule_din(1000, (uint8_t)i);
  run_until(1100);
  din_now(0xf8);
  run_until(4000);
  PROMISE_EQUAL(fake.din[1].set, 0xf8);
  PROMISE(fake.din[1].at - 1320 <= 3);
  for (unsigned i = 2; i < 6; i++) PROMISE_EQUAL(fake.din[i].set, i - 1);
}

BEHAVIOUR(clocks_keep_the_order_they_were_scheduled_in) {
  start(0);
  schedule_din(1000, 0xfa);
  schedule_din(1000, 0xf8);
  schedule_din(1000, 0xfc);
  run_until(3000);
  PROMISE_EQUAL(fake.din[0].set, 0xfa);
  PROMISE_EQUAL(fake.din[1].set, 0xf8);
  PROMISE_EQUAL(fake.din[2].set, 0xfc);
}

BEHAVIOUR(an_interrupt_driven_deliverer_is_told_when_to_come_back) {
  start(0);
  stamp at;
  PROMISE(!delivery_next(&at));
  schedule_pins(5000, 1, 0);
  schedule_din(3000, 0x90);
  schedule_din(3100, 0xf8);
  for (unsigned turns = 0; fake.din_count < 2 || !fake.pins_count; turns++) {
    while (delivery_step()) continue;
    if (!delivery_next(&at)) break;
    PROMISE(turns < 20);
    if (micros_until(at, fake.now) > 0) fake.now = at;
  }
  PROMISE_EQUAL(fake.din[0].set, 0xf8); /* at 3100; 0x90 made way and follows */
  PROMISE(fake.din[0].at - 3100 <= 3);
  PROMISE(fake.din[1].at - 3420 <= 3);
  PROMISE(fake.pins[0].at - 5000 <= 1);
}

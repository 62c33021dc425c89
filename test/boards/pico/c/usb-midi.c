#include "usb-midi.h"
#include "behaviour.h"
#include "carry.h"
#include "class/midi/midi_device.h"
#include "delivery.h"
#include "port.h"

#define CLOCK 0xf80fu
#define IN_ENDPOINT (0x80 | USB_ENDPOINT_MIDI)
#define IN_A_TRANSFER 15 /* 60 bytes of the endpoint's 64: each is a short one */
#define KEPT 128

struct fake_usb fake_usb;
bool tud_mounted(void) { return fake_usb.is_mounted; }

bool usb_transfer(uint8_t endpoint, const uint8_t *bytes, uint16_t count) {
  PROMISE_EQUAL(endpoint, IN_ENDPOINT);
  if (fake_usb.is_halted) return false;
  PROMISE(!fake_usb.is_busy && count && count < 64 && count % 4 == 0);
  fake_usb.is_busy = true;
  fake_usb.transfers++;
  fake_usb.count = count / 4u;
  memcpy(fake_usb.sent, bytes, count);
  return true;
}

bool tud_midi_packet_read(uint8_t packet[4]) { return (void)packet, false; }
void midid_init(void) {}
bool midid_deinit(void) { return true; }
void midid_reset(uint8_t port) { (void)port; }
uint16_t midid_open(uint8_t port, tusb_desc_interface_t const *interface, uint16_t most) { return (void)port, (void)interface, most; }
bool midid_control_xfer_cb(uint8_t port, uint8_t stage, tusb_control_request_t const *request) {
  return (void)port, (void)stage, (void)request, false;
}
bool midid_xfer_cb(uint8_t port, uint8_t endpoint, xfer_result_t result, uint32_t bytes) {
  (void)port, (void)endpoint, (void)result, (void)bytes;
  return ++fake_usb.others;
}

static const usbd_class_driver_t *driver(void) {
  uint8_t count;
  const usbd_class_driver_t *driver = usbd_app_driver_get_cb(&count);
  PROMISE_EQUAL(count, 1);
  return driver;
}

static void start(void) {
  fake = (struct fake){.now = 1000};
  fake_usb = (struct fake_usb){.is_mounted = true};
  delivery_reset();
}

static void due(uint32_t packet) { usb_now(packet); }

/* The host has fetched it. */
static void fetched(void) {
  fake_usb.is_busy = false;
  driver()->xfer_cb(0, IN_ENDPOINT, XFER_RESULT_SUCCESS, 4 * fake_usb.count);
}

static void carry_one(unsigned length) {
  struct carry_decision decision = {.routes = CARRY_DIN_TO_USB};
  carry_decide(&decision);
  carry_hear(CARRY_DIN, 0xf0, fake.now);
  for (unsigned i = 2; i < length; i++) carry_hear(CARRY_DIN, (uint8_t)(i & 0x7f), fake.now);
  carry_hear(CARRY_DIN, 0xf7, fake.now);
}

BEHAVIOUR(packets_of_one_moment_leave_in_one_transfer_at_once) {
  start();
  due(0xfa0f);
  due(CLOCK);
  PROMISE(usb_midi_send_due());
  PROMISE_EQUAL(fake_usb.transfers, 1);
  PROMISE_EQUAL(fake_usb.count, 2);
  PROMISE_EQUAL(fake_usb.sent[0], 0xfa0f);
  PROMISE_EQUAL(fake_usb.sent[1], CLOCK);
  PROMISE(!usb_midi_send_due());
}

BEHAVIOUR(behind_a_transfer_that_is_under_way_the_rest_leaves_in_order_when_it_has_ended) {
  start();
  for (uint32_t i = 0; i < 40; i++) {
    due(i << 8 | 0x9);
    usb_midi_send_due();
  }
  uint32_t next = 0;
  for (unsigned transfer = 0; transfer < 4; transfer++) {
    PROMISE(fake_usb.count <= IN_A_TRANSFER);
    for (unsigned i = 0; i < fake_usb.count; i++) PROMISE_EQUAL(fake_usb.sent[i], next++ << 8 | 0x9);
    fetched();
  }
  PROMISE_EQUAL(next, 40);
  PROMISE_EQUAL(fake_usb.transfers, 4);
  PROMISE(!fake_usb.is_busy);
  PROMISE_EQUAL(usb_midi_lost, 0);
}

BEHAVIOUR(what_comes_faster_than_the_host_fetches_is_kept_up_to_a_length_and_then_counted) {
  start();
  for (uint32_t i = 0; i < 1 + KEPT + 3; i++) {
    due(CLOCK);
    usb_midi_send_due();
  }
  PROMISE_EQUAL(usb_midi_lost, 3);
}

/* A sleeping computer, or one where no program listens: clocks of long ago would start it elsewhere in the song. */
BEHAVIOUR(a_host_that_has_fetched_nothing_for_a_while_is_not_told_later_what_was) {
  start();
  due(0xfa0f);
  usb_midi_send_due();
  for (uint32_t i = 0; i < 100; i++) {
    fake.now += 20833;
    due(CLOCK);
    usb_midi_send_due();
    carry_one(9);
    fake.now += 5000;
    usb_midi_send_carried();
  }
  PROMISE_EQUAL(fake_usb.transfers, 1);
  PROMISE_EQUAL(usb_midi_lost, 0);
  fake.now += 1u << 31; /* stamps wrap */
  usb_midi_send_due();
  fake.now += 20833;
  due(CLOCK);
  usb_midi_send_due();
  fetched();
  PROMISE_EQUAL(fake_usb.transfers, 1);
  due(CLOCK);
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 2);
  PROMISE_EQUAL(fake_usb.count, 1);
}

BEHAVIOUR(nothing_is_kept_for_a_host_that_is_not_there) {
  start();
  fake_usb.is_mounted = false;
  due(CLOCK);
  PROMISE(usb_midi_send_due());
  fake_usb.is_mounted = true;
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 0);
}

BEHAVIOUR(a_bus_reset_forgets_what_was_under_way_and_kept) {
  start();
  due(0xfa0f);
  usb_midi_send_due();
  due(0xfb0f);
  usb_midi_send_due();
  fake_usb.is_busy = false;
  driver()->reset(0);
  due(CLOCK);
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 2);
  PROMISE_EQUAL(fake_usb.count, 1);
  PROMISE_EQUAL(fake_usb.sent[0], CLOCK);
}

/* USB 2.0, 9.4.9: SET_FEATURE(ENDPOINT_HALT) to one endpoint. */
static void request(uint8_t request, uint16_t endpoint) {
  tusb_control_request_t packet = {.bmRequestType = 0x02, .bRequest = request, .wIndex = endpoint};
  driver()->control_xfer_cb(0, 1, &packet);
}

BEHAVIOUR(a_halt_of_the_endpoint_throws_away_what_is_under_way_and_afterwards_the_clock_leaves_again) {
  start();
  due(0xfa0f);
  usb_midi_send_due();
  due(0xfb0f);
  usb_midi_send_due();
  request(TUSB_REQ_SET_FEATURE, USB_ENDPOINT_MIDI); /* the other way: nothing of ours */
  PROMISE_EQUAL(fake_usb.transfers, 1);
  fake_usb.is_halted = true;
  request(TUSB_REQ_SET_FEATURE, IN_ENDPOINT);
  due(0xfc0f);
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 1);
  fake_usb.is_halted = fake_usb.is_busy = false;
  request(TUSB_REQ_CLEAR_FEATURE, IN_ENDPOINT);
  due(CLOCK);
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 2);
  PROMISE_EQUAL(fake_usb.count, 1);
  PROMISE_EQUAL(fake_usb.sent[0], CLOCK);
}

/* As Linux does after an error, unasked whether it is halted. */
BEHAVIOUR(the_end_of_a_halt_that_was_none_disturbs_nothing) {
  start();
  due(0xfa0f);
  usb_midi_send_due();
  request(TUSB_REQ_CLEAR_FEATURE, IN_ENDPOINT);
  due(CLOCK);
  usb_midi_send_due();
  PROMISE_EQUAL(fake_usb.transfers, 1);
  fetched();
  PROMISE_EQUAL(fake_usb.transfers, 2);
  PROMISE_EQUAL(fake_usb.sent[0], CLOCK);
}

BEHAVIOUR(what_is_carried_has_the_endpoint_only_where_it_is_free_and_for_one_transfer) {
  start();
  carry_one(300); /* 100 packets */
  due(CLOCK);
  usb_midi_send_due();
  usb_midi_send_carried();
  PROMISE_EQUAL(fake_usb.transfers, 1);
  fetched();
  PROMISE_EQUAL(fake_usb.transfers, 1);
  usb_midi_send_carried();
  PROMISE_EQUAL(fake_usb.transfers, 2);
  PROMISE_EQUAL(fake_usb.count, IN_A_TRANSFER);
  due(CLOCK);
  usb_midi_send_due();
  fetched();
  PROMISE_EQUAL(fake_usb.count, 1);
  PROMISE_EQUAL(fake_usb.sent[0], CLOCK);
}

BEHAVIOUR(the_end_of_what_came_in_is_for_tinyusb) {
  start();
  PROMISE(driver()->xfer_cb(0, USB_ENDPOINT_MIDI, XFER_RESULT_SUCCESS, 4));
  PROMISE_EQUAL(fake_usb.others, 1);
  PROMISE_EQUAL(fake_usb.transfers, 0);
}

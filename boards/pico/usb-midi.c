/*
 * USB-MIDI through TinyUSB, on every board that has it (usb-device.h says what differs): rings between TinyUSB and TypeScript.
 *
 *    tud_task --> tud_midi_rx_cb: stamp, ring --> TypeScript
 *    due packets --> [ sending ] --> the endpoint: at once where it is free, else as soon as the transfer under way has ended
 *
 * TinyUSB's MIDI class opens the interface and receives. What leaves does not go through its FIFO: that way took a clock 106 us from a cold
 * cache. So its driver is wrapped in ours, which hears of each transfer's end.
 *
 * A chip without USB has no host, ever.
 */
#include "usb-midi.h"
#include "usb-device.h"

volatile uint32_t usb_midi_lost;

#if USB_DEVICE

#include "carry.h"
#include "class/midi/midi_device.h"
#include "port.h"
#include "ring.h"
#include "tusb.h"
#include "device/usbd_pvt.h"

#define RECEIVED_LENGTH 128
#define SENDING_LENGTH 128
#define UNREAD_MICROS 100000u /* a host that fetches nothing for so long sleeps, or no program of its listens */
#define TRANSFER_PACKETS 15 /* one less than the endpoint holds: a transfer that fills it would need an empty one behind it */

static struct usb_midi_received received[RECEIVED_LENGTH];
static struct ring receiving;
static uint32_t sending_packets[SENDING_LENGTH];
static struct ring sending;
static uint32_t transfer[TRANSFER_PACKETS]; /* what the endpoint is given */
static bool is_under_way;
static stamp begun; /* when that was */
static void (*notify)(void);

void usb_midi_open(void (*arrived)(void)) {
  notify = arrived;
  usb_device_open();
}

static bool has_room(void) { return ring_waiting(&receiving) <= RECEIVED_LENGTH - CARRY_PACKETS; }

/* Packets stay in TinyUSB's FIFO while the ring is full: the host is told to wait, until usb_midi_drop has made room. */
static USB_RAM void receive(void) {
  union {
    uint8_t bytes[4];
    uint32_t packet;
  } in;
  stamp now = port_now();
  while (has_room() && tud_midi_packet_read(in.bytes)) {
    uint32_t pass[CARRY_PACKETS];
    unsigned count = carry_packet(in.packet, now, pass);
    for (unsigned i = 0; i < count; i++) {
      received[receiving.put & (RECEIVED_LENGTH - 1)] = (struct usb_midi_received){now, pass[i]};
      ring_put(&receiving);
    }
  }
}

void tud_midi_rx_cb(uint8_t interface) {
  (void)interface;
  usb_lock();
  receive();
  usb_unlock();
  if (notify) notify();
}

const struct usb_midi_received *usb_midi_peek(void) {
  return ring_waiting(&receiving) ? &received[receiving.taken & (RECEIVED_LENGTH - 1)] : 0;
}

void usb_midi_drop(void) {
  bool was_full = !has_room();
  ring_take(&receiving);
  if (was_full && has_room()) usb_serve_soon(); /* what was left is fetched */
}

void usb_midi_service(void) {
  usb_lock();
  receive();
  usb_unlock();
}

/* ---- out: all under the lock ---- */

static USB_RAM void keep(uint32_t packet) {
  if (ring_waiting(&sending) == SENDING_LENGTH) usb_midi_lost = usb_midi_lost + 1;
  else {
    sending_packets[sending.put & (SENDING_LENGTH - 1)] = packet;
    ring_put(&sending);
  }
}

/* Nothing is kept for a host that is not there, or does not listen: a Start of long ago would start it elsewhere in the song. */
static USB_RAM bool is_heard(void) {
  if (!tud_mounted()) return false;
  stamp now = port_now();
  if (!is_under_way || now - begun < UNREAD_MICROS) return true;
  begun = now - UNREAD_MICROS; /* kept near: stamps wrap */
  sending.taken = sending.put;
  return false;
}

/* Packets of one moment leave in one transfer. */
static USB_RAM void start(void) {
  unsigned count = 0;
  if (is_under_way) return;
  for (; count < TRANSFER_PACKETS && ring_waiting(&sending); ring_take(&sending))
    transfer[count++] = sending_packets[sending.taken & (SENDING_LENGTH - 1)];
  if (!count) return;
  begun = port_now();
  is_under_way = usb_transfer(0x80 | USB_ENDPOINT_MIDI, (uint8_t *)transfer, (uint16_t)(count * sizeof *transfer));
}

USB_RAM bool usb_midi_send_due(void) {
  uint32_t packet;
  usb_lock();
  bool any = false, is_there = is_heard();
  for (; carry_usb_due(&packet); any = true)
    if (is_there) keep(packet);
  start();
  usb_unlock();
  return any;
}

void usb_midi_send_carried(void) {
  uint32_t packet;
  usb_lock();
  bool is_there = is_heard();
  unsigned room = is_under_way || ring_waiting(&sending) ? 0 : TRANSFER_PACKETS;
  while ((room || !is_there) && carry_usb_take(&packet))
    if (is_there) keep(packet), room--;
  start();
  usb_unlock();
}

/* ---- TinyUSB's MIDI class, with the end of what leaves for us ---- */

static void forget(void) {
  usb_lock();
  is_under_way = false;
  sending.taken = sending.put;
  usb_unlock();
}

static void reset(uint8_t port) {
  midid_reset(port);
  forget();
}

/* A host that halts the endpoint throws away what is under way there: it never ends. TinyUSB takes nothing more until the halt is over. */
static bool requested(uint8_t port, uint8_t stage, tusb_control_request_t const *request) {
  bool is_to_endpoint = request->bmRequestType == TUSB_REQ_RCPT_ENDPOINT; /* a standard one that asks for nothing back */
  if (is_to_endpoint && request->bRequest == TUSB_REQ_SET_FEATURE && request->wIndex == (0x80 | USB_ENDPOINT_MIDI)) forget();
  return midid_control_xfer_cb(port, stage, request);
}

static bool transferred(uint8_t port, uint8_t endpoint, xfer_result_t result, uint32_t bytes) {
  if (endpoint != (0x80 | USB_ENDPOINT_MIDI)) return midid_xfer_cb(port, endpoint, result, bytes);
  usb_lock();
  is_under_way = false;
  start();
  usb_unlock();
  return true;
}

usbd_class_driver_t const *usbd_app_driver_get_cb(uint8_t *count) {
  static const usbd_class_driver_t driver = {
      .name = "tactus",
      .init = midid_init,
      .deinit = midid_deinit,
      .reset = reset,
      .open = midid_open,
      .control_xfer_cb = requested,
      .xfer_cb = transferred,
  };
  *count = 1;
  return &driver;
}

#else

void usb_midi_open(void (*arrived)(void)) { (void)arrived; }
const struct usb_midi_received *usb_midi_peek(void) { return 0; }
void usb_midi_drop(void) {}
void usb_midi_service(void) {}
bool usb_midi_send_due(void) { return false; }
void usb_midi_send_carried(void) {}

#endif

/*
 * USB-MIDI through TinyUSB, on every board that has it (usb-device.h says what differs): rings between TinyUSB and TypeScript.
 *
 *    tud_task --> tud_midi_rx_cb: stamp, ring --> TypeScript
 *    due packets --> usb_midi_send --> FIFO, flushed at once; a full FIFO is retried when room comes, clock first
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
#define WAITING_LENGTH 64

static struct usb_midi_received received[RECEIVED_LENGTH];
static struct ring receiving;
static uint32_t waiting[WAITING_LENGTH]; /* packets the FIFO had no room for */
static struct ring sending;
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

static USB_RAM bool write(uint32_t packet) {
  union {
    uint32_t packet;
    uint8_t bytes[4];
  } out = {packet};
  return tud_midi_packet_write(out.bytes);
}

USB_RAM void usb_midi_service(void) {
  usb_lock();
  while (ring_waiting(&sending) && write(waiting[sending.taken & (WAITING_LENGTH - 1)])) ring_take(&sending);
  receive();
  usb_unlock();
}

/* The endpoint is kept claimed, so TinyUSB sends nothing until it is let go: packets of one moment then leave in one transfer. The
   second would else wait for the first one's interrupt, 140 us. */
USB_RAM bool usb_midi_hold(void) { return tud_mounted() && usbd_edpt_claim(0, 0x80 | USB_ENDPOINT_MIDI); }

bool usb_midi_is_there(void) { return tud_mounted(); }

void usb_midi_let_go(void) { usbd_edpt_release(0, 0x80 | USB_ENDPOINT_MIDI); }

/* Under the lock. */
static USB_RAM void send(uint32_t packet) {
  bool real_time = (packet & 0xf) == 0xf;
  if ((real_time || !ring_waiting(&sending)) && write(packet)) return;
  if (ring_waiting(&sending) < WAITING_LENGTH) {
    waiting[sending.put & (WAITING_LENGTH - 1)] = packet;
    ring_put(&sending);
  } else usb_midi_lost = usb_midi_lost + 1;
}

USB_RAM void usb_midi_send(uint32_t packet) {
  if (!tud_mounted()) return;
  usb_lock();
  send(packet);
  usb_unlock();
}

#else

void usb_midi_open(void (*arrived)(void)) { (void)arrived; }
const struct usb_midi_received *usb_midi_peek(void) { return 0; }
void usb_midi_drop(void) {}
void usb_midi_service(void) {}
bool usb_midi_hold(void) { return false; }
void usb_midi_let_go(void) {}
void usb_midi_send(uint32_t packet) { (void)packet; }
bool usb_midi_is_there(void) { return false; }

#endif

/*
 * USB-MIDI, class-compliant, through the TinyUSB that Moddable links for its console: two cables, 1 clock and notes, 2
 * configuration. Everything here runs at one interrupt priority (TinyUSB's task and the doorbell's are both 0x80), so neither
 * interrupts the other and packets need no lock.
 *
 *    tud_task --> tud_midi_rx_cb: stamp, ring --> TypeScript
 *    due packets --> usb_midi_send --> FIFO, flushed at once; a full FIFO is retried when room comes, clock first
 *
 * A release is a pure MIDI device; a debug build keeps the console for xsbug.
 */
#include "usb-midi.h"
#include "class/midi/midi_device.h"
#include "pico/unique_id.h"
#include "port.h"
#include "ring.h"
#include "version.h"
#include "tusb.h"
#include "device/usbd_pvt.h"

#ifdef mxDebug
#define WITH_CONSOLE 1
#else
#define WITH_CONSOLE 0
#endif

enum {
#if WITH_CONSOLE
  INTERFACE_CONSOLE,
  INTERFACE_CONSOLE_DATA,
#endif
  INTERFACE_AUDIO,
  INTERFACE_MIDI,
  INTERFACES
};

#define CABLES 2
#define ENDPOINT_MIDI 0x03
#define STRING_PRODUCT 2
#define STRING_CABLE 4 /* one for each cable from here */
#define JACKS_BYTES (TUD_MIDI_DESC_HEAD_LEN + CABLES * TUD_MIDI_DESC_JACK_LEN + 2 * TUD_MIDI_DESC_EP_LEN(CABLES))
#define CONFIGURATION_BYTES (TUD_CONFIG_DESC_LEN + (WITH_CONSOLE ? TUD_CDC_DESC_LEN : 0) + JACKS_BYTES)

static const tusb_desc_device_t device = {
  .bLength = sizeof(tusb_desc_device_t),
  .bDescriptorType = TUSB_DESC_DEVICE,
  .bcdUSB = 0x0200,
#if WITH_CONSOLE
  .bDeviceClass = TUSB_CLASS_MISC,
  .bDeviceSubClass = MISC_SUBCLASS_COMMON,
  .bDeviceProtocol = MISC_PROTOCOL_IAD,
#endif
  .bMaxPacketSize0 = CFG_TUD_ENDPOINT0_SIZE,
  .idVendor = 0x2e8a,  /* Raspberry Pi */
  .idProduct = 0x000a, /* their SDK's, for builds of one's own */
  .bcdDevice = TACTUS_BCD_VERSION,
  .iManufacturer = 1,
  .iProduct = STRING_PRODUCT,
  .iSerialNumber = 3,
  .bNumConfigurations = 1,
};

static const uint8_t configuration[] = {
  TUD_CONFIG_DESCRIPTOR(1, INTERFACES, 0, CONFIGURATION_BYTES, 0, 250),
#if WITH_CONSOLE
  TUD_CDC_DESCRIPTOR(INTERFACE_CONSOLE, 0, 0x81, 8, 0x02, 0x82, 64),
#endif
  TUD_MIDI_DESC_HEAD(INTERFACE_AUDIO, STRING_PRODUCT, CABLES),
  TUD_MIDI_DESC_JACK_DESC(1, STRING_CABLE),
  TUD_MIDI_DESC_JACK_DESC(2, STRING_CABLE + 1),
  TUD_MIDI_DESC_EP(ENDPOINT_MIDI, 64, CABLES),
  TUD_MIDI_JACKID_IN_EMB(1),
  TUD_MIDI_JACKID_IN_EMB(2),
  TUD_MIDI_DESC_EP(0x80 | ENDPOINT_MIDI, 64, CABLES),
  TUD_MIDI_JACKID_OUT_EMB(1),
  TUD_MIDI_JACKID_OUT_EMB(2),
};

static char serial[PICO_UNIQUE_BOARD_ID_SIZE_BYTES * 2 + 1];
static const char *const strings[] = {0, "tactus", "tactus", serial, "tactus clock", "tactus configuration"};

const uint8_t *tud_descriptor_device_cb(void) { return (const uint8_t *)&device; }

const uint8_t *tud_descriptor_configuration_cb(uint8_t index) {
  (void)index;
  return configuration;
}

const uint16_t *tud_descriptor_string_cb(uint8_t index, uint16_t language) {
  static uint16_t descriptor[32];
  unsigned length = 1;
  (void)language;
  if (!serial[0]) pico_get_unique_board_id_string(serial, sizeof serial);
  if (index == 0) descriptor[length++] = 0x0409;
  else if (index < sizeof strings / sizeof *strings)
    for (const char *from = strings[index]; *from && length < 32; from++) descriptor[length++] = (uint16_t)*from;
  else return 0;
  descriptor[0] = (uint16_t)(TUSB_DESC_STRING << 8 | 2 * length);
  return descriptor;
}

#define RECEIVED_LENGTH 128
#define WAITING_LENGTH 64

static struct usb_midi_received received[RECEIVED_LENGTH];
static struct ring receiving;
static uint32_t waiting[WAITING_LENGTH]; /* packets the FIFO had no room for */
static struct ring sending;
static void (*notify)(void);
volatile uint32_t usb_midi_lost;

void usb_midi_open(void (*arrived)(void)) { notify = arrived; }

/* Packets stay in TinyUSB's FIFO while the ring is full: the host is told to wait. */
static TACTUS_RAM void receive(void) {
  union {
    uint8_t bytes[4];
    uint32_t packet;
  } in;
  stamp now = port_now();
  while (ring_waiting(&receiving) < RECEIVED_LENGTH && tud_midi_packet_read(in.bytes)) {
    received[receiving.put & (RECEIVED_LENGTH - 1)] = (struct usb_midi_received){now, in.packet};
    ring_put(&receiving);
  }
}

void tud_midi_rx_cb(uint8_t interface) {
  (void)interface;
  receive();
  if (notify) notify();
}

const struct usb_midi_received *usb_midi_peek(void) {
  return ring_waiting(&receiving) ? &received[receiving.taken & (RECEIVED_LENGTH - 1)] : 0;
}

void usb_midi_drop(void) { ring_take(&receiving); }

static TACTUS_RAM bool write(uint32_t packet) {
  union {
    uint32_t packet;
    uint8_t bytes[4];
  } out = {packet};
  return tud_midi_packet_write(out.bytes);
}

TACTUS_RAM void usb_midi_service(void) {
  while (ring_waiting(&sending) && write(waiting[sending.taken & (WAITING_LENGTH - 1)])) ring_take(&sending);
  receive();
}

/* The endpoint is kept claimed, so TinyUSB sends nothing until it is let go: packets of one moment then leave in one transfer. The
   second would else wait for the first one's interrupt, 140 us. */
TACTUS_RAM bool usb_midi_hold(void) { return tud_mounted() && usbd_edpt_claim(0, 0x80 | ENDPOINT_MIDI); }

void usb_midi_let_go(void) { usbd_edpt_release(0, 0x80 | ENDPOINT_MIDI); }

TACTUS_RAM void usb_midi_send(uint32_t packet) {
  if (!tud_mounted()) return;
  bool real_time = (packet & 0xf) == 0xf;
  if ((real_time || !ring_waiting(&sending)) && write(packet)) return;
  if (ring_waiting(&sending) < WAITING_LENGTH) {
    waiting[sending.put & (WAITING_LENGTH - 1)] = packet;
    ring_put(&sending);
  } else usb_midi_lost++;
}

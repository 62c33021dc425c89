/*
 * USB-MIDI on the S3's USB-OTG through TinyUSB (component espressif/esp_tinyusb, CONFIG_TINYUSB_MIDI_COUNT=1): the same
 * descriptors, rings and rules as ../pico/usb-midi.c. Two tasks of core 0 meet here, TinyUSB's and the doorbell's, so a mutex
 * stands where the Pico has equal interrupt priorities. On the ESP32 and C3, without USB-OTG, there is no host, ever.
 *
 *    TinyUSB's task --> tud_midi_rx_cb: stamp, ring --> TypeScript
 *    doorbell's task --> usb_midi_send --> FIFO, flushed at once; a full FIFO is retried when room comes, clock first
 */
#include "usb-midi.h"
#include "sdkconfig.h"

volatile uint32_t usb_midi_lost;

#if CONFIG_TINYUSB_MIDI_COUNT

#include "class/midi/midi_device.h"
#include "device/usbd_pvt.h"
#include "esp_mac.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "port.h"
#include "problem.h"
#include "ring.h"
#include "tinyusb.h"
#include "tinyusb_default_config.h"
#include "version.h"

enum { INTERFACE_AUDIO, INTERFACE_MIDI, INTERFACES };

#define CABLES 2
#define ENDPOINT_MIDI 0x03
#define STRING_PRODUCT 2
#define STRING_SERIAL 3
#define STRING_CABLE 4 /* one for each cable from here */
#define CONFIGURATION_BYTES \
  (TUD_CONFIG_DESC_LEN + TUD_MIDI_DESC_HEAD_LEN + CABLES * TUD_MIDI_DESC_JACK_LEN + 2 * TUD_MIDI_DESC_EP_LEN(CABLES))

static const tusb_desc_device_t device = {
  .bLength = sizeof(tusb_desc_device_t),
  .bDescriptorType = TUSB_DESC_DEVICE,
  .bcdUSB = 0x0200,
  .bMaxPacketSize0 = CFG_TUD_ENDPOINT0_SIZE,
  .idVendor = TINYUSB_ESPRESSIF_VID,
  .idProduct = 0x4008, /* theirs for TinyUSB examples with MIDI alone; for builds of one's own */
  .bcdDevice = TACTUS_BCD_VERSION,
  .iManufacturer = 1,
  .iProduct = STRING_PRODUCT,
  .iSerialNumber = STRING_SERIAL,
  .bNumConfigurations = 1,
};

static const uint8_t configuration[] = {
  TUD_CONFIG_DESCRIPTOR(1, INTERFACES, 0, CONFIGURATION_BYTES, 0, 250),
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

static char serial[13];
static const char *strings[] = {"\x09\x04", "tactus", "tactus", serial, "tactus clock", "tactus configuration"};
#define STRINGS (sizeof strings / sizeof *strings)

#define RECEIVED_LENGTH 128
#define WAITING_LENGTH 64

static struct usb_midi_received received[RECEIVED_LENGTH];
static struct ring receiving;
static uint32_t waiting[WAITING_LENGTH]; /* packets the FIFO had no room for */
static struct ring sending;
static void (*notify)(void);
static SemaphoreHandle_t mutex;
static StaticSemaphore_t mutex_space;

static void name_serial(void) {
  uint8_t mac[6] = {0};
  went_well("esp_efuse_mac_get_default", esp_efuse_mac_get_default(mac));
  for (unsigned i = 0; i < 12; i++) serial[i] = "0123456789ABCDEF"[mac[i / 2] >> (i & 1 ? 0 : 4) & 15];
}

void usb_midi_open(void (*arrived)(void)) {
  notify = arrived;
  mutex = xSemaphoreCreateMutexStatic(&mutex_space);
  name_serial();
  tinyusb_config_t config = TINYUSB_DEFAULT_CONFIG();
  config.task.xCoreID = 0; /* core 1 is delivery's */
  config.descriptor.device = &device;
  config.descriptor.full_speed_config = configuration;
  config.descriptor.string = strings;
  config.descriptor.string_count = STRINGS;
  went_well("tinyusb_driver_install", tinyusb_driver_install(&config));
}

static void lock(void) { xSemaphoreTake(mutex, portMAX_DELAY); }
static void unlock(void) { xSemaphoreGive(mutex); }

/* Packets stay in TinyUSB's FIFO while the ring is full: the host is told to wait. */
static void receive(void) {
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
  lock();
  receive();
  unlock();
  if (notify) notify();
}

const struct usb_midi_received *usb_midi_peek(void) {
  return ring_waiting(&receiving) ? &received[receiving.taken & (RECEIVED_LENGTH - 1)] : 0;
}

void usb_midi_drop(void) { ring_take(&receiving); }

static bool write(uint32_t packet) {
  union {
    uint32_t packet;
    uint8_t bytes[4];
  } out = {packet};
  return tud_midi_packet_write(out.bytes);
}

void usb_midi_service(void) {
  lock();
  while (ring_waiting(&sending) && write(waiting[sending.taken & (WAITING_LENGTH - 1)])) ring_take(&sending);
  receive();
  unlock();
}

/* As on the Pico: while the endpoint is kept claimed TinyUSB sends nothing, and packets of one moment leave in one transfer. */
bool usb_midi_hold(void) { return tud_mounted() && usbd_edpt_claim(0, 0x80 | ENDPOINT_MIDI); }

void usb_midi_let_go(void) { usbd_edpt_release(0, 0x80 | ENDPOINT_MIDI); }

void usb_midi_send(uint32_t packet) {
  if (!tud_mounted()) return;
  bool real_time = (packet & 0xf) == 0xf;
  lock();
  if ((real_time || !ring_waiting(&sending)) && write(packet)) {
    unlock();
    return;
  }
  if (ring_waiting(&sending) < WAITING_LENGTH) {
    waiting[sending.put & (WAITING_LENGTH - 1)] = packet;
    ring_put(&sending);
  } else usb_midi_lost = usb_midi_lost + 1;
  unlock();
}

#else

void usb_midi_open(void (*arrived)(void)) { (void)arrived; }
const struct usb_midi_received *usb_midi_peek(void) { return 0; }
void usb_midi_drop(void) {}
void usb_midi_service(void) {}
bool usb_midi_hold(void) { return false; }
void usb_midi_let_go(void) {}
void usb_midi_send(uint32_t packet) { (void)packet; }

#endif

/* As much of TinyUSB as usb-midi.c calls; what the behaviours say comes back, what it starts is written down. */
#ifndef FAKE_TUSB_H
#define FAKE_TUSB_H

#include <stdbool.h>
#include <stdint.h>

#define USB_DEVICE 1
#define USB_RAM
#define USB_ENDPOINT_MIDI 3

struct fake_usb {
  bool is_mounted, is_busy, is_halted;
  unsigned transfers, count, others; /* `count` packets were in the last transfer; ends of other endpoints' */
  uint32_t sent[16];
};
extern struct fake_usb fake_usb;

bool tud_mounted(void);
bool usb_transfer(uint8_t endpoint, const uint8_t *bytes, uint16_t count);
static inline void usb_device_open(void) {}
static inline void usb_lock(void) {}
static inline void usb_unlock(void) {}
static inline void usb_serve_soon(void) {}

#endif

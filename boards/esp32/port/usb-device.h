/*
 * What usb-midi.c and usb-descriptors.h (boards/pico) need of a board. Two tasks of core 0 meet there, TinyUSB's and the
 * doorbell's, so a mutex stands where the Pico has equal interrupt priorities. The ESP32 and the C3 have no USB-OTG: no host, ever.
 */
#ifndef TACTUS_USB_DEVICE_H
#define TACTUS_USB_DEVICE_H

#include "sdkconfig.h"

#define USB_VENDOR 0x303a  /* Espressif */
#define USB_PRODUCT 0x4008 /* theirs for TinyUSB examples with MIDI alone; for builds of one's own */
#define USB_ENDPOINT_MIDI 0x03
#define USB_CONSOLE 0 /* a debug build talks over the UART */
#define USB_RAM       /* tasks, not interrupts */

#if CONFIG_TINYUSB_MIDI_COUNT
#define USB_DEVICE 1
#else
#define USB_DEVICE 0
#endif

void usb_device_open(void);
void usb_lock(void);
void usb_unlock(void);
#define usb_transfer(endpoint, bytes, count) usbd_edpt_xfer(0, endpoint, bytes, count, false)
#define usb_serve_soon usb_midi_service /* any task may */

#endif

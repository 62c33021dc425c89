/*
 * What usb-midi.c and usb-descriptors.h need of a board. On the Pico TinyUSB's task and the doorbell's run at one interrupt
 * priority (0x80), so neither interrupts the other and packets need no lock.
 */
#ifndef TACTUS_USB_DEVICE_H
#define TACTUS_USB_DEVICE_H

#include "port.h"

#define USB_VENDOR 0x2e8a  /* Raspberry Pi */
#define USB_PRODUCT 0x000a /* their SDK's, for builds of one's own */
#define USB_ENDPOINT_MIDI 0x03
#define USB_DEVICE 1
#define USB_RAM TACTUS_RAM /* a clock byte's way out of the rings */

#ifdef mxDebug
#define USB_CONSOLE 1
#else
#define USB_CONSOLE 0
#endif

/* A bus reset closes the endpoints in its interrupt, and TinyUSB's task hears of it later: until the host gives an address again (4.1.4,
   ADDR_ENDP) there is nothing to hand a transfer to. */
#define RP_USB_ADDRESS (*(volatile uint32_t *)0x50110000)
#define usb_transfer(endpoint, bytes, count) ((RP_USB_ADDRESS & 0x7f) != 0 && usbd_edpt_xfer(0, endpoint, bytes, count))

TACTUS_INLINE void usb_device_open(void) {} /* the SDK opens it for its console */
TACTUS_INLINE void usb_lock(void) {}
TACTUS_INLINE void usb_unlock(void) {}
TACTUS_INLINE void usb_serve_soon(void) { port_doorbell(); } /* usb_midi_service, from the main loop */

#endif

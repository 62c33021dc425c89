/* USB-MIDI: packets in with their stamps, packets out at once. See usb-midi.c. */
#ifndef TACTUS_USB_MIDI_H
#define TACTUS_USB_MIDI_H

#include "stamp.h"

struct usb_midi_received {
  stamp at;        /* when TinyUSB handed it over */
  uint32_t packet; /* USB-MIDI event packet, low byte first */
};

/* `arrived` is called in an interrupt of priority 0x80, on an ESP32 in TinyUSB's task. */
void usb_midi_open(void (*arrived)(void));

/* For the main loop: the oldest packet, null for none; and away with it. */
const struct usb_midi_received *usb_midi_peek(void);
void usb_midi_drop(void);

/* At interrupt priority 0x80. Nothing is kept for a host that is not there. */
bool usb_midi_send_due(void);     /* what is due (carry.h) leaves, with the endpoint free at once; false: nothing was */
void usb_midi_send_carried(void); /* of what is carried one transfer, where the endpoint is free: a clock waits for one at the most */
void usb_midi_service(void);      /* fetches what TinyUSB has kept for want of room */

/* Packets lost because the host did not fetch. */
extern volatile uint32_t usb_midi_lost;

#endif

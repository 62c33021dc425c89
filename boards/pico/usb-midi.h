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

bool usb_midi_is_there(void); /* a host has set it up */

/* At interrupt priority 0x80. Nothing is kept for a host that is not there. */
void usb_midi_send(uint32_t packet);
/* Around all but the last of several packets. False: a transfer is under way, nothing to let go; they leave together behind it. */
bool usb_midi_hold(void);
void usb_midi_let_go(void);
/* At interrupt priority 0x80, after the host may have made room. */
void usb_midi_service(void);

/* Packets lost because the host did not fetch. */
extern volatile uint32_t usb_midi_lost;

#endif

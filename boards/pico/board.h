/*
 * The Pico, with TinyUSB's MIDI class beside. This file is force-included in every C file of a build, the SDK's too.
 * After editing it, build clean: objects do not depend on it.
 */
#include "boards/pico.h"

#define CFG_TUD_MIDI 1
#define CFG_TUD_MIDI_RX_BUFSIZE 64
#define CFG_TUD_MIDI_TX_BUFSIZE 256

/* Our own descriptors (usb-midi.c): a serial port that reboots the chip when a host drops RTS has no place in a release. */
#define PICO_STDIO_USB_USE_DEFAULT_DESCRIPTORS 0

/*
 * The Pico, with TinyUSB's MIDI class beside. This file is force-included in every C file of a build, the SDK's too.
 * After editing it, build clean: objects do not depend on it.
 */
#include "boards/pico.h"

#define CFG_TUD_MIDI 1
#define CFG_TUD_MIDI_RX_BUFSIZE 64
#define CFG_TUD_MIDI_TX_BUFSIZE 64 /* not used: usb-midi.c */

/* Our own descriptors (usb-descriptors.h): a serial port that reboots the chip when a host drops RTS has no place in a release. */
#define PICO_STDIO_USB_USE_DEFAULT_DESCRIPTORS 0
/* Nor one for picotool; its driver would stand where usb-midi.c puts its own. */
#define PICO_STDIO_USB_ENABLE_RESET_VIA_VENDOR_INTERFACE 0

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * The interpreter's inner loop and its way to a property run from RAM, and are compiled for speed where the SDK asks for size: the
 * declarations come first, so their attributes hold for XS's definitions. Its 32 KB go round in a 16 KB cache otherwise (README.md).
 */
struct sxMachine;
struct sxSlot;
#define HOT(NAME) __attribute__((section(".time_critical." NAME), optimize("O2")))
HOT("run") void fxRunID(struct sxMachine *the, struct sxSlot *generator, int32_t count);
HOT("get") struct sxSlot *fxOrdinaryGetProperty(struct sxMachine *the, struct sxSlot *instance, uint16_t id, uint32_t index, uint8_t flag);
HOT("set") struct sxSlot *fxOrdinarySetProperty(struct sxMachine *the, struct sxSlot *instance, uint16_t id, uint32_t index, uint8_t flag);
HOT("prototype") struct sxSlot *fxGetPrototype(struct sxMachine *the, struct sxSlot *instance);

/* A clock byte's way through TinyUSB to the endpoint: each function in a cold cache is some 3 us. */
struct hw_endpoint;
HOT("mounted") _Bool tud_mounted(void);
HOT("transfer") _Bool usbd_edpt_xfer(uint8_t port, uint8_t endpoint, uint8_t *buffer, uint16_t length);
HOT("dcd") _Bool dcd_edpt_xfer(uint8_t port, uint8_t endpoint, uint8_t *buffer, uint16_t length);
HOT("start") void hw_endpoint_xfer_start(struct hw_endpoint *endpoint, uint8_t *buffer, uint16_t length);
HOT("buffer") void hw_endpoint_start_next_buffer(struct hw_endpoint *endpoint);
HOT("prepare") __attribute__((unused)) static uint32_t prepare_ep_buffer(struct hw_endpoint *endpoint, uint8_t buffer);
HOT("control") void _hw_endpoint_buffer_control_update32(struct hw_endpoint *endpoint, uint32_t and_mask, uint32_t or_mask);
#undef HOT
#endif

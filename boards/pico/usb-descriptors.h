/*
 * What a module shows a USB host, one table for every board: a class-compliant MIDI device of two cables, 1 clock and notes, 2
 * configuration. A release is a pure MIDI device; with USB_CONSOLE, for debugging alone, a serial port stands before it. Included
 * once, by the board's usb-device.c, which has USB_VENDOR, USB_PRODUCT and USB_CONSOLE from its usb-device.h.
 */
#ifndef TACTUS_USB_DESCRIPTORS_H
#define TACTUS_USB_DESCRIPTORS_H

#include "tusb.h"
#include "usb-device.h"
#include "version.h"

enum {
#if USB_CONSOLE
  INTERFACE_CONSOLE,
  INTERFACE_CONSOLE_DATA,
#endif
  INTERFACE_AUDIO,
  INTERFACE_MIDI,
  INTERFACES
};

#define CABLES 2
#define STRING_PRODUCT 2
#define STRING_SERIAL 3
#define STRING_CABLE 4 /* one for each cable from here */
#define JACKS_BYTES (TUD_MIDI_DESC_HEAD_LEN + CABLES * TUD_MIDI_DESC_JACK_LEN + 2 * TUD_MIDI_DESC_EP_LEN(CABLES))
#define CONFIGURATION_BYTES (TUD_CONFIG_DESC_LEN + (USB_CONSOLE ? TUD_CDC_DESC_LEN : 0) + JACKS_BYTES)

static const tusb_desc_device_t device = {
  .bLength = sizeof(tusb_desc_device_t),
  .bDescriptorType = TUSB_DESC_DEVICE,
  .bcdUSB = 0x0200,
#if USB_CONSOLE
  .bDeviceClass = TUSB_CLASS_MISC,
  .bDeviceSubClass = MISC_SUBCLASS_COMMON,
  .bDeviceProtocol = MISC_PROTOCOL_IAD,
#endif
  .bMaxPacketSize0 = CFG_TUD_ENDPOINT0_SIZE,
  .idVendor = USB_VENDOR,
  .idProduct = USB_PRODUCT,
  .bcdDevice = TACTUS_BCD_VERSION,
  .iManufacturer = 1,
  .iProduct = STRING_PRODUCT,
  .iSerialNumber = STRING_SERIAL,
  .bNumConfigurations = 1,
};

static const uint8_t configuration[] = {
  TUD_CONFIG_DESCRIPTOR(1, INTERFACES, 0, CONFIGURATION_BYTES, 0, 250),
#if USB_CONSOLE
  TUD_CDC_DESCRIPTOR(INTERFACE_CONSOLE, 0, 0x81, 8, 0x02, 0x82, 64),
#endif
  TUD_MIDI_DESC_HEAD(INTERFACE_AUDIO, STRING_PRODUCT, CABLES),
  TUD_MIDI_DESC_JACK_DESC(1, STRING_CABLE),
  TUD_MIDI_DESC_JACK_DESC(2, STRING_CABLE + 1),
  TUD_MIDI_DESC_EP(USB_ENDPOINT_MIDI, 64, CABLES),
  TUD_MIDI_JACKID_IN_EMB(1),
  TUD_MIDI_JACKID_IN_EMB(2),
  TUD_MIDI_DESC_EP(0x80 | USB_ENDPOINT_MIDI, 64, CABLES),
  TUD_MIDI_JACKID_OUT_EMB(1),
  TUD_MIDI_JACKID_OUT_EMB(2),
};

#define USB_STRINGS "tactus", "tactus", serial, "tactus clock", "tactus configuration" /* from number 1 on */

#endif

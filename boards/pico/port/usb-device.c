/* The descriptors as the TinyUSB that Moddable links for its console asks for them; the serial number is the flash chip's. */
#include "usb-descriptors.h"
#include "pico/unique_id.h"

static char serial[PICO_UNIQUE_BOARD_ID_SIZE_BYTES * 2 + 1];
static const char *const strings[] = {0, USB_STRINGS};

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

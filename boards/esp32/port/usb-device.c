/*
 * The S3's USB-OTG through TinyUSB (component espressif/esp_tinyusb, CONFIG_TINYUSB_MIDI_COUNT=1); the serial number is the MAC
 * address. Nothing on the chips without it.
 */
#include "usb-device.h"

#if USB_DEVICE

#include "usb-descriptors.h"
#include "esp_mac.h"
#include "freertos/FreeRTOS.h"
#include "freertos/semphr.h"
#include "problem.h"
#include "tinyusb.h"
#include "tinyusb_default_config.h"

static char serial[13];
static const char *strings[] = {"\x09\x04", USB_STRINGS};
static SemaphoreHandle_t mutex;
static StaticSemaphore_t mutex_space;

static void name_serial(void) {
  uint8_t mac[6] = {0};
  went_well("esp_efuse_mac_get_default", esp_efuse_mac_get_default(mac));
  for (unsigned i = 0; i < 12; i++) serial[i] = "0123456789ABCDEF"[mac[i / 2] >> (i & 1 ? 0 : 4) & 15];
}

void usb_device_open(void) {
  mutex = xSemaphoreCreateMutexStatic(&mutex_space);
  name_serial();
  tinyusb_config_t config = TINYUSB_DEFAULT_CONFIG();
  config.task.xCoreID = 0; /* core 1 is delivery's */
  config.descriptor.device = &device;
  config.descriptor.full_speed_config = configuration;
  config.descriptor.string = strings;
  config.descriptor.string_count = sizeof strings / sizeof *strings;
  went_well("tinyusb_driver_install", tinyusb_driver_install(&config));
}

void usb_lock(void) { xSemaphoreTake(mutex, portMAX_DELAY); }
void usb_unlock(void) { xSemaphoreGive(mutex); }

#endif

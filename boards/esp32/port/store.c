#include "store.h"
#include "problem.h"
#include "nvs.h"
#include "nvs_flash.h"
#include <string.h>

#define SPACE "tactus"
#define KEY "settings"

static nvs_handle_t space;
static bool mounted, busy;
static char writing[STORE_BYTES];
static uint32_t writing_length;

static bool mount(void) {
  esp_err_t code = nvs_flash_init();
  if (code == ESP_ERR_NVS_NO_FREE_PAGES || code == ESP_ERR_NVS_NEW_VERSION_FOUND) {
    if (!went_well("nvs_flash_erase", nvs_flash_erase())) return false;
    code = nvs_flash_init();
  }
  return went_well("nvs_flash_init", code) && went_well("nvs_open", nvs_open(SPACE, NVS_READWRITE, &space));
}

uint32_t store_open(char *text, uint32_t room) {
  size_t length = room;
  busy = false;
  mounted = mounted || mount();
  return mounted && nvs_get_blob(space, KEY, text, &length) == ESP_OK ? (uint32_t)length : 0;
}

bool store_begin(const char *text, uint32_t length) {
  if (!mounted || busy || length >= STORE_BYTES) return false;
  memcpy(writing, text, length);
  writing_length = length;
  busy = true;
  return true;
}

bool store_step(void) {
  if (busy && went_well("nvs_set_blob", nvs_set_blob(space, KEY, writing, writing_length))) went_well("nvs_commit", nvs_commit(space));
  busy = false;
  return false;
}

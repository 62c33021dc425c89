/* The two functions of the Pico SDK the binding (boards/pico/binding.c) calls, here: the watchdog, on the task that calls. */
#ifndef TACTUS_HARDWARE_WATCHDOG_H
#define TACTUS_HARDWARE_WATCHDOG_H

#include "esp_task_wdt.h"
#include <stdbool.h>

static inline void watchdog_enable(uint32_t milliseconds, bool pause_on_debug) {
  esp_task_wdt_config_t config = {.timeout_ms = milliseconds, .idle_core_mask = 0, .trigger_panic = true};
  (void)pause_on_debug;
  if (esp_task_wdt_init(&config) == ESP_ERR_INVALID_STATE) esp_task_wdt_reconfigure(&config);
  esp_task_wdt_add(0);
}

static inline void watchdog_update(void) { esp_task_wdt_reset(); }

#endif

/* The two functions of the Pico SDK the binding (boards/pico/binding.c) calls, here: the time. */
#ifndef TACTUS_HARDWARE_TIMER_H
#define TACTUS_HARDWARE_TIMER_H

#include "esp_timer.h"

static inline uint64_t time_us_64(void) { return (uint64_t)esp_timer_get_time(); }

#endif

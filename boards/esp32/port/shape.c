#include "shape.h"
#include "port.h"
#include "problem.h"

uint32_t shaped_pins;

void shape_reset(void) { shaped_pins = 0; }

#if CONFIG_IDF_TARGET_ESP32

#include "driver/dac_oneshot.h"
#include "hal/dac_ll.h"

#define FIRST_PIN 25
#define DACS 2

/* 256 (1 - cos(pi n / 8)) / 2 */
static DRAM_ATTR const uint16_t curve[SHAPE_STEPS + 1] = {0, 10, 37, 79, 128, 177, 219, 246, 256};

static DRAM_ATTR struct {
  stamp next;
  uint8_t height, at, goal; /* at, goal: places on the curve */
} shapes[DACS];

bool shape_open(unsigned pin, uint8_t height) {
  static dac_oneshot_handle_t handles[DACS];
  unsigned dac = pin - FIRST_PIN;
  if (dac >= DACS || !height) return false;
  dac_oneshot_config_t config = {.chan_id = dac ? DAC_CHAN_1 : DAC_CHAN_0};
  if (!handles[dac] && !went_well("dac_oneshot_new_channel", dac_oneshot_new_channel(&config, &handles[dac]))) return false;
  if (!went_well("dac_oneshot_output_voltage", dac_oneshot_output_voltage(handles[dac], 0))) return false;
  shapes[dac].height = height;
  shapes[dac].at = shapes[dac].goal = 0;
  shaped_pins |= 1u << pin;
  return true;
}

TACTUS_INLINE void advance(unsigned dac) {
  if (shapes[dac].at < shapes[dac].goal) shapes[dac].at++;
  else shapes[dac].at--;
  shapes[dac].next += SHAPE_STEP_MICROS;
  dac_ll_update_output_value(dac ? DAC_CHAN_1 : DAC_CHAN_0, (uint8_t)((shapes[dac].height * curve[shapes[dac].at]) >> 8));
}

TACTUS_RAM void shape_start(uint32_t set, uint32_t clear, stamp now) {
  for (unsigned dac = 0; dac < DACS; dac++) {
    uint32_t pin = 1u << (FIRST_PIN + dac);
    if (!((set | clear) & shaped_pins & pin)) continue;
    shapes[dac].goal = set & pin ? SHAPE_STEPS : 0;
    shapes[dac].next = now;
    if (shapes[dac].at != shapes[dac].goal) advance(dac);
  }
}

TACTUS_RAM void shape_step(stamp now) {
  for (unsigned dac = 0; dac < DACS; dac++)
    if (shapes[dac].at != shapes[dac].goal && micros_until(shapes[dac].next, now) <= 0) advance(dac);
}

TACTUS_RAM bool shape_next(stamp *at) {
  bool any = false;
  for (unsigned dac = 0; dac < DACS; dac++) {
    if (shapes[dac].at == shapes[dac].goal) continue;
    if (!any || micros_until(shapes[dac].next, *at) < 0) *at = shapes[dac].next;
    any = true;
  }
  return any;
}

#else

bool shape_open(unsigned pin, uint8_t height) {
  (void)pin, (void)height;
  return false;
}
TACTUS_RAM void shape_start(uint32_t set, uint32_t clear, stamp now) { (void)set, (void)clear, (void)now; }
TACTUS_RAM void shape_step(stamp now) { (void)now; }
TACTUS_RAM bool shape_next(stamp *at) {
  (void)at;
  return false;
}

#endif

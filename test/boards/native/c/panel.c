#include "panel.h"
#include "port.h"

struct panel panel;

static bool level_of(unsigned pin) { return panel.levels >> (pin - CLOCK_PIN) & 1; }

void fake_line(unsigned pin, bool level) {
  bool rises = level && !level_of(pin);
  uint8_t bit = (uint8_t)(1u << (pin - CLOCK_PIN));
  panel.levels = (uint8_t)(level ? panel.levels | bit : panel.levels & ~bit);
  if (pin == LATCH_PIN && !level) panel.loaded = (uint16_t)~panel.pressed;
  if (pin == LATCH_PIN && rises) panel.shown = panel.shifted;
  if (pin != CLOCK_PIN || !rises) return;
  panel.shifted = (uint8_t)(panel.shifted << 1 | level_of(TO_PIN));
  if (level_of(LATCH_PIN)) panel.loaded = (uint16_t)(panel.loaded >> 1 | 0x8000); /* the last one's serial input is pulled up */
}

bool fake_line_level(unsigned pin) { return pin == FROM_PIN && (panel.loaded & 1); }

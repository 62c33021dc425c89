/*
 * The panel's chips as their data sheets have them: two 74HC165 in a row for the buttons (loaded while the latch line is low, one
 * bit on at each rise of the clock), one 74HC595 for the lights (shifted on the clock's rise, shown on the latch line's).
 */
#ifndef TACTUS_TEST_PANEL_H
#define TACTUS_TEST_PANEL_H

#include <stdint.h>

enum { CLOCK_PIN = 40, LATCH_PIN, FROM_PIN, TO_PIN };

struct panel {
  uint16_t pressed; /* bit n: button n is held down */
  uint16_t loaded;
  uint8_t shifted, shown;
  uint8_t levels; /* of the four lines */
};
extern struct panel panel;

#endif

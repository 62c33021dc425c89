/*
 * The panel's shift registers and pots: two 74HC165 for the ten buttons, one 74HC595 for eight lights, one clock and one latch
 * line between them. Polled from the main loop; a change waits as an event word until it is taken. Bounce is the core's affair.
 */
#ifndef TACTUS_SHIFT_REGISTERS_H
#define TACTUS_SHIFT_REGISTERS_H

#include <stdint.h>

#define PANEL_NOTHING 0xffffffffu

/* Forgets what was pressed and turned; the lines are ready (chip_panel). Buttons read low when pressed. */
void panel_open(unsigned clock_pin, unsigned latch_pin, unsigned from_buttons_pin, unsigned to_lights_pin);

/* Shifts once through the registers (about 10 us). `pot`: the one that changed, as chip_poll_pots says, or -1. */
void panel_poll(int pot);

/* One changed button or pot as an event word, or PANEL_NOTHING. */
uint32_t panel_take(void);

/* Buttons down at the last poll, bit 0 play, 1 tap, 2.. channels, 6.. steps. */
uint32_t panel_held(void);

/* Bit n: light n, from the next poll but one. */
void panel_lights(uint8_t lights);

#endif

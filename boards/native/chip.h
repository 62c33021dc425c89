/*
 * What a board's chip does besides (port.h): who runs delivery and capture, and the few peripherals they need. One contract; how
 * each chip keeps it stands in its own port/chip.c.
 *
 *    core 0: TypeScript, USB                         core 1: delivery_step(), capture_step(), edges, DIN bytes
 *            schedule_*, capture_take, pots
 *
 * Order of calls: chip_open, then chip_output, chip_input, chip_din, chip_panel in any order, then chip_run, all from core 0.
 */
#ifndef TACTUS_CHIP_H
#define TACTUS_CHIP_H

#include "stamp.h"
#include <stdbool.h>

enum chip_mode { CHIP_CORE0, CHIP_CORE1 };
enum chip_pull { CHIP_PULL_NONE, CHIP_PULL_DOWN, CHIP_PULL_UP };

/* Takes what it needs and forgets every schedule, capture and answer; gives back what an earlier chip_run took. */
void chip_open(void);

/* A pin (0..29) that delivery drives; low. */
void chip_output(unsigned pin);

/* A pin (0..29) that capture listens to as `input` (capture.h). `inverted`: a transistor stage turns the pulse round. False: no
   such input, or the pin cannot be had. */
bool chip_input(unsigned input, unsigned pin, bool inverted, enum chip_pull pull);

/* A UART at 31250 baud. `peripheral_hertz`: what it is divided from, where the chip does not know that itself. */
void chip_din(unsigned transmit_pin, unsigned receive_pin, uint32_t peripheral_hertz);

/* The lines of the panel's registers (shift-registers.h): three outputs, one input pulled up. False: they cannot be had. */
bool chip_panel(unsigned clock_pin, unsigned latch_pin, unsigned from_buttons_pin, unsigned to_lights_pin);

/* Starts. `doorbell` is called on core 0, above the main loop, when captured events or due USB packets wait; null for none.
   False, with nothing kept: no second core answered, or a call failed; then try CHIP_CORE0. */
bool chip_run(enum chip_mode mode, void (*doorbell)(void));

/* After schedule_* and capture_arm, so that an alarm that sleeps is set anew. Cheap where there is nothing to do. */
void chip_wake(void);

/* Grows while delivery is alive, at least a thousand a second: a watchdog is fed only while it moves. */
uint32_t chip_turns(void);

stamp chip_now(void);

/* Reads one pot, where the converter has a reading, and never waits. The pot that changed, or -1. From the main loop, every
   millisecond or so. */
int chip_poll_pots(void);

#endif

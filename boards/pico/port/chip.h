/*
 * The RP2040 side of the native layer: who runs delivery and capture, and the few peripherals they need.
 *
 *    core 0: TypeScript, USB                         core 1: delivery_step() for ever, from RAM;
 *            schedule_*, capture_take, pots                  edges interrupt it, UART bytes are polled
 *
 * Core 1 has no flash in its path and never turns interrupts off for longer than 20 cycles: a sector erase on core 0, which
 * takes 45..90 ms, moves no edge and misses no pulse. Where core 1 cannot be had (CHIP_CORE0), timer alarm 0, the edges' and
 * UART0's interrupts do the same work on core 0, and a flash write stops it.
 *
 * Order of calls: chip_open, then chip_output, chip_input, chip_din in any order, then chip_run, all from core 0.
 */
#ifndef TACTUS_CHIP_H
#define TACTUS_CHIP_H

#include "stamp.h"

enum chip_mode { CHIP_CORE0, CHIP_CORE1 };
enum chip_pull { CHIP_PULL_NONE, CHIP_PULL_DOWN, CHIP_PULL_UP };

/* Takes the peripherals out of reset (they stay out if they were) and forgets every schedule, capture and answer. */
void chip_open(void);

/* A pin that delivery drives; low. */
void chip_output(unsigned pin);

/* A pin that capture listens to as `input` (capture.h). `inverted`: a transistor stage turns the pulse round. */
bool chip_input(unsigned input, unsigned pin, bool inverted, enum chip_pull pull);

/* UART0 at 31250 baud. Pins 0/1, 12/13, 16/17 or 28/29 (2.19.2). `peripheral_hertz`: clk_peri, 125000000. */
void chip_din(unsigned transmit_pin, unsigned receive_pin, uint32_t peripheral_hertz);

/* Starts. `doorbell` is called on core 0, in an interrupt of priority 0x80 (timer alarm 1), when captured events or due USB
   packets wait; null for none. Uses timer alarms 0 and 1. False: core 1 did not answer within 1 ms; then run CHIP_CORE0. */
bool chip_run(enum chip_mode mode, void (*doorbell)(void));

/* CHIP_CORE0: call after schedule_* and capture_arm, so that the alarm is set. CHIP_CORE1: nothing to do. Cheap either way. */
void chip_wake(void);

/* Counts the turns of the delivering loop: a watchdog is fed only while it moves (CHIP_CORE1). */
uint32_t chip_turns(void);

stamp chip_now(void);

/* Reads one pot (ADC channels 0..2, GPIO 26..28) and starts the next conversion; never waits. The pot that changed, or -1.
   Call it from the main loop, every millisecond or so. */
int chip_poll_pots(void);

#endif

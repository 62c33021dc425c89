/*
 * The ESP32 side of the native layer, by the contract of ../../pico/port/chip.h.
 *
 *    core 0: Wi-Fi, USB, the doorbell's task         core 1: interrupts only
 *            schedule_*, capture_take, pots                  level 3: edges; level 2: the alarm of a gptimer, DIN bytes
 *
 * The alarm wakes WAKE_MICROS early and waits for the microsecond: what FreeRTOS locks out meanwhile (its critical sections mask
 * up to level 3) is covered by that much. Everything an interrupt touches lies in IRAM and DRAM and is allocated with
 * ESP_INTR_FLAG_IRAM: while core 0 erases flash, core 1's tasks stand still, its interrupts do not. Moddable's own task is not
 * pinned; on core 1 it runs beneath the interrupts. A chip of one core (C3) delivers from the same interrupts on that core.
 *
 * Order of calls: chip_open, then chip_output, chip_input, chip_din in any order, then chip_run. What failed: problem.h.
 */
#ifndef TACTUS_CHIP_H
#define TACTUS_CHIP_H

#include "stamp.h"

enum chip_mode { CHIP_CORE0, CHIP_CORE1 };
enum chip_pull { CHIP_PULL_NONE, CHIP_PULL_DOWN, CHIP_PULL_UP };

/* Forgets every schedule, capture and answer, and gives back what an earlier chip_run took. */
void chip_open(void);

/* GPIO 0..29; low. With TACTUS_SHAPED_SYNC a height 1..255, the ESP32's GPIO 25 and 26 are DACs (shape.h). */
void chip_output(unsigned pin);

/* A pin (0..29) that capture listens to as `input`. False: no such input, or the pin cannot be had. */
bool chip_input(unsigned input, unsigned pin, bool inverted, enum chip_pull pull);

/* UART1 at 31250 baud, any pins. `peripheral_hertz` is the Pico's affair: the driver knows its own clock. */
void chip_din(unsigned transmit_pin, unsigned receive_pin, uint32_t peripheral_hertz);

/* Starts. `doorbell` is called in a task on core 0. False, with everything taken given back: a call failed, or there is no
   core 1; then try CHIP_CORE0. */
bool chip_run(enum chip_mode mode, void (*doorbell)(void));

/* After schedule_*: looks after what was scheduled now, if the alarm sleeps. Cheap when it does not. */
void chip_wake(void);

/* Counts the times the alarm went to sleep, at least a thousand a second: a watchdog is fed only while it moves. */
uint32_t chip_turns(void);

stamp chip_now(void);

/* One reading of one pot, where the converter has one waiting. The pot that changed, or -1. Every millisecond or so. */
int chip_poll_pots(void);

#endif

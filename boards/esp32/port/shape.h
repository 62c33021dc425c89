/*
 * A sync pulse with soft edges, on the two DACs of the ESP32 (GPIO 25 and 26); no other chip has them, there no pin is shaped.
 * An edge is eight steps of a raised cosine, 4 us each: 32 us that neither ring on a long cable nor click in a mixer. The first
 * step leaves in the microsecond of the edge; half the height, where an input's threshold lies, is passed 14 us later, always.
 *
 *      .--8
 *     /        level = height * (1 - cos(pi n / 8)) / 2
 *   0-'  n
 */
#ifndef TACTUS_SHAPE_H
#define TACTUS_SHAPE_H

#include "stamp.h"

#define SHAPE_STEPS 8
#define SHAPE_STEP_MICROS 4

extern uint32_t shaped_pins; /* masks of GPIO 25 and 26, as far as shape_open was called for them */

/* `height` 1..255: of 3.3 V. False, and the pin stays an ordinary one: no DAC there, or the driver refused. */
bool shape_open(unsigned pin, uint8_t height);
void shape_reset(void);

/* For the delivering side. An edge back before the first one has ended starts where that one stands. */
void shape_start(uint32_t set, uint32_t clear, stamp now);
void shape_step(stamp now);
bool shape_next(stamp *at);

#endif

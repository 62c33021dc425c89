/*
 * Three pots, 12 bits in, 10 bits out. Exponential smoothing over 16 readings, then a dead band of one 10-bit step either
 * side of the value reported last, so that a pot with 6 steps of noise (of 4096) rests. Both ends can be reached: the band
 * closes there.
 */
#ifndef TACTUS_POTS_H
#define TACTUS_POTS_H

#include <stdbool.h>
#include <stdint.h>

#define POTS 3

void pots_reset(void);

/* One reading, 0..4095. True when the reported value changed. The first reading of a pot is believed as it is. */
bool pots_reading(unsigned pot, uint16_t reading);

/* The reported value, 0..1023. */
uint16_t pots_value(unsigned pot);

#endif

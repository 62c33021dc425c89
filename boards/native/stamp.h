/*
 * A stamp is the low word of the chip's microsecond counter. It wraps every 71.6 minutes, so stamps are never compared, only
 * subtracted: the signed distance is right as long as the two lie within 35 minutes of each other. TypeScript holds doubles
 * that never wrap; it hands down the low word and extends what it gets back.
 */
#ifndef TACTUS_STAMP_H
#define TACTUS_STAMP_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t stamp; /* microseconds, modulo 2^32 */

/* Microseconds from `from` until `to`: negative when `to` is past. */
static inline int32_t micros_until(stamp to, stamp from) { return (int32_t)(to - from); }

#endif

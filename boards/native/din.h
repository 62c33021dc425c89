/*
 * MIDI DIN: which byte starts next. One byte takes 320 us and cannot be called back, so the only way never to delay a clock
 * is not to start what would still be in flight when it comes:
 *
 *    answers (F8 fired by an edge)   as soon as the wire is idle
 *    clocks  (F8..FF)                at their time, or as soon as the wire is idle
 *    bytes   (all others)            the same, but not where a clock is due before they would be done
 *
 * So an answer, which nobody could foresee, waits 320 us at most, a clock waits for an answer only, and the bytes behind
 * shift, in their order. The UART's own buffer stays unused: what lies in it could not be overtaken.
 */
#ifndef TACTUS_DIN_H
#define TACTUS_DIN_H

#include "lane.h"

#define DIN_BYTE_MICROS 320
/* A clock may be this late before a byte makes way: bytes back to back start late by a little each (README). */
#define DIN_SLACK_MICROS 8

extern struct lane din_clocks, din_bytes;

/* When there may be something to start, kept up to date by all below: one comparison while there is not. */
extern struct din_due {
  volatile bool any;
  volatile stamp at;
} din_due;

TACTUS_INLINE bool din_is_due(stamp now) { return din_due.any && micros_until(din_due.at, now) <= 0; }

void din_reset(void);
bool din_step(stamp now);     /* true: a byte was started */
void din_look(void);          /* a lane has a new entry */
void din_now(uint8_t byte);   /* an answer, with interrupts out */

#endif

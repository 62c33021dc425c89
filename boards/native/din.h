/*
 * MIDI DIN: which byte starts next. One byte takes 320 us and cannot be called back, so the only way never to delay a clock
 * is not to start what would still be in flight when it comes:
 *
 *    answers (F8 fired by an edge)   as soon as the wire is idle
 *    clocks  (F8..FF, F2 and its two) at their time, or as soon as the wire is idle
 *    bytes   (all others)            the same, but not where a clock is due before they would be done
 *    carried (carry.h)               as bytes; messages stay whole, and which of the two has the next is a matter of their times
 *
 * Only F2, which belongs to a start, may cut a message: a carried one then begins anew. Where pulses are answered nobody knows of
 * clocks beforehand: there din_guard says when the next pulse is expected, and no byte is on the wire then.
 *
 * So an answer, which nobody could foresee, waits 320 us at most, a clock waits for an answer only, and the bytes behind
 * shift, in their order. The UART's own buffer stays unused but for the last DIN_HOLD_MICROS of the byte before: what lies in it
 * could not be overtaken.
 *
 * Which byte goes next is chosen beforehand (din_look). So at its time only handing it over is left, 0.4 us, even between pins of
 * the microseconds around; din_tidy sees to the lanes when there is time.
 */
#ifndef TACTUS_DIN_H
#define TACTUS_DIN_H

#include "lane.h"

#define DIN_BYTE_MICROS 320
/* A clock may be this late before a byte that TypeScript has laid there makes way: bytes back to back start late by a little each
   (README). What is carried was laid by nobody, and is done before the clock. */
#define DIN_SLACK_MICROS 8

/* This near its time a byte is waited for. */
#define DIN_SPIN_MICROS 2

extern struct lane din_clocks, din_bytes, din_carried;

/* When there may be something to start, kept up to date by all below: one comparison while there is not. */
extern struct din_due {
  volatile bool any;
  volatile stamp at;
  struct lane *volatile chosen; /* its head is what may start then; null: an answer goes first, or there is nothing */
} din_due;

TACTUS_INLINE bool din_is_due(stamp now) { return din_due.any && micros_until(din_due.at, now) <= 0; }

void din_reset(void);
void din_guard(bool guards, stamp from, stamp until); /* for core 0; */
bool din_is_guarded(stamp from, int32_t micros);      /* and whether a pulse may come within these */
bool din_hear(void);          /* true: there was something new to carry, or another guard */
bool din_step(void);          /* waits up to DIN_SPIN_MICROS; true: a byte was started */
bool din_hand_over(stamp at); /* waits until `at`; true: the wire has the chosen byte, and din_tidy must follow */
bool din_tidy(void);          /* true: a byte had been handed over */
void din_look(void);          /* a lane has a new entry */
void din_now(uint8_t byte);   /* an answer, with interrupts out */

#endif

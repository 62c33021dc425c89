/*
 * SysEx that is not for this module goes round TypeScript, which says beforehand what is for it and where the rest goes.
 *
 *                           .--> what is for us: on to TypeScript, byte by byte as ever
 *    DIN bytes, USB packets +
 *                           '--> all else --> [ a route: whole messages ] --> the DIN wire (din.c)
 *                                             [ one for each output     ] --> USB packets (carry_usb_take)
 *
 * Four bytes after F0 tell: until then a message is held. A message is stored, then forwarded: it is in a route from its F7 on, whole,
 * and leaves at the earliest `through` after that. What is cut short, longer than LONGEST_SYSEX or finds no room is gone whole, and
 * counted. So nothing that leaves is ever waited for, and no time-out is needed. As for TypeScript's own parser real-time bytes may
 * stand inside, and data without a status behind a SysEx mean nothing.
 *
 * A route has one producer and one consumer: whoever hears the input, and whoever delivers to the output.
 */
#ifndef TACTUS_CARRY_H
#define TACTUS_CARRY_H

#include "stamp.h"

#define LONGEST_SYSEX 512  /* F0 and F7 included, as src/midi/parser.ts */
#define CARRY_HEADS 4      /* kinds of messages that can be ours */
#define CARRY_HEAD_BYTES 5 /* F0 and what tells */
#define CARRY_PACKETS 4    /* packets that one packet may become: what was held, and itself */

enum carry_input { CARRY_DIN, CARRY_USB, CARRY_CONFIG, CARRY_INPUTS }; /* CONFIG, USB cable 2: what is not ours goes nowhere */

/* What TypeScript has decided. */
struct carry_decision {
  uint32_t routes;         /* CARRY_* below */
  uint32_t through_micros; /* from F7 to the first byte */
  struct carry_head {
    uint32_t value, mask; /* of the four bytes after F0, the first lowest; mask 0xff where a byte counts, and 0 altogether: never */
  } ours[CARRY_INPUTS][CARRY_HEADS];
};
#define CARRY_DIN_TO_DIN 1u
#define CARRY_DIN_TO_USB 2u
#define CARRY_USB_TO_DIN 4u
#define CARRY_USB_TO_USB 8u

struct carry_faults {
  volatile uint32_t full;     /* bytes of messages that found no room on their route */
  volatile uint32_t too_long; /* messages */
  volatile uint32_t broken;   /* messages cut short, and data without a status behind one */
};
extern struct carry_faults carry_faults[CARRY_INPUTS];

/* Forgets everything: until the next carry_decide all is TypeScript's. Only before either side runs. */
void carry_reset(void);

/* For core 0. A message that is coming in goes by the old decision or the new one, whole. */
void carry_decide(const struct carry_decision *decision);

/* For whoever hears the input. */
enum heard {
  HEARD_PASS, /* the byte is TypeScript's */
  HEARD_HELD, /* nothing is */
  HEARD_OURS  /* the bytes of carry_held are, this one the last of them */
};
enum heard carry_hear(enum carry_input input, uint8_t byte, stamp now);
const uint8_t *carry_held(enum carry_input input, unsigned *count);

/* A USB-MIDI packet in; what of it is TypeScript's is written to `pass`, so many packets are returned. */
unsigned carry_packet(uint32_t packet, stamp now, uint32_t pass[CARRY_PACKETS]);

/* For the DIN wire: the next byte of the oldest message, and when it may leave; it has left; its message begins anew. */
bool carry_din_peek(stamp *at, uint8_t *byte);
void carry_din_sent(void);
void carry_din_again(void);
uint32_t carry_din_news(void); /* changes when there is more to peek at */

/* For the delivering side: something has waited for USB, and nobody has been told of it for a millisecond. */
bool carry_usb_waits(stamp now);
void carry_usb_told(stamp now);

/* For core 0: the next packet for USB. carry_usb_due: of what TypeScript scheduled, real time first while a carried message is open.
   carry_usb_take: of what is carried, if it may go now; it may not inside a SysEx of TypeScript's. */
bool carry_usb_due(uint32_t *packet);
bool carry_usb_take(uint32_t *packet);

#endif

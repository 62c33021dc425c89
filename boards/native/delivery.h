/*
 * Delivery: what TypeScript scheduled leaves the chip at its microsecond.
 *
 *                                                  .--> lane pins    sorted --> pins, USB packets
 *    schedule (core 0) --> [ staged ] --> one hand --+--> lane clocks  sorted --> UART, real-time bytes first
 *                                                  '--> lane bytes   sorted --> UART, where no clock byte is near
 *
 * Everything right of the ring belongs to whoever calls delivery_step() (core 1, or core 0's alarm interrupt), so an
 * insert can never race a departure and no lock is taken. delivery_step() does one small thing a call: it gathers and waits out
 * what is due within SPIN_MICROS, or it starts a DIN byte, or it moves one entry one place. A long insertion is thus never in
 * the way of an edge.
 *
 * Room is counted lane by lane when an event is scheduled, so the answer is exact, at once: false is full, and counted.
 */
#ifndef TACTUS_DELIVERY_H
#define TACTUS_DELIVERY_H

#include "stamp.h"

#define PINS_LANE_LENGTH 320
#define CLOCKS_LANE_LENGTH 64
#define BYTES_LANE_LENGTH 128
#define WHOLE_BYTES 16 /* a DIN message that finds less room is refused from its status byte on: no answer of ours is longer */
#define USB_DUE_LENGTH 128

/* What is due this soon is gathered and waited for, with nothing else in between. Longer than any other step takes. */
#define SPIN_MICROS 14

/* Later than this after its microsecond an event counts as late. The bar of the worst edge. */
#define LATE_MICROS 5

/* Counters only ever grow (modulo 2^32). Whoever reads them compares with what it read last. */
struct delivery_faults {
  volatile uint32_t pins_full;   /* pin or USB events refused by schedule_* */
  volatile uint32_t clocks_full; /* real-time DIN bytes refused */
  volatile uint32_t bytes_full;  /* other DIN bytes refused */
  volatile uint32_t usb_full;    /* due USB packets nobody fetched in time: dropped */
  volatile uint32_t late;        /* pin events that left more than LATE_MICROS after their time */
  volatile int32_t worst_micros; /* the latest of all */
};
extern struct delivery_faults delivery_faults;

/* Forgets everything, counters too. Only before the delivering side runs. */
void delivery_reset(void);

/* For core 0, in any order of time, up to 35 minutes ahead; false: no room, nothing happened but a count. About 1 us. */
bool schedule_pins(stamp at, uint32_t set, uint32_t clear); /* GPIO masks, pins 0..29; events of one microsecond leave as one */
bool schedule_din(stamp at, uint8_t byte);                  /* at: its start bit. F8..FF, F2 and its data overtake all others */
bool schedule_usb(stamp at, uint32_t packet);               /* 4-byte USB-MIDI event packet, low byte first; see usb_due_take */

/* Pin and USB events, clock bytes, other bytes that schedule_* would take now. */
uint32_t pins_room(void), clocks_room(void), bytes_room(void);

/* USB packets whose time has come, for core 0 to send at once (the doorbell rang for them). False: none. */
bool usb_due_take(uint32_t *packet);

/* For the delivering side, again and again. False: nothing to move; nothing is due before delivery_next(). */
bool delivery_step(void);

/* When delivery_step() wants to be called again: true and a time, or false with every lane empty. */
bool delivery_next(stamp *at);

/* For capture, on the delivering side: a packet of an answer. */
void usb_now(uint32_t packet);

#endif

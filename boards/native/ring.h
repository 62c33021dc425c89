/*
 * One producer, one consumer, no lock: each side owns one free-running count and only reads the other's. Entries live in an
 * array beside it, a power of two long.
 *
 *        taken            put
 *          v               v            put - taken = entries waiting, right across the wrap of either count
 *     .  . [a  b  c  d  e] .  .  .      entry k lies at k & (length - 1)
 *
 * An entry is written before `put` moves and read before `taken` moves; port_barrier() keeps compiler and cores to that
 * order. A full ring refuses: nothing is ever written past.
 */
#ifndef TACTUS_RING_H
#define TACTUS_RING_H

#include "port.h"

struct ring {
  volatile uint32_t put;   /* the producer's */
  volatile uint32_t taken; /* the consumer's */
};

static inline uint32_t ring_waiting(const struct ring *ring) { return ring->put - ring->taken; }

static inline void ring_put(struct ring *ring) {
  port_barrier();
  ring->put = ring->put + 1;
}

static inline void ring_take(struct ring *ring) {
  port_barrier();
  ring->taken = ring->taken + 1;
}

#endif

/*
 * A queue sorted by time whose insertions are many small steps, so that the longest of them never holds up a departure.
 *
 *          first              hole           end
 *            v                  v             v         hand = the entry being inserted
 *     . . . [3   7   7   12   15  __  21   30] . . .    one step: either the entry left of the hole moves one place right,
 *                                                       or, not being later than the hand, it stays and the hand fills the hole
 *
 * Entries arrive nearly in order, so the hole starts at the end. Equal times keep their order of arrival. Departures at
 * `first` go on meanwhile; when they reach the hole, the hand is the next to leave. One owner: no lock, no other core.
 * `first` counts departures: whoever fills the lane keeps a count of its own, and takes care never to have more than `mask + 1` inside.
 */
#ifndef TACTUS_LANE_H
#define TACTUS_LANE_H

#include "port.h"

struct lane_entry {
  stamp at;
  uint32_t set;   /* pins to set; a byte; a USB packet */
  uint32_t clear; /* pins to clear; ENTRY_* in the two top bits, where no pin is */
};

struct lane {
  struct lane_entry *entries;
  uint32_t mask;
  uint32_t first, end, hole;
  bool inserting;
  struct lane_entry hand;
};

TACTUS_INLINE void lane_place(struct lane *lane) {
  lane->entries[lane->hole & lane->mask] = lane->hand;
  lane->inserting = false;
}

/* The next to leave, or null. */
TACTUS_INLINE struct lane_entry *lane_head(struct lane *lane) {
  if (lane->first == lane->end) return 0;
  if (lane->inserting && lane->hole == lane->first) lane_place(lane);
  return &lane->entries[lane->first & lane->mask];
}

/* For the other core. */
TACTUS_INLINE uint32_t lane_left(const struct lane *lane) { return *(const volatile uint32_t *)&lane->first; }

/* The caller has filled `hand`. */
TACTUS_INLINE void lane_insert(struct lane *lane) {
  lane->hole = lane->end++;
  lane->inserting = true;
}

TACTUS_INLINE void lane_step(struct lane *lane) {
  struct lane_entry *before = &lane->entries[(lane->hole - 1) & lane->mask];
  if (lane->hole == lane->first || micros_until(before->at, lane->hand.at) <= 0) {
    lane_place(lane);
    return;
  }
  lane->entries[lane->hole & lane->mask] = *before;
  lane->hole--;
}

#endif

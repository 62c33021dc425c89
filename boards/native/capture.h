/*
 * Capture: the interrupt stamps every edge and fires the answer that lies ready; the loop does everything else.
 *
 *    pin ---> interrupt: stamp; ready? --> pins and F8 at once --.
 *                 '--> [ seen ] --> loop: hold-off, whose edge --+--> [ captured ] --> TypeScript, in time order
 *    UART --> foreign SysEx? ----> loop: stamp ------------------'    and the USB bytes of an answer
 *                 '--> carry.h, and nothing here
 *
 * Hold-off: the first edge is believed at once (an answer cannot wait), whatever follows within the hold-off is not. If the
 * level then differs from what was believed, the other edge is reported with the end of the hold-off as its time, so the ring
 * stays in time order. Spikes shorter than the interrupt takes to look (0.4 us) are never seen; spikes longer than that are
 * edges: the input's RC filter is there for those.
 *
 * An input's answer is written into the one of two places that is not armed, then `armed` counts up; whoever fires it notes
 * the count. Each count has one writer, so arming never races firing, on one core or two (as long as one input is not armed
 * twice within the 2 us that firing takes). And as long as core 0 has not been told of a rise, it arms nothing: whoever arms
 * decides by what he has heard, so what was meant for that rise would leave with the next, and what has left be taken for another.
 */
#ifndef TACTUS_CAPTURE_H
#define TACTUS_CAPTURE_H

#include "stamp.h"

#define INPUTS 8           /* pins captured; the numbers are the caller's, 0..INPUTS-1 */
#define ANSWER_WORDS 8     /* words in one answer */
#define CAPTURED_LENGTH 512 /* 512 DIN bytes last 160 ms, longer than a flash sector's erase */

enum captured_kind { CAPTURED_EDGE, CAPTURED_DIN };

struct captured {
  stamp at;         /* the edge; for a byte the moment it was complete, 320 us after its start */
  uint8_t kind;     /* enum captured_kind */
  uint8_t input;    /* for edges */
  uint8_t value;    /* level after inversion, or the byte */
  uint8_t answered; /* 1: the armed answer left with this edge */
};

enum answer_kind {
  ANSWER_PINS,  /* value: pins to set */
  ANSWER_CLEAR, /* value: pins to clear */
  ANSWER_DIN,   /* value: one real-time byte */
  ANSWER_USB    /* value: one USB-MIDI event packet */
};

struct answer_word {
  uint32_t value;
  enum answer_kind kind;
};

struct capture_faults {
  volatile uint32_t full;       /* events lost because the ring was full */
  volatile uint32_t din_errors; /* bytes lost to overrun, framing or break, counted by the port */
};
extern struct capture_faults capture_faults;

/* Forgets everything. Only before the capturing side runs. */
void capture_reset(void);

/* `input` is the pin of this mask (one bit); its level counts upside down where a transistor stage inverts. Before capture runs. */
bool capture_listen(unsigned input, uint32_t pin, bool inverted);

/* Right before the edge interrupts are enabled, latches cleared: what has changed since `capture_listen` is no edge. */
void capture_begin(void);

/* Edges within `micros` of a believed one are not believed. 0 turns the filter off. */
void capture_hold_off(unsigned input, uint32_t micros);

/* Makes the next rising edge of `input` leave `words` at once; replaces what was armed. count 0 disarms.
   False, and nothing changed: unknown input or kind, more than ANSWER_WORDS words, a DIN byte below F8; or a rise has come that
   `capture_take` has not told of yet (take what there is, decide anew). */
bool capture_arm(unsigned input, const struct answer_word *words, unsigned count);
bool capture_is_armed(unsigned input);

/* For core 0: the oldest captured event. False: none. */
bool capture_take(struct captured *event);

bool capture_waits(void); /* whether there is one */

/* For the edge interrupt: `now` is the first thing it read, the latches are cleared. */
void capture_edges(stamp now);

/* For the delivering side, again and again: one thing the interrupt has seen (true: there may be more), or the ends of
   hold-offs and what has been armed. */
bool capture_step(void);
bool capture_is_settling(void); /* whether a hold-off is running */
void capture_din(uint8_t byte); /* a byte has arrived just now */

#endif

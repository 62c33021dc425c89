/*
 * Capture: every edge is stamped in the interrupt, filtered, answered where an answer lies ready, and put in a ring.
 *
 *    pin ---> interrupt: stamp, hold-off ---> armed? --> pins, F8, USB at once; disarmed
 *                                       '--> [ captured ] --> TypeScript, in time order
 *    UART --> polled or interrupt: stamp --'
 *
 * Hold-off: the first edge is believed at once (an answer cannot wait), whatever follows within the hold-off is not. If the
 * level then differs from what was believed, the other edge is reported with the end of the hold-off as its time, so the ring
 * stays in time order. Spikes shorter than the interrupt takes to look (0.5 us) are never seen; spikes longer than that are
 * edges: the input's RC filter is there for those.
 *
 * An input's answer is written into the one of two places that is not armed, then `armed` counts up; the interrupt notes the
 * count it has answered. Each count has one writer, so arming never races firing, on one core or two.
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
  ANSWER_PINS,  /* value: pins to set; pulse_micros: cleared after so long, 0: they stay */
  ANSWER_CLEAR, /* value: pins to clear */
  ANSWER_DIN,   /* value: one real-time byte */
  ANSWER_USB    /* value: one USB-MIDI event packet */
};

struct answer_word {
  uint32_t value;
  uint32_t pulse_micros;
  enum answer_kind kind;
};

struct capture_faults {
  volatile uint32_t full;       /* events lost because the ring was full */
  volatile uint32_t unanswered; /* edges not answered because the pulses' lane was full: no pulse is ever left standing */
  volatile uint32_t din_errors; /* bytes lost to overrun, framing or break, counted by the port */
};
extern struct capture_faults capture_faults;

/* Forgets everything. Only before the capturing side runs. */
void capture_reset(void);

/* `input` is the pin of this mask (one bit); its level counts upside down where a transistor stage inverts. */
bool capture_listen(unsigned input, uint32_t pin, bool inverted);

/* Edges within `micros` of a believed one are not believed. 0 turns the filter off. */
void capture_hold_off(unsigned input, uint32_t micros);

/* Makes the next rising edge of `input` leave `words` at once; replaces what was armed. count 0 disarms.
   False, and nothing changed: unknown input or kind, more than ANSWER_WORDS words, or a DIN byte below F8. */
bool capture_arm(unsigned input, const struct answer_word *words, unsigned count);
bool capture_is_armed(unsigned input);

/* For core 0: the oldest captured event. False: none. */
bool capture_take(struct captured *event);

/* For the capturing side. */
void capture_edges(stamp now);     /* an edge interrupt came; the stamp was its first instruction. 0.5 us and 0.4 us an edge */
void capture_settle(void);         /* now and then: ends hold-offs */
bool capture_is_settling(void);    /* whether capture_settle has anything to wait for */
void capture_din(uint8_t byte);    /* a byte has arrived */

#endif

#include "capture.h"
#include "carry.h"
#include "delivery.h"
#include "din.h"
#include "ring.h"

#define SEEN_LENGTH 32 /* edges between two turns of the loop; a turn takes 2 us, at the worst 6 */

/* An answer as the interrupt wants it: all pins in one write, then the words one by one. */
struct answer {
  uint32_t set, clear, count;
  struct answer_word words[ANSWER_WORDS];
};

struct input {
  uint32_t pin;
  uint8_t number;
  uint32_t hold_off;
  stamp hold_until;
  volatile uint32_t armed; /* counted up by core 0; place armed & 1 is the newest */
  volatile uint32_t fired; /* what `armed` was when last fired */
  volatile uint32_t heard; /* what `fired` was when core 0 was last told */
  volatile uint32_t untold; /* what it was when that was last lost in a full ring */
  volatile uint32_t rises, told; /* put into the ring, and taken by core 0 */
  struct answer places[2];
};

/* What the interrupt leaves for the loop. */
struct seen {
  stamp at;
  uint32_t levels;
  uint32_t answered; /* pins */
};

static struct input inputs[INPUTS];
static volatile uint32_t arms; /* counts what has been armed, on all inputs */
static uint32_t arms_heard;
static bool changes;           /* something has changed that make_ready wants to know */
static struct input *inputs_end = inputs;             /* behind the last one listened to */
static uint32_t believed, settling;                   /* the loop's: levels, and pins within their hold-off */
static stamp settle_at;                               /* no hold-off ends before */
static struct ring ring;
static struct captured events[CAPTURED_LENGTH];

/* What the interrupt works with, in one place: an address is two cycles. All are pins. */
static struct {
  uint32_t listened, inverted;
  volatile uint32_t last_levels; /* after inversion */
  volatile uint32_t ready;       /* the next rise is answered by the interrupt */
  struct ring ring;
  struct seen seen[SEEN_LENGTH];
} eye;

struct capture_faults capture_faults;

void capture_reset(void) {
  for (unsigned i = 0; i < INPUTS; i++) inputs[i] = (struct input){0};
  inputs_end = inputs;
  arms = arms_heard = 0;
  changes = false;
  believed = settling = 0;
  eye.listened = eye.inverted = eye.last_levels = eye.ready = 0;
  eye.ring = ring = (struct ring){0};
  capture_faults = (struct capture_faults){0};
}

/* ---- core 0 ---- */

void capture_begin(void) { eye.last_levels = believed = (port_levels() ^ eye.inverted) & eye.listened; }

bool capture_listen(unsigned input, uint32_t pin, bool is_inverted) {
  if (input >= INPUTS) return false;
  eye.listened |= pin;
  if (is_inverted) eye.inverted |= pin;
  capture_begin();
  inputs[input].pin = pin;
  inputs[input].number = (uint8_t)input;
  if (inputs_end <= &inputs[input]) inputs_end = &inputs[input] + 1;
  return true;
}

void capture_hold_off(unsigned input, uint32_t micros) {
  if (input < INPUTS) inputs[input].hold_off = micros;
}

/* Has a rise come, or an answer left, that core 0 has not been told of yet? */
static bool is_unheard(const struct input *in) {
  uint32_t fired = in->fired;
  return in->rises != in->told || (fired != in->heard && fired != in->untold);
}

bool capture_arm(unsigned input, const struct answer_word *words, unsigned count) {
  if (input >= INPUTS || count > ANSWER_WORDS) return false;
  struct input *in = &inputs[input];
  if (is_unheard(in)) return false;
  struct answer answer = {.count = count};
  for (unsigned i = 0; i < count; i++) {
    struct answer_word word = words[i];
    if (word.kind == ANSWER_PINS) answer.set |= word.value;
    else if (word.kind == ANSWER_CLEAR) answer.clear |= word.value;
    else if (word.kind == ANSWER_DIN ? word.value < 0xf8 || word.value > 0xff : word.kind != ANSWER_USB) return false;
  }
  unsigned place = 0; /* DIN first: only these the interrupt looks at */
  for (unsigned i = 0; i < count; i++)
    if (words[i].kind == ANSWER_DIN) answer.words[place++] = words[i];
  for (unsigned i = 0; i < count; i++)
    if (words[i].kind != ANSWER_DIN) answer.words[place++] = words[i];
  in->places[(in->armed + 1) & 1] = answer;
  port_barrier();
  in->armed = in->armed + 1;
  port_barrier();
  if (in->fired != in->armed && is_unheard(in)) { /* a rise at this very moment, and what was armed before may have left */
    in->places[in->armed & 1].count = 0;
    return false;
  }
  arms = arms + 1;
  return true;
}

bool capture_is_armed(unsigned input) {
  if (input >= INPUTS) return false;
  const struct input *in = &inputs[input];
  return in->armed != in->fired && in->places[in->armed & 1].count;
}

bool capture_take(struct captured *event) {
  if (!ring_waiting(&ring)) return false;
  *event = events[ring.taken & (CAPTURED_LENGTH - 1)];
  struct input *in = &inputs[event->input];
  if (event->kind == CAPTURED_EDGE && event->value) in->told = in->told + 1;
  if (event->answered) in->heard = in->fired;
  ring_take(&ring);
  return true;
}

/* ---- the interrupt ---- */

/* What cannot wait: pins and DIN. The loop does the rest of the words. */
static TACTUS_RAM bool fire(struct input *in) {
  uint32_t armed = in->armed;
  const struct answer *answer = &in->places[armed & 1];
  if (armed == in->fired || !answer->count) return false;
  in->fired = armed;
  port_pins(answer->set, answer->clear);
  const struct answer_word *word = answer->words;
  for (uint32_t left = answer->count; left && word->kind == ANSWER_DIN; left--, word++) din_now((uint8_t)word->value);
  return true;
}

TACTUS_RAM void capture_edges(stamp now) {
  uint32_t levels = port_levels() ^ eye.inverted;
  uint32_t changed = (levels ^ eye.last_levels) & eye.listened;
  uint32_t hit = levels & changed & eye.ready, answered = 0;
  if (!changed) return;
  eye.last_levels = levels;
  eye.ready &= ~changed;
  for (struct input *in = inputs; hit; in++)
    if (hit & in->pin) {
      hit &= ~in->pin;
      if (fire(in)) answered |= in->pin;
    }
  uint32_t index = eye.ring.put;
  if (index - eye.ring.taken == SEEN_LENGTH) {
    capture_faults.full++;
    for (struct input *in = inputs; answered; in++)
      if (answered & in->pin) {
        answered &= ~in->pin;
        in->untold = in->fired;
      }
    return;
  }
  struct seen *entry = &eye.seen[index & (SEEN_LENGTH - 1)];
  entry->at = now;
  entry->levels = levels;
  entry->answered = answered;
  ring_put(&eye.ring);
}

/* ---- the loop ---- */

TACTUS_INLINE bool put(stamp at, uint8_t kind, uint8_t input, uint8_t value, uint8_t answered) {
  if (ring_waiting(&ring) == CAPTURED_LENGTH) {
    capture_faults.full++;
    return false;
  }
  struct captured *event = &events[ring.put & (CAPTURED_LENGTH - 1)];
  event->at = at;
  event->kind = kind;
  event->input = input;
  event->value = value;
  event->answered = answered;
  ring_put(&ring);
  port_doorbell();
  return true;
}

/* What an answer that has just been fired does besides its pins and DIN bytes. */
static TACTUS_RAM void finish(const struct input *in) {
  const struct answer *answer = &in->places[in->fired & 1];
  bool rings = false;
  for (uint32_t i = 0; i < answer->count; i++)
    if (answer->words[i].kind == ANSWER_USB) {
      usb_now(answer->words[i].value);
      rings = true;
    }
  if (rings) port_doorbell(); /* the edge's own may have been heard before */
}

/* A rise the interrupt could not answer: armed a moment ago, or believed only now. */
static TACTUS_RAM bool fire_late(struct input *in) {
  uint32_t before = port_lock();
  bool fired = fire(in);
  port_unlock(before);
  return fired;
}

static TACTUS_RAM void believe(struct input *in, stamp at, bool answered) {
  believed ^= in->pin;
  bool level = (believed & in->pin) != 0;
  if (level && !answered) answered = fire_late(in);
  if (in->hold_off) {
    in->hold_until = at + in->hold_off;
    if (!settling || micros_until(in->hold_until, settle_at) < 0) settle_at = in->hold_until;
    settling |= in->pin;
  }
  bool is_told = put(at, CAPTURED_EDGE, in->number, level, answered);
  if (level && is_told) in->rises = in->rises + 1;
  if (!answered) return;
  finish(in);
  if (is_told) return;
  uint32_t before = port_lock();
  in->untold = in->fired;
  port_unlock(before);
}

TACTUS_INLINE void hear(const struct seen *entry) {
  uint32_t changed = (entry->levels ^ believed) & eye.listened;
  for (struct input *in = inputs; in < inputs_end; in++) {
    if ((settling & in->pin) && micros_until(in->hold_until, entry->at) <= 0) settling &= ~in->pin;
    if (changed & ~settling & in->pin) believe(in, entry->at, (entry->answered & in->pin) != 0);
  }
}

static TACTUS_RAM void settle(stamp now) {
  settle_at = now + (1u << 30);
  for (struct input *in = inputs; in < inputs_end; in++) {
    if (!(settling & in->pin)) continue;
    if (micros_until(in->hold_until, now) <= 0) {
      settling &= ~in->pin;
      changes = true;
      if ((eye.last_levels ^ believed) & in->pin) believe(in, now, false);
    }
    if ((settling & in->pin) && micros_until(in->hold_until, settle_at) < 0) settle_at = in->hold_until;
  }
}

/* Lets the interrupt answer what is armed, quiet and low. */
static TACTUS_RAM void make_ready(void) {
  arms_heard = arms;
  port_barrier();
  changes = false;
  for (struct input *in = inputs; in < inputs_end; in++) {
    if (in->armed == in->fired || (eye.ready & in->pin) || ((settling | believed) & in->pin)) continue;
    changes = true; /* until it is ready */
    uint32_t before = port_lock();
    if (!ring_waiting(&eye.ring)) eye.ready |= in->pin;
    port_unlock(before);
  }
}

TACTUS_RAM bool capture_step(void) {
  if (ring_waiting(&eye.ring)) {
    hear(&eye.seen[eye.ring.taken & (SEEN_LENGTH - 1)]);
    ring_take(&eye.ring);
    changes = true;
    return true;
  }
  if (settling) {
    stamp now = port_now();
    if (micros_until(settle_at, now) <= 0 && !ring_waiting(&eye.ring)) settle(now); /* an edge up to now goes first */
  }
  if (changes || arms != arms_heard) make_ready();
  return false;
}

TACTUS_RAM bool capture_is_settling(void) { return settling != 0; }

bool capture_waits(void) { return ring_waiting(&ring) != 0; }

TACTUS_RAM void capture_din(uint8_t byte) {
  stamp now = port_now();
  enum heard heard = carry_hear(CARRY_DIN, byte, now);
  if (heard == HEARD_HELD) return;
  do {
    while (capture_step()) continue;
    now = port_now();
  } while (ring_waiting(&eye.ring)); /* an edge up to now goes first */
  if (heard == HEARD_PASS) {
    put(now, CAPTURED_DIN, 0, byte, 0);
    return;
  }
  unsigned count;
  const uint8_t *held = carry_held(CARRY_DIN, &count);
  for (unsigned i = 0; i < count; i++) put(now, CAPTURED_DIN, 0, held[i], 0);
}

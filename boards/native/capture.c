#include "capture.h"
#include "delivery.h"
#include "din.h"
#include "ring.h"

/* An answer as the interrupt wants it: all pins in one write, then the words one by one. */
struct answer {
  uint32_t set, clear, pulses, count;
  struct answer_word words[ANSWER_WORDS];
};

struct input {
  uint32_t pin;
  uint32_t hold_off;
  stamp hold_until;
  volatile uint32_t armed; /* counted up by core 0; place armed & 1 is the newest */
  volatile uint32_t fired; /* what `armed` was when last fired */
  struct answer places[2];
};

static struct input inputs[INPUTS];
static uint32_t listened, inverted;        /* pins */
static uint32_t believed;                  /* pins, after inversion */
static volatile uint32_t settling;         /* pins within their hold-off */
static struct ring ring;
static struct captured events[CAPTURED_LENGTH];

struct capture_faults capture_faults;

void capture_reset(void) {
  for (unsigned i = 0; i < INPUTS; i++) inputs[i] = (struct input){0};
  listened = inverted = believed = settling = 0;
  ring = (struct ring){0};
  capture_faults = (struct capture_faults){0};
}

/* ---- core 0 ---- */

bool capture_listen(unsigned input, uint32_t pin, bool is_inverted) {
  if (input >= INPUTS) return false;
  uint32_t before = port_lock();
  listened = (listened & ~inputs[input].pin) | pin;
  inverted = is_inverted ? inverted | pin : inverted & ~pin;
  believed = (believed & ~pin) | ((port_levels() ^ inverted) & pin);
  inputs[input].pin = pin;
  port_unlock(before);
  return true;
}

void capture_hold_off(unsigned input, uint32_t micros) {
  if (input < INPUTS) inputs[input].hold_off = micros;
}

bool capture_arm(unsigned input, const struct answer_word *words, unsigned count) {
  if (input >= INPUTS || count > ANSWER_WORDS) return false;
  struct input *in = &inputs[input];
  struct answer answer = {0};
  for (unsigned i = 0; i < count; i++) {
    struct answer_word word = words[i];
    if (word.kind == ANSWER_PINS) {
      answer.set |= word.value;
      if (word.pulse_micros) answer.pulses++;
    } else if (word.kind == ANSWER_CLEAR) answer.clear |= word.value;
    else if (word.kind == ANSWER_DIN ? word.value < 0xf8 || word.value > 0xff : word.kind != ANSWER_USB) return false;
    answer.words[i] = word;
  }
  answer.count = count;
  in->places[(in->armed + 1) & 1] = answer;
  port_barrier();
  in->armed = in->armed + 1;
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
  ring_take(&ring);
  return true;
}

/* ---- the capturing side ---- */

/* Only with interrupts out, or in the interrupt. */
TACTUS_INLINE void put(stamp at, uint8_t kind, uint8_t input, uint8_t value, uint8_t answered) {
  if (ring_waiting(&ring) == CAPTURED_LENGTH) {
    capture_faults.full++;
    return;
  }
  struct captured *event = &events[ring.put & (CAPTURED_LENGTH - 1)];
  event->at = at;
  event->kind = kind;
  event->input = input;
  event->value = value;
  event->answered = answered;
  ring_put(&ring);
}

static TACTUS_RAM bool answer(struct input *in, stamp now) {
  uint32_t armed = in->armed;
  if (armed == in->fired) return false;
  const struct answer *answer = &in->places[armed & 1];
  if (!answer->count) return false;
  if (!pulses_have_room(answer->pulses)) {
    capture_faults.unanswered++;
    return false;
  }
  port_pins(answer->set, answer->clear);
  for (uint32_t i = 0; i < answer->count; i++) {
    const struct answer_word *word = &answer->words[i];
    if (word->kind == ANSWER_DIN) din_now((uint8_t)word->value);
    else if (word->kind == ANSWER_USB) usb_now(word->value);
    else if (word->kind == ANSWER_PINS && word->pulse_micros) pulse_ends(now + word->pulse_micros, word->value);
  }
  in->fired = armed;
  return true;
}

TACTUS_INLINE void believe(unsigned input, stamp at) {
  struct input *in = &inputs[input];
  believed ^= in->pin;
  uint8_t level = (believed & in->pin) != 0;
  bool answered = level && answer(in, at);
  if (in->hold_off) {
    in->hold_until = at + in->hold_off;
    settling |= in->pin;
  }
  put(at, CAPTURED_EDGE, (uint8_t)input, level, answered);
}

TACTUS_RAM void capture_edges(stamp now) {
  uint32_t changed = (port_levels() ^ inverted ^ believed) & listened;
  if (!changed) return;
  for (unsigned i = 0; i < INPUTS; i++) {
    struct input *in = &inputs[i];
    if (!(changed & in->pin)) continue;
    if ((settling & in->pin) && micros_until(in->hold_until, now) > 0) continue;
    believe(i, now);
  }
  port_doorbell();
}

TACTUS_RAM bool capture_is_settling(void) { return settling != 0; }

TACTUS_RAM void capture_settle(void) {
  for (unsigned i = 0; i < INPUTS; i++) {
    struct input *in = &inputs[i];
    if (!(settling & in->pin)) continue;
    uint32_t before = port_lock();
    stamp now = port_now();
    if (micros_until(in->hold_until, now) <= 0) {
      settling &= ~in->pin;
      if ((port_levels() ^ inverted ^ believed) & in->pin) {
        believe(i, now);
        port_doorbell();
      }
    }
    port_unlock(before);
  }
}

TACTUS_RAM void capture_din(uint8_t byte) {
  uint32_t before = port_lock();
  put(port_now(), CAPTURED_DIN, 0, byte, 0);
  port_unlock(before);
  port_doorbell();
}

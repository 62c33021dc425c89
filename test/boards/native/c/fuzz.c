/*
 * Fuzz target with its oracle inside: bytes become schedules, steps, edges and answers; beside the lanes and rings runs the
 * naivest model there is, unsorted lists searched from end to end. Three worlds, chosen by the first byte:
 *
 *    early    everything is scheduled far enough ahead: then the departures must be, one by one, what the model's sorted
 *             list gives, at the microsecond asked for, and DIN bytes must keep their order and no clock be late
 *    wild     any time, past ones too, and answers in between: then everything accepted must leave exactly once, not early
 *    carried  SysEx that goes round TypeScript: fuzz-carry.c
 *
 * With clang: clang -fsanitize=fuzzer,address,undefined -DLIBFUZZER. Without: a driver that feeds random bytes for so many
 * seconds, always the same ones from the same seed.
 */
#include "behaviour.h"
#include "capture.h"
#include "delivery.h"
#include "din.h"
#include "fuzz-carry.h"
#include "port.h"
#include <time.h>

#define MODEL_LENGTH 4096
#define EARLY_LENGTH 64    /* entries a lane in the early world: all of them moved past all others, three lanes, */
#define LEAD_MICROS 2000   /* is 6000 steps, at eight looks at the clock a microsecond under 1 ms */

struct planned {
  stamp at;
  uint32_t set, clear;
  bool gone;
};

static struct planned pins[MODEL_LENGTH], clocks[MODEL_LENGTH], bytes[MODEL_LENGTH], packets[MODEL_LENGTH];
static size_t pins_count, clocks_count, bytes_count, packets_count;
static unsigned answers, edges, edges_taken;

static const uint8_t *input;
static size_t input_left;
uint32_t fuzz_next(void) { return input_left ? (input_left--, *input++) : 0; }
size_t fuzz_left(void) { return input_left; }
static uint32_t next(void) { return fuzz_next(); }
static uint32_t next_long(void) { return next() << 8 | next(); }

static struct planned *earliest(struct planned *list, size_t count) {
  struct planned *found = 0;
  for (size_t i = 0; i < count; i++)
    if (!list[i].gone && (!found || micros_until(list[i].at, found->at) < 0)) found = &list[i];
  return found;
}

/* In the early world: the pins of one microsecond, merged in the order they were scheduled. */
static void expect_pins(const struct departure *departure) {
  struct planned *first = earliest(pins, pins_count);
  PROMISE(first);
  stamp at = first->at;
  uint32_t set = 0, clear = 0;
  for (size_t i = 0; i < pins_count; i++) {
    if (pins[i].gone || pins[i].at != at) continue;
    set = (set & ~pins[i].clear) | pins[i].set;
    clear = (clear & ~pins[i].set) | pins[i].clear;
    pins[i].gone = true;
  }
  PROMISE_EQUAL(departure->at, at);
  PROMISE_EQUAL(departure->set, set);
  PROMISE_EQUAL(departure->clear, clear);
}

static void expect_din(bool early, size_t index) {
  const struct departure *departure = &fake.din[index];
  if (early) {
    bool is_clock = departure->set >= 0xf8;
    struct planned *first = is_clock ? earliest(clocks, clocks_count) : earliest(bytes, bytes_count);
    PROMISE(first);
    PROMISE_EQUAL(departure->set, first->set);
    int32_t late = micros_until(departure->at, first->at);
    PROMISE(late >= 0);
    bool follows_clock = index && fake.din[index - 1].set >= 0xf8 && departure->at - fake.din[index - 1].at <= 340;
    if (is_clock && !follows_clock) PROMISE(late <= DIN_SLACK_MICROS + 2 * (int)SPIN_MICROS);
    first->gone = true;
    return;
  }
  struct planned *list = departure->set >= 0xf8 ? clocks : bytes;
  size_t count = departure->set >= 0xf8 ? clocks_count : bytes_count;
  for (size_t i = 0; i < count; i++)
    if (!list[i].gone && list[i].set == departure->set && micros_until(departure->at, list[i].at) >= 0) {
      list[i].gone = true;
      return;
    }
  PROMISE(departure->set == 0xf8 && answers); /* then it was an answer's */
  answers--;
}

static size_t pins_seen, din_seen;
static void look(bool early) {
  if (early) while (pins_seen < fake.pins_count) expect_pins(&fake.pins[pins_seen++]);
  while (din_seen < fake.din_count) expect_din(early, din_seen++);
  uint32_t packet;
  while (usb_due_take(&packet)) {
    PROMISE(packet < packets_count && !packets[packet].gone);
    PROMISE(micros_until(fake.now, packets[packet].at) >= -(int)SPIN_MICROS);
    packets[packet].gone = true;
  }
  struct captured event;
  while (capture_take(&event)) edges_taken++;
}

static bool refuses; /* the data of a message whose status byte was refused */

static void schedule(bool early) {
  uint32_t kind = next() & 7;
  stamp at = fake.now + (early ? LEAD_MICROS + next_long() % 6000 : next_long() % 3000 - 500);
  uint32_t what = next(), room;
  bool taken;
  if (early && (PINS_LANE_LENGTH - pins_room() >= EARLY_LENGTH || CLOCKS_LANE_LENGTH - clocks_room() >= EARLY_LENGTH ||
                BYTES_LANE_LENGTH - bytes_room() >= EARLY_LENGTH))
    return;
  if (kind < 4) {
    struct planned plan = {at, 1u << (what & 7), 1u << (what >> 5), false};
    plan.clear &= ~plan.set;
    room = pins_room();
    taken = schedule_pins(at, plan.set, plan.clear);
    if (taken) pins[pins_count++] = plan;
  } else if (kind == 4 && !early) {
    room = pins_room();
    taken = schedule_usb(at, (uint32_t)packets_count);
    if (taken) packets[packets_count++] = (struct planned){.at = at};
  } else if (kind == 5) {
    room = clocks_room();
    taken = schedule_din(at, (uint8_t)(what | 0xf8));
    if (taken) clocks[clocks_count++] = (struct planned){at, what | 0xf8, 0, false};
  } else {
    what %= 0xf8;
    if (what == 0xf2) what = 0xf1; /* goes by the clocks' times, and its data too */
    if (what >= 0x80) refuses = bytes_room() < WHOLE_BYTES;
    room = refuses ? 0 : bytes_room();
    taken = schedule_din(at, (uint8_t)what);
    if (taken) bytes[bytes_count++] = (struct planned){at, what, 0, false};
  }
  PROMISE(taken == (room != 0));
}

static void edge(void) {
  struct answer_word word = {0xf8, ANSWER_DIN};
  unsigned which = next() & 1;
  if (next() & 1) capture_arm(which, &word, 1);
  uint32_t before = fake.levels;
  fake.levels ^= 1u << (10 + which);
  bool fires = capture_is_armed(which) && !(before & 1u << (10 + which));
  capture_edges(fake.now);
  while (capture_step()) continue;
  answers += fires;
  edges++;
}

static void begin(void) {
  fake = (struct fake){.now = next_long() << 16 | 0xf000};
  fake.wire_idle_at = fake.now;
  pins_count = clocks_count = bytes_count = packets_count = pins_seen = din_seen = 0;
  answers = edges = edges_taken = 0;
  refuses = false;
  delivery_reset();
  capture_reset();
  capture_listen(0, 1u << 10, false);
  capture_listen(1, 1u << 11, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  input = data;
  input_left = size > 4000 ? 4000 : size;
  uint32_t world = next() % 3;
  if (world == 2) return carry_world(), 0;
  bool early = world == 1;
  begin();
  while (input_left) {
    uint32_t action = next();
    if (action < 128) schedule(early);
    else if (action < 144 && !early && answers < 4) edge();
    else for (uint32_t steps = action - 127; steps; steps--) delivery_step(), look(early);
  }
  for (uint32_t quiet = 0; quiet < 6000; quiet++) {
    bool moved = delivery_step();
    if (moved) quiet = 0;
    else fake.now += SPIN_MICROS - 1;
    look(early);
  }
  look(early);
  PROMISE_EQUAL(edges_taken + capture_faults.full, edges);
  if (early) PROMISE(!earliest(pins, pins_count));
  PROMISE(!earliest(clocks, clocks_count));
  PROMISE(!earliest(bytes, bytes_count));
  PROMISE(!earliest(packets, packets_count));
  PROMISE_EQUAL(answers, 0);
  PROMISE_EQUAL(pins_room(), PINS_LANE_LENGTH);
  PROMISE_EQUAL(clocks_room(), CLOCKS_LANE_LENGTH);
  PROMISE_EQUAL(bytes_room(), BYTES_LANE_LENGTH);
  return 0;
}

struct fake fake;

#ifndef LIBFUZZER
static double now_seconds(void) {
  struct timespec now;
  timespec_get(&now, TIME_UTC);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **words) {
  double seconds = count > 1 ? atof(words[1]) : 2;
  static uint8_t data[4000];
  uint64_t state = 0x9e3779b97f4a7c15u;
  unsigned long runs = 0;
  double end = now_seconds() + seconds;
  for (; now_seconds() < end; runs++) {
    for (size_t i = 0; i < sizeof data; i++) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      data[i] = (uint8_t)(state >> 24);
    }
    LLVMFuzzerTestOneInput(data, 50 + state % (sizeof data - 50));
  }
  printf("%lu runs\n", runs);
  return 0;
}
#endif

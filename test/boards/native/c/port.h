/*
 * A chip that is a struct: time moves when the test says so, and by one microsecond every eighth look at it, so that whoever
 * waits for a time gets there. What leaves is written down.
 */
#ifndef TACTUS_PORT_H
#define TACTUS_PORT_H

#include "stamp.h"
#include <stddef.h>

#define TACTUS_RAM
#define TACTUS_INLINE static inline
#define LOG_LENGTH 4096

struct departure {
  stamp at;
  uint32_t set, clear;
};

struct fake {
  stamp now;
  unsigned looks;
  uint32_t levels;
  stamp wire_idle_at;
  unsigned doorbells;
  void (*on_doorbell)(void); /* core 0 as quick as can be */
  void (*on_barrier)(void);  /* the other core, or an interrupt, at that very moment */
  struct departure pins[LOG_LENGTH];
  size_t pins_count;
  struct departure din[LOG_LENGTH]; /* set: the byte */
  size_t din_count;
};
extern struct fake fake;

/* What hangs on the panel's lines; the behaviours of the shift registers play them. */
void fake_line(unsigned pin, bool level);
bool fake_line_level(unsigned pin);
static inline void port_line(unsigned pin, bool level) { fake_line(pin, level); }
static inline bool port_line_level(unsigned pin) { return fake_line_level(pin); }

static inline void port_barrier(void) {
  if (fake.on_barrier) fake.on_barrier();
}
static inline uint32_t port_lock(void) { return 0; }
static inline void port_unlock(uint32_t before) { (void)before; }
static inline uint32_t port_levels(void) { return fake.levels; }
static inline void port_doorbell(void) {
  fake.doorbells++;
  if (fake.on_doorbell) fake.on_doorbell();
}

static inline stamp port_now(void) {
  if (++fake.looks % 8 == 0) fake.now++;
  return fake.now;
}

static inline void port_pins(uint32_t set, uint32_t clear) {
  if ((set | clear) && fake.pins_count < LOG_LENGTH) fake.pins[fake.pins_count++] = (struct departure){fake.now, set, clear};
}

static inline bool port_din_start(uint8_t byte) {
  if (micros_until(fake.wire_idle_at, fake.now) > 0) return false;
  fake.wire_idle_at = fake.now + 320;
  if (fake.din_count < LOG_LENGTH) fake.din[fake.din_count++] = (struct departure){fake.now, byte, 0};
  return true;
}

#endif

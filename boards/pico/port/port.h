/*
 * What the portable files need of a chip, as inline functions, so that nothing is called through a pointer and nothing of
 * the delivery lies in flash. Each chip has its own port.h, found on the include path.
 */
#ifndef TACTUS_PORT_H
#define TACTUS_PORT_H

#include "rp2040.h"
#include "stamp.h"
#include <stdbool.h>

/* Runs from RAM. Such a function calls only its like: no libc, no division, no switch (its tables lie in flash). */
#define TACTUS_RAM __attribute__((noinline, section(".time_critical.tactus")))
#define TACTUS_INLINE static inline __attribute__((always_inline))

TACTUS_INLINE void port_barrier(void) { __asm volatile("dmb" ::: "memory"); }

/* Keeps this core's interrupts out for the few cycles until port_unlock. */
TACTUS_INLINE uint32_t port_lock(void) {
  uint32_t before;
  __asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(before)::"memory");
  return before;
}
TACTUS_INLINE void port_unlock(uint32_t before) { __asm volatile("msr primask, %0" ::"r"(before) : "memory"); }

TACTUS_INLINE stamp port_now(void) { return RP_TIMER_NOW; }

/* Rises and falls leave in the one bus cycle of a single write; pins of others are not touched. */
TACTUS_INLINE void port_pins(uint32_t set, uint32_t clear) {
  uint32_t before = port_lock();
  uint32_t out = RP_GPIO_OUT;
  RP_GPIO_OUT_TOGGLE = (set & ~out) | (clear & out);
  port_unlock(before);
}

/* All pins as they are now, bit n for GPIO n. */
TACTUS_INLINE uint32_t port_levels(void) { return RP_GPIO_IN; }

/* One line of the panel, from the main loop. */
TACTUS_INLINE void port_line(unsigned pin, bool level) { port_pins(level ? 1u << pin : 0, level ? 0 : 1u << pin); }
TACTUS_INLINE bool port_line_level(unsigned pin) { return RP_GPIO_IN >> pin & 1; }

/* Puts a byte into the UART, whose holding register takes one while the last of the byte before is on the wire. False: full. */
#define DIN_HOLD_MICROS 2
TACTUS_INLINE bool port_din_start(uint8_t byte) {
  if (RP_UART_FLAGS & RP_UART_TX_FULL) return false;
  RP_UART_DATA = byte;
  return true;
}

/* Tells core 0 that something waits for it: the alarm no alarm is ever set for, forced. Works from either core. */
#define PORT_DOORBELL_ALARM 1u
TACTUS_INLINE void port_doorbell(void) { RP_SET(RP_TIMER_FORCE) = 1u << PORT_DOORBELL_ALARM; }

#endif

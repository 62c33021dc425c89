/*
 * What the portable files need of a chip (../../native), for ESP32-S3, ESP32 and C3 on ESP-IDF. Registers are written where a
 * driver's function might lie in flash: all of this runs while the flash is being erased and the cache is off.
 *
 *    pins     one write sets, one clears: what rises together rises together, falls follow about 50 ns later
 *    time     esp_timer's microseconds, the same on both cores, the same USB and OSC are stamped with
 *    locks    keep the interrupts of this core out, up to level 3; nothing here is shared between cores but rings
 */
#ifndef TACTUS_PORT_H
#define TACTUS_PORT_H

#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "hal/uart_ll.h"
#include "shape.h"
#include "soc/gpio_reg.h"
#include "soc/soc.h"
#include "stamp.h"

/* Runs from IRAM. Such a function calls only its like: no constant tables either, they lie in flash (DRAM_ATTR brings one over). */
#define TACTUS_RAM IRAM_ATTR __attribute__((noinline))
#define TACTUS_INLINE static inline __attribute__((always_inline))

#define PORT_UART UART_NUM_1
#define PORT_UART_HW UART_LL_GET_HW(PORT_UART)

TACTUS_INLINE void port_barrier(void) { __sync_synchronize(); }

TACTUS_INLINE uint32_t port_lock(void) { return portSET_INTERRUPT_MASK_FROM_ISR(); }
TACTUS_INLINE void port_unlock(uint32_t before) { portCLEAR_INTERRUPT_MASK_FROM_ISR(before); }

TACTUS_INLINE stamp port_now(void) { return (stamp)esp_timer_get_time(); }

/* GPIO 0..29 (delivery.h); a pin of a DAC starts its shape instead. */
TACTUS_INLINE void port_pins(uint32_t set, uint32_t clear) {
  if ((set | clear) & shaped_pins) {
    shape_start(set, clear, port_now());
    set &= ~shaped_pins;
    clear &= ~shaped_pins;
  }
  if (set) REG_WRITE(GPIO_OUT_W1TS_REG, set);
  if (clear) REG_WRITE(GPIO_OUT_W1TC_REG, clear);
}

TACTUS_INLINE uint32_t port_levels(void) { return REG_READ(GPIO_IN_REG); }

/* One line of the panel, which may lie above 31: through the driver, from a task only. */
TACTUS_INLINE void port_line(unsigned pin, bool level) { gpio_set_level((gpio_num_t)pin, level); }
TACTUS_INLINE bool port_line_level(unsigned pin) { return gpio_get_level((gpio_num_t)pin); }

/* Starts a byte on an idle wire. False: one is still in flight. The UART's own FIFO is never more than this one byte full. */
TACTUS_INLINE bool port_din_start(uint8_t byte) {
  uint32_t before = port_lock();
  bool idle = uart_ll_is_tx_idle(PORT_UART_HW);
  if (idle) uart_ll_write_txfifo(PORT_UART_HW, &byte, 1);
  port_unlock(before);
  return idle;
}

/* Tells core 0 that something waits for it: its task is notified. From an interrupt only. */
void port_doorbell(void);

#endif

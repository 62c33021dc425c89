/*
 * The RP2040's side of chip.h.
 *
 * Core 1 has no flash in its path and never turns interrupts off for longer than 20 cycles: a sector erase on core 0, which
 * takes 45..90 ms, moves no edge and misses no pulse. Where core 1 cannot be had (CHIP_CORE0), timer alarm 0, the edges' and
 * UART0's interrupts do the same work on core 0, and a flash write stops it. The doorbell is timer alarm 1, priority 0x80.
 */
#include "chip.h"
#include "capture.h"
#include "delivery.h"
#include "port.h"
#include "pots.h"

#define DELIVERY_ALARM 0u
#define DELIVERY_WAKE_MICROS 8 /* from the alarm to the first instruction, with interrupts locked out now and then, and a DIN byte taken */
#define SETTLE_MICROS 100      /* how often CHIP_CORE0 looks after hold-offs */
#define VECTORS 48
#define PRIORITY_CAPTURE 0x00u
#define PRIORITY_DELIVERY 0x40u
#define PRIORITY_DOORBELL 0x80u

static volatile enum chip_mode mode;
static volatile bool running;
static volatile uint32_t turns;
static void (*on_doorbell)(void);
static uint32_t edge_pins;
static struct latch {
  volatile uint32_t *latched;
  uint32_t pins;
} latches[5]; /* a bank of eight pins each; the last has none */
static unsigned pot;

/* ---- on the capturing core, in RAM ---- */

/* Only our own pins' latches are cleared, and before the pins are looked at: an edge in between interrupts again. */
static TACTUS_RAM void edges_interrupt(void) {
  stamp now = port_now();
  for (const struct latch *latch = latches; latch->pins; latch++) *latch->latched = latch->pins;
  capture_edges(now);
  if (mode == CHIP_CORE0) RP_SET(RP_TIMER_FORCE) = 1u << DELIVERY_ALARM;
}

/* In the loop, and on core 0 the UART's interrupt as well, at the loop's own priority. */
static TACTUS_RAM void receive_din(void) {
  while (!(RP_UART_FLAGS & RP_UART_RX_EMPTY)) {
    uint32_t data = RP_UART_DATA;
    if (data & RP_UART_DATA_ERRORS) capture_faults.din_errors++;
    if (!(data & (RP_UART_DATA_ERRORS & ~0x800u))) capture_din((uint8_t)data); /* after an overrun the byte itself is whole */
  }
}

static TACTUS_RAM void alarm_interrupt(void) {
  RP_CLEAR(RP_TIMER_FORCE) = 1u << DELIVERY_ALARM;
  RP_TIMER_INTERRUPTS = 1u << DELIVERY_ALARM;
  for (;;) {
    do receive_din();
    while (delivery_step() | capture_step());
    stamp now = port_now(), at;
    bool more = delivery_next(&at);
    if (capture_is_settling()) {
      if (!more || micros_until(at, now) > SETTLE_MICROS) at = now + SETTLE_MICROS;
      more = true;
    }
    if (!more) return;
    at -= SPIN_MICROS + DELIVERY_WAKE_MICROS;
    RP_TIMER_ALARM(DELIVERY_ALARM) = at;
    if (micros_until(at, port_now()) > 0) return;
  }
}

static TACTUS_RAM __attribute__((noreturn)) void core1(void) {
  RP_NVIC_UNPEND = ~0u;
  RP_NVIC_ENABLE = 1u << RP_IRQ_EDGES; /* at its reset priority, the highest */
  running = true;
  __asm volatile("cpsie i");
  for (;;) {
    receive_din();
    delivery_step();
    capture_step();
    delivery_step();
    turns++;
  }
}

/* ---- on core 0 ---- */

static TACTUS_RAM void doorbell_interrupt(void) {
  RP_CLEAR(RP_TIMER_FORCE) = 1u << PORT_DOORBELL_ALARM;
  if (on_doorbell) on_doorbell();
}

/* The vector table is in RAM, as the Pico SDK and our bare image leave it. */
static void handle(unsigned irq, void (*handler)(void), uint32_t priority) {
  ((void (**)(void))(uintptr_t)RP_VECTORS)[16 + irq] = handler;
  unsigned shift = 8 * (irq & 3);
  RP_NVIC_PRIORITY(irq) = (RP_NVIC_PRIORITY(irq) & ~(0xffu << shift)) | (priority << shift);
  RP_NVIC_UNPEND = 1u << irq;
  port_barrier();
  RP_NVIC_ENABLE = 1u << irq;
}

void chip_open(void) {
  uint32_t needed = RP_RESET_ADC | RP_RESET_IO_BANK0 | RP_RESET_PADS_BANK0 | RP_RESET_TIMER | RP_RESET_UART0;
  RP_CLEAR(RP_RESETS) = needed;
  while ((RP_RESETS_DONE & needed) != needed) continue;
  running = false;
  edge_pins = 0;
  delivery_reset();
  capture_reset();
  pots_reset();
}

void chip_output(unsigned pin) {
  RP_GPIO_OUT_CLEAR = 1u << pin;
  RP_GPIO_ENABLE_SET = 1u << pin;
  RP_PAD(pin) = RP_PAD_4MA | RP_PAD_INPUT;
  RP_PIN_CONTROL(pin) = RP_PIN_SIO;
}

bool chip_input(unsigned input, unsigned pin, bool inverted, enum chip_pull pull) {
  RP_GPIO_ENABLE_CLEAR = 1u << pin;
  RP_PAD(pin) = RP_PAD_INPUT | RP_PAD_SCHMITT | (pull == CHIP_PULL_UP ? RP_PAD_PULL_UP : pull == CHIP_PULL_DOWN ? RP_PAD_PULL_DOWN : 0);
  RP_PIN_CONTROL(pin) = RP_PIN_SIO;
  edge_pins |= 1u << pin;
  return capture_listen(input, 1u << pin, inverted);
}

bool chip_panel(unsigned clock_pin, unsigned latch_pin, unsigned from_buttons_pin, unsigned to_lights_pin) {
  chip_output(clock_pin);
  chip_output(latch_pin);
  chip_output(to_lights_pin);
  RP_GPIO_ENABLE_CLEAR = 1u << from_buttons_pin;
  RP_PAD(from_buttons_pin) = RP_PAD_INPUT | RP_PAD_SCHMITT | RP_PAD_PULL_UP;
  RP_PIN_CONTROL(from_buttons_pin) = RP_PIN_SIO;
  return true;
}

/* UART0: pins 0/1, 12/13, 16/17 or 28/29 (2.19.2). */
void chip_din(unsigned transmit_pin, unsigned receive_pin, uint32_t peripheral_hertz) {
  uint32_t divisor64 = peripheral_hertz / (16 * 31250 / 64); /* 125 MHz: exactly 250 */
  RP_UART_CONTROL = 0;
  RP_UART_DIVISOR = divisor64 >> 6;
  RP_UART_FRACTION = divisor64 & 63;
  RP_UART_LINE = RP_UART_8N1_NO_FIFO;
  RP_UART_CONTROL = RP_UART_ON;
  RP_PAD(receive_pin) = RP_PAD_INPUT | RP_PAD_SCHMITT | RP_PAD_PULL_UP;
  RP_PAD(transmit_pin) = RP_PAD_4MA | RP_PAD_INPUT;
  RP_PIN_CONTROL(receive_pin) = RP_PIN_UART;
  RP_PIN_CONTROL(transmit_pin) = RP_PIN_UART;
}

static void listen(unsigned core) {
  struct latch *latch = latches;
  for (unsigned bank = 0; bank < 4; bank++) {
    uint32_t pins = 0;
    for (unsigned pin = 0; pin < 8; pin++)
      if (edge_pins >> (8 * bank + pin) & 1) pins |= RP_EDGE_FALL_RISE << (4 * pin);
    if (pins) *latch++ = (struct latch){&RP_EDGES(bank), pins};
  }
  latch->pins = 0;
  for (latch = latches; latch->pins; latch++) *latch->latched = latch->pins;
  capture_begin();
  for (latch = latches; latch->pins; latch++) {
    unsigned bank = (unsigned)(latch->latched - &RP_EDGES(0));
    RP_SET(RP_EDGES_ENABLE(core, bank)) = latch->pins;
  }
}

/* One word of the boot ROM's start of core 1 (datasheet 2.8.2): it is echoed. */
static bool tell_core1(uint32_t word, stamp until) {
  if (!word)
    while (RP_FIFO_STATUS & RP_FIFO_VALID) (void)RP_FIFO_READ;
  while (!(RP_FIFO_STATUS & RP_FIFO_READY))
    if (micros_until(until, port_now()) <= 0) return false;
  RP_FIFO_WRITE = word;
  __asm volatile("sev");
  while (!(RP_FIFO_STATUS & RP_FIFO_VALID))
    if (micros_until(until, port_now()) <= 0) return false;
  return RP_FIFO_READ == word;
}

static bool launch_core1(void) {
  static void (*vectors[VECTORS])(void) __attribute__((aligned(256)));
  static uint64_t stack[64];
  vectors[16 + RP_IRQ_EDGES] = edges_interrupt;
  RP_SET(RP_PSM_FORCE_OFF) = RP_PSM_PROC1;
  while (!(RP_PSM_FORCE_OFF & RP_PSM_PROC1)) continue;
  RP_CLEAR(RP_PSM_FORCE_OFF) = RP_PSM_PROC1;
  uint32_t words[] = {0, 0, 1, (uint32_t)(uintptr_t)vectors, (uint32_t)(uintptr_t)(stack + 64), (uint32_t)(uintptr_t)core1};
  stamp until = port_now() + 1000;
  for (unsigned i = 0; i < 6;) {
    if (tell_core1(words[i], until)) i++;
    else if (micros_until(until, port_now()) <= 0) return false;
    else i = 0;
  }
  while (!running)
    if (micros_until(until, port_now()) <= 0) return false;
  return true;
}

bool chip_run(enum chip_mode wanted, void (*doorbell)(void)) {
  mode = wanted;
  on_doorbell = doorbell;
  RP_SET(RP_TIMER_ENABLE) = 1u << PORT_DOORBELL_ALARM;
  handle(RP_IRQ_TIMER(PORT_DOORBELL_ALARM), doorbell_interrupt, PRIORITY_DOORBELL);
  if (mode == CHIP_CORE1) {
    if (!launch_core1()) return false;
    listen(1);
    return true;
  }
  RP_SET(RP_TIMER_ENABLE) = 1u << DELIVERY_ALARM;
  handle(RP_IRQ_TIMER(DELIVERY_ALARM), alarm_interrupt, PRIORITY_DELIVERY);
  handle(RP_IRQ_EDGES, edges_interrupt, PRIORITY_CAPTURE);
  RP_UART_INTERRUPTS = RP_UART_RECEIVED;
  handle(RP_IRQ_UART0, receive_din, PRIORITY_DELIVERY);
  listen(0);
  return true;
}

void chip_wake(void) {
  if (mode == CHIP_CORE0) RP_SET(RP_TIMER_FORCE) = 1u << DELIVERY_ALARM;
}

uint32_t chip_turns(void) { return turns; }

stamp chip_now(void) { return port_now(); }

/* ADC channels 0..2, GPIO 26..28. */
int chip_poll_pots(void) {
  if (!(RP_ADC_CONTROL & RP_ADC_ON)) {
    for (unsigned i = 0; i < POTS; i++) {
      RP_PAD(RP_ADC_FIRST_PIN + i) = RP_PAD_OUTPUT_OFF;
      RP_PIN_CONTROL(RP_ADC_FIRST_PIN + i) = RP_PIN_NONE;
    }
    RP_ADC_CONTROL = RP_ADC_ON;
    while (!(RP_ADC_CONTROL & RP_ADC_READY)) continue;
    RP_ADC_CONTROL = RP_ADC_ON | RP_ADC_CHANNEL(pot) | RP_ADC_START;
    return -1;
  }
  if (!(RP_ADC_CONTROL & RP_ADC_READY)) return -1;
  unsigned read = pot;
  bool changed = pots_reading(read, (uint16_t)(RP_ADC_RESULT & 0xfff));
  pot = pot + 1 < POTS ? pot + 1 : 0;
  RP_ADC_CONTROL = RP_ADC_ON | RP_ADC_CHANNEL(pot) | RP_ADC_START;
  return changed ? (int)read : -1;
}

/*
 * The bare image: the shipped native files and, in TypeScript's place on core 0, a loop that once a millisecond does what a
 * mailbox in RAM says and copies out what was captured. The test writes the mailbox and reads the copies through the
 * emulated chip's memory, by these names.
 */
#include "capture.h"
#include "carry.h"
#include "chip.h"
#include "delivery.h"
#include "port.h"
#include "pots.h"

#define COMMANDS 1024
#define COPIES 4096
#define PUMP_ALARM 2u
#define PUMP_MICROS 1000
#define FALL_MICROS 2500
#define BUSY_PIN 25u /* high while the flash is "erased": the test makes it unreadable */

enum command { OUTPUT, INPUT, DIN, RUN, PINS, BYTE, USB, HOLD_OFF, ANSWER_WORD, ARM, ERASE, BUSY, CARRY };

struct command_words {
  uint32_t command, a, b, c;
};

volatile uint32_t commands_put, commands_taken, commands_refused;
struct command_words commands[COMMANDS];
volatile uint32_t copies_put;
struct captured copies[COPIES];
volatile uint32_t packets_put;
struct {
  uint32_t at, packet;
} packets[COPIES];
volatile uint32_t pot_values[POTS];
static volatile uint32_t busy;
static struct answer_word words[ANSWER_WORDS];
static uint32_t answered_pins; /* fall some time after the pulse that made them rise, as TypeScript has it */

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];
static void (*ram_vectors[48])(void) __attribute__((aligned(256)));

/* What the Pico SDK's flash_range_erase does to core 0: interrupts off, nothing from flash, 45 ms. */
static TACTUS_RAM void erase(uint32_t micros) {
  uint32_t before = port_lock();
  port_pins(1u << BUSY_PIN, 0);
  stamp end = port_now() + micros;
  while (micros_until(end, port_now()) > 0) continue;
  port_pins(0, 1u << BUSY_PIN);
  port_unlock(before);
}

static bool obey(const struct command_words *c) {
  static unsigned count;
  switch ((enum command)c->command) {
    case OUTPUT: chip_output(c->a); return true;
    case INPUT: return chip_input(c->a, c->b, c->c, CHIP_PULL_DOWN);
    case DIN: chip_din(c->a, c->b, 125000000); return true;
    case RUN: return chip_run((enum chip_mode)c->a, 0);
    case PINS: return schedule_pins(c->a, c->b, c->c);
    case BYTE: return schedule_din(c->a, (uint8_t)c->b);
    case USB: return schedule_usb(c->a, c->b);
    case HOLD_OFF: capture_hold_off(c->a, c->b); return true;
    case ANSWER_WORD:
      words[count++] = (struct answer_word){c->b, (enum answer_kind)c->a};
      if (c->a == ANSWER_PINS) answered_pins = c->b;
      return true;
    case ARM: {
      bool armed = capture_arm(c->a, words, count);
      count = 0;
      return armed;
    }
    case ERASE: erase(c->a); return true;
    case BUSY: busy = c->a; return true;
    case CARRY: carry_decide(&(struct carry_decision){.routes = c->a, .through_micros = c->b}); return true;
  }
  return false;
}

static void pump(void) {
  bool some = false;
  struct captured event;
  for (; capture_take(&event); copies_put++) {
    copies[copies_put % COPIES] = event;
    if (event.answered && schedule_pins(event.at + FALL_MICROS, 0, answered_pins)) some = true;
  }
  for (; commands_taken != commands_put; commands_taken++, some = true)
    if (!obey(&commands[commands_taken % COMMANDS])) commands_refused++;
  if (some) chip_wake();
  uint32_t packet;
  for (; usb_due_take(&packet); packets_put++) {
    packets[packets_put % COPIES].at = port_now();
    packets[packets_put % COPIES].packet = packet;
  }
  int pot = chip_poll_pots();
  if (pot >= 0) pot_values[pot] = pots_value((unsigned)pot);
}

static volatile bool pump_due;
static void pump_interrupt(void) {
  RP_TIMER_INTERRUPTS = 1u << PUMP_ALARM;
  RP_TIMER_ALARM(PUMP_ALARM) = port_now() + PUMP_MICROS;
  pump_due = true;
}

static void run(void) {
  chip_open();
  chip_output(BUSY_PIN);
  ram_vectors[16 + RP_IRQ_TIMER(PUMP_ALARM)] = pump_interrupt;
  RP_NVIC_PRIORITY(PUMP_ALARM) = 0x00c00000;
  RP_SET(RP_TIMER_ENABLE) = 1u << PUMP_ALARM;
  RP_NVIC_ENABLE = 1u << PUMP_ALARM;
  pump_interrupt();
  for (;;) {
    while (!pump_due)
      if (!busy) __asm volatile("wfi");
    pump_due = false;
    pump();
  }
}

static void reset(void) {
  for (uint32_t *from = data_load, *to = data_start; to < data_end;) *to++ = *from++;
  for (uint32_t *to = bss_start; to < bss_end;) *to++ = 0;
  RP_VECTORS = (uint32_t)(uintptr_t)ram_vectors;
  run();
}

__attribute__((section(".vectors"), used)) static void (*const vectors[2])(void) = {(void (*)(void))stack_top, reset};

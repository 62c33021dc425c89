#include "shift-registers.h"
#include "chip.h"
#include "port.h"
#include "pots.h"
#include <stdbool.h>

#define BUTTONS 10
#define SHIFTS 16
#define IN_BUTTON_PLAY 6u
#define IN_POT 16u
#define PORT_SHIFT 26

static uint32_t clock_mask, latch_mask, from_mask, to_mask;
static uint32_t held, told; /* buttons: now, and as TypeScript knows them */
static uint32_t pots_known, pots_moved;
static uint8_t lit;
static bool open;

void panel_open(unsigned clock_pin, unsigned latch_pin, unsigned from_pin, unsigned to_pin) {
  clock_mask = 1u << clock_pin;
  latch_mask = 1u << latch_pin;
  from_mask = 1u << from_pin;
  to_mask = 1u << to_pin;
  chip_output(clock_pin);
  chip_output(latch_pin);
  chip_output(to_pin);
  RP_GPIO_ENABLE_CLEAR = from_mask;
  RP_PAD(from_pin) = RP_PAD_INPUT | RP_PAD_SCHMITT | RP_PAD_PULL_UP;
  RP_PIN_CONTROL(from_pin) = RP_PIN_SIO;
  open = true;
}

/* The registers want 20 ns at 3.3 V (74HC165, 74HC595 data sheets, worst case 4.5 V: 24 ns); a lock and two accesses are 100. */
static void put(uint32_t mask, bool level) { port_pins(level ? mask : 0, level ? 0 : mask); }

void panel_poll(void) {
  if (!open) return;
  uint32_t buttons = 0;
  put(latch_mask, true); /* 165 holds what it loaded while low; 595 shows on the rise what was shifted last time */
  for (unsigned i = 0; i < SHIFTS; i++) {
    if (!(RP_GPIO_IN & from_mask)) buttons |= 1u << i;
    put(to_mask, lit >> ((SHIFTS - 1 - i) & 7) & 1);
    put(clock_mask, true);
    put(clock_mask, false);
  }
  put(latch_mask, false);
  held = buttons & ((1u << BUTTONS) - 1);
  int pot = chip_poll_pots();
  if (pot < 0) return;
  if (pots_known >> pot & 1) pots_moved |= 1u << pot;
  pots_known |= 1u << pot; /* a pot speaks once it is turned: what is stored holds until then */
}

uint32_t panel_take(void) {
  uint32_t changed = held ^ told;
  for (unsigned i = 0; i < BUTTONS; i++)
    if (changed >> i & 1) {
      told ^= 1u << i;
      return (IN_BUTTON_PLAY + i) << PORT_SHIFT | (told >> i & 1);
    }
  for (unsigned i = 0; i < POTS; i++)
    if (pots_moved >> i & 1) {
      pots_moved &= ~(1u << i);
      return (IN_POT + i) << PORT_SHIFT | pots_value(i);
    }
  return PANEL_NOTHING;
}

uint32_t panel_held(void) { return held; }

void panel_lights(uint8_t lights) { lit = lights; }

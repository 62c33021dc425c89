#include "shift-registers.h"
#include "port.h"
#include "pots.h"

#define BUTTONS 10
#define SHIFTS 16
#define IN_BUTTON_PLAY 6u
#define IN_POT 16u
#define PORT_SHIFT 26

static struct {
  unsigned clock, latch, from_buttons, to_lights;
} pins;
static uint32_t held, told; /* buttons: now, and as TypeScript knows them */
static uint32_t pots_known, pots_moved;
static uint8_t lit;
static bool open;

void panel_open(unsigned clock_pin, unsigned latch_pin, unsigned from_buttons_pin, unsigned to_lights_pin) {
  pins.clock = clock_pin;
  pins.latch = latch_pin;
  pins.from_buttons = from_buttons_pin;
  pins.to_lights = to_lights_pin;
  held = told = pots_known = pots_moved = 0;
  lit = 0;
  open = true;
}

/* The registers want 20 ns at 3.3 V (74HC165, 74HC595 data sheets, worst case 4.5 V: 24 ns); port_line takes 50 or more. */
static uint32_t shift(void) {
  uint32_t buttons = 0;
  port_line(pins.latch, true); /* 165 holds what it loaded while low; 595 shows on the rise what was shifted last time */
  for (unsigned i = 0; i < SHIFTS; i++) {
    if (!port_line_level(pins.from_buttons)) buttons |= 1u << i;
    port_line(pins.to_lights, lit >> ((SHIFTS - 1 - i) & 7) & 1);
    port_line(pins.clock, true);
    port_line(pins.clock, false);
  }
  port_line(pins.latch, false);
  return buttons & ((1u << BUTTONS) - 1);
}

void panel_poll(int pot) {
  if (!open) return;
  held = shift();
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

/*
 * The panel's registers by ../pico/shift-registers.h: the same sixteen shifts, here through the GPIO driver, so that its pins may
 * lie above 31. From a task only.
 */
#include "shift-registers.h"
#include "chip.h"
#include "port.h"
#include "pots.h"
#include "problem.h"
#include "driver/gpio.h"

#define BUTTONS 10
#define SHIFTS 16
#define IN_BUTTON_PLAY 6u
#define IN_POT 16u
#define PORT_SHIFT 26

static gpio_num_t clock_line, latch_line, from_buttons, to_lights;
static uint32_t held, told; /* buttons: now, and as TypeScript knows them */
static uint32_t pots_known, pots_moved;
static uint8_t lit;
static bool open;

void panel_open(unsigned clock_pin, unsigned latch_pin, unsigned from_pin, unsigned to_pin) {
  clock_line = (gpio_num_t)clock_pin;
  latch_line = (gpio_num_t)latch_pin;
  from_buttons = (gpio_num_t)from_pin;
  to_lights = (gpio_num_t)to_pin;
  gpio_config_t lines = {.pin_bit_mask = 1ull << clock_pin | 1ull << latch_pin | 1ull << to_pin, .mode = GPIO_MODE_OUTPUT};
  gpio_config_t line = {.pin_bit_mask = 1ull << from_pin, .mode = GPIO_MODE_INPUT, .pull_up_en = GPIO_PULLUP_ENABLE};
  open = went_well("gpio_config of the panel", gpio_config(&lines)) && went_well("gpio_config of the panel", gpio_config(&line));
}

void panel_poll(void) {
  if (!open) return;
  uint32_t buttons = 0;
  gpio_set_level(latch_line, 1); /* 165 holds what it loaded while low; 595 shows on the rise what was shifted last time */
  for (unsigned i = 0; i < SHIFTS; i++) {
    if (!gpio_get_level(from_buttons)) buttons |= 1u << i;
    gpio_set_level(to_lights, lit >> ((SHIFTS - 1 - i) & 7) & 1);
    gpio_set_level(clock_line, 1);
    gpio_set_level(clock_line, 0);
  }
  gpio_set_level(latch_line, 0);
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

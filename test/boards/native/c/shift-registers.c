/* The panel through its shift registers, on the chips of panel.h. */
#include "shift-registers.h"
#include "behaviour.h"
#include "panel.h"
#include "port.h"
#include "pots.h"

#define BUTTONS 10
#define FIRST_BUTTON 6u
#define FIRST_POT 16u

static void open_panel(void) {
  panel = (struct panel){0};
  pots_reset();
  fake_line(LATCH_PIN, false);
  panel_open(CLOCK_PIN, LATCH_PIN, FROM_PIN, TO_PIN);
  panel_poll(-1);
}

static void poll_with(uint16_t pressed) {
  panel.pressed = pressed;
  fake_line(LATCH_PIN, false); /* as it rests: the 165 follows its inputs */
  panel_poll(-1);
}

static uint32_t word(unsigned port, uint32_t value) { return port << 26 | value; }

BEHAVIOUR(every_button_speaks_on_its_own_port_once_when_pressed_and_once_when_let_go) {
  open_panel();
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
  for (unsigned button = 0; button < BUTTONS; button++) {
    poll_with((uint16_t)(1u << button));
    PROMISE_EQUAL(panel_held(), 1u << button);
    PROMISE_EQUAL(panel_take(), word(FIRST_BUTTON + button, 1));
    PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
    poll_with((uint16_t)(1u << button));
    PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
    poll_with(0);
    PROMISE_EQUAL(panel_take(), word(FIRST_BUTTON + button, 0));
    PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
  }
}

BEHAVIOUR(buttons_pressed_together_are_all_told_of) {
  open_panel();
  poll_with(0x3ff);
  for (unsigned button = 0; button < BUTTONS; button++) PROMISE_EQUAL(panel_take(), word(FIRST_BUTTON + button, 1));
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
}

BEHAVIOUR(inputs_without_a_button_say_nothing) {
  open_panel();
  poll_with(0xfc00);
  PROMISE_EQUAL(panel_held(), 0);
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
}

BEHAVIOUR(a_press_between_two_takes_is_not_told_late) {
  open_panel();
  poll_with(1);
  poll_with(0);
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
}

BEHAVIOUR(every_light_is_shown_at_the_next_poll_but_one) {
  open_panel();
  for (unsigned lights = 0; lights < 256; lights++) {
    uint8_t before = panel.shown;
    panel_lights((uint8_t)lights);
    panel_poll(-1);
    PROMISE(panel.shown == before || lights == 0);
    panel_poll(-1);
    PROMISE_EQUAL(panel.shown, lights);
  }
}

BEHAVIOUR(a_pot_speaks_once_it_is_turned) {
  open_panel();
  pots_reading(1, 2000);
  panel_poll(1); /* where it happens to stand */
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
  for (int i = 0; i < 200; i++) pots_reading(1, 4095);
  panel_poll(1);
  PROMISE_EQUAL(panel_take(), word(FIRST_POT + 1, 1023));
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
}

BEHAVIOUR(opening_again_forgets_what_was_held_and_turned) {
  open_panel();
  poll_with(3);
  panel_open(CLOCK_PIN, LATCH_PIN, FROM_PIN, TO_PIN);
  PROMISE_EQUAL(panel_held(), 0);
  PROMISE_EQUAL(panel_take(), PANEL_NOTHING);
}

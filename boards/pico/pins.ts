/**
 * The pin map: which GPIO of the Pico is which jack, button and light. README.md beside this file has the stage each of them needs.
 * Pin n is not pad n of the board: these are GPIO numbers.
 */
import { IN_CV, IN_RESET, IN_RUN, OUT_ARP, OUT_ARP_DISABLE, OUT_CLOCK, OUT_RESET, OUT_RUN, OUT_SYNC } from "../../src/event"

/** UART0: 31250 baud. */
export const PIN_DIN_OUT = 0
export const PIN_DIN_IN = 1

/** Port and GPIO, in turn. A transistor at each jack turns the level round. */
export const INPUT_PINS = [IN_CV, 2, IN_RESET, 3, IN_RUN, 4]

/** Port and GPIO, in turn. High is high at the jack. */
export const OUTPUT_PINS = [
  OUT_SYNC,
  5,
  OUT_SYNC + 1,
  6,
  OUT_SYNC + 2,
  7,
  OUT_SYNC + 3,
  8,
  OUT_ARP,
  9,
  OUT_ARP_DISABLE,
  10,
  OUT_CLOCK,
  11,
  OUT_RUN,
  12,
  OUT_RESET,
  13,
]

/** The shift registers: two 74HC165 for ten buttons, a 74HC595 for eight lights. */
export const PIN_PANEL_CLOCK = 14
export const PIN_PANEL_LATCH = 15
export const PIN_PANEL_BUTTONS = 16
export const PIN_PANEL_LIGHTS = 17

/** Pots `arp`, `tempo`, `wait` at ADC 0..2: GPIO 26, 27, 28. */

/** Bits of the lights. */
export const LIGHT_RUN = 1
export const LIGHT_FAULT = 2
export const LIGHT_SETTINGS = 4
export const LIGHT_BEAT = 8
/** The first of four. */
export const LIGHT_SYNC = 16

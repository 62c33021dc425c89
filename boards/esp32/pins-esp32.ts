/**
 * The pin map of the ESP32 (WROOM; a WROVER's PSRAM takes 16 and 17), by the names of pins.ts. Sync 1 and 2 are on the DACs, GPIO 25
 * and 26. 34..39 have no pull-ups and cannot drive; 5, 14 and 15 move while the boot ROM runs, 0, 2 and 12 are left alone: what is read at
 * reset there decides whether it starts. Pots: ADC1, GPIO 36, 39, 35.
 */
import { IN_CV, IN_RESET, IN_RUN, OUT_ARP, OUT_ARP_DISABLE, OUT_CLOCK, OUT_RESET, OUT_RUN, OUT_SYNC } from "../../src/event"

/** UART1: 31250 baud. */
export const PIN_DIN_OUT = 33
export const PIN_DIN_IN = 34

/** Port and GPIO, in turn. A transistor at each jack turns the level round. */
export const INPUT_PINS = [IN_CV, 16, IN_RESET, 17, IN_RUN, 18]

/** Port and GPIO, in turn. High is high at the jack. */
export const OUTPUT_PINS = [
  OUT_SYNC,
  25,
  OUT_SYNC + 1,
  26,
  OUT_SYNC + 2,
  27,
  OUT_SYNC + 3,
  4,
  OUT_ARP,
  13,
  OUT_ARP_DISABLE,
  14,
  OUT_CLOCK,
  19,
  OUT_RUN,
  21,
  OUT_RESET,
  22,
]

/** The shift registers: two 74HC165 for ten buttons, a 74HC595 for eight lights. */
export const PIN_PANEL_CLOCK = 32
export const PIN_PANEL_LATCH = 5
export const PIN_PANEL_BUTTONS = 23
export const PIN_PANEL_LIGHTS = 15

/** Bits of the lights. */
export const LIGHT_RUN = 1
export const LIGHT_FAULT = 2
export const LIGHT_SETTINGS = 4
export const LIGHT_BEAT = 8
/** The first of four. */
export const LIGHT_SYNC = 16

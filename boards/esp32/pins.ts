/**
 * The pin map of the ESP32-S3, in place of ../pico/pins.ts: same names, so the Pico's TypeScript runs unchanged. Delivery and capture
 * know GPIO 0..29 only; 19 and 20 are USB, 0, 3, 45 and 46 are read at reset, 26..32 belong to flash. Pots: ADC1, GPIO 1, 2, 4.
 */
import { IN_CV, IN_RESET, IN_RUN, OUT_ARP, OUT_ARP_DISABLE, OUT_CLOCK, OUT_RESET, OUT_RUN, OUT_SYNC } from "../../src/event"

/** UART1: 31250 baud. */
export const PIN_DIN_OUT = 17
export const PIN_DIN_IN = 18

/** Port and GPIO, in turn. A transistor at each jack turns the level round. */
export const INPUT_PINS = [IN_CV, 5, IN_RESET, 6, IN_RUN, 7]

/** Port and GPIO, in turn. High is high at the jack. */
export const OUTPUT_PINS = [
  OUT_SYNC,
  8,
  OUT_SYNC + 1,
  9,
  OUT_SYNC + 2,
  10,
  OUT_SYNC + 3,
  11,
  OUT_ARP,
  12,
  OUT_ARP_DISABLE,
  13,
  OUT_CLOCK,
  14,
  OUT_RUN,
  15,
  OUT_RESET,
  16,
]

/** The shift registers: two 74HC165 for ten buttons, a 74HC595 for eight lights. */
export const PIN_PANEL_CLOCK = 38
export const PIN_PANEL_LATCH = 39
export const PIN_PANEL_BUTTONS = 40
export const PIN_PANEL_LIGHTS = 41

/** Bits of the lights. */
export const LIGHT_RUN = 1
export const LIGHT_FAULT = 2
export const LIGHT_SETTINGS = 4
export const LIGHT_BEAT = 8
/** The first of four. */
export const LIGHT_SYNC = 16

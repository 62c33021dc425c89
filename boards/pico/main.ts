/**
 * The module on a Raspberry Pi Pico. TypeScript decides some milliseconds ahead; core 1 captures and delivers (boards/native).
 * The loop runs when something has arrived and every `PUMP_MILLISECONDS`. An exception is counted and shown, never fatal: the
 * next turn goes on where this one stopped.
 */
import Timer from "timer"
import { pump } from "../../src/backend"
import { Module } from "../../src/module"
import { PicoBackend } from "./backend"
import * as native from "./native"
import { openPanel, showPanel } from "./panel"
import { INPUT_PINS, OUTPUT_PINS, PIN_DIN_IN, PIN_DIN_OUT } from "./pins"

const PUMP_MILLISECONDS = 2
/** Longer than a settings sector takes to erase (400 ms, W25Q16JV, worst case). */
const WATCHDOG_MILLISECONDS = 2000

const backend = new PicoBackend()
const core = new Module()
let exceptions = 0

function turn(): void {
  try {
    pump(backend, core)
  } catch {
    exceptions++
  }
}

function housekeeping(): void {
  try {
    native.poll()
    native.watchdog()
    showPanel(exceptions)
  } catch {
    exceptions++
  }
}

native.open(turn)
for (let i = 0; i < OUTPUT_PINS.length; i += 2) native.output(OUTPUT_PINS[i], OUTPUT_PINS[i + 1])
for (let i = 0; i < INPUT_PINS.length; i += 2) native.input(INPUT_PINS[i], INPUT_PINS[i + 1], true)
native.din(PIN_DIN_OUT, PIN_DIN_IN)
openPanel()
native.run()
native.watchdog(WATCHDOG_MILLISECONDS)
Timer.repeat(turn, PUMP_MILLISECONDS)
Timer.repeat(housekeeping, 4)
turn()

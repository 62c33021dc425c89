/**
 * The module on a Raspberry Pi Pico. TypeScript decides some milliseconds ahead; core 1 captures and delivers (boards/native).
 * The loop runs when something has arrived and every `PUMP_MILLISECONDS`. An exception is counted and shown, never fatal: the
 * next turn goes on where this one stopped. Play and tap held at power-up: a factory reset.
 */
import Timer from "timer"
import { pump } from "../../src/backend"
import { IN_CV } from "../../src/event"
import { Module } from "../../src/module"
import { PicoBackend } from "./backend"
import { BoardFaults } from "./faults"
import * as native from "./native"
import { isResetGesture, openPanel, showPanel } from "./panel"
import { INPUT_PINS, OUTPUT_PINS, PIN_DIN_IN, PIN_DIN_OUT } from "./pins"
import { SettingsStore } from "./settings-store"

/** With the longest turn (6 ms, measured) this stays about the lead: a shorter one costs more than it saves, 1 ms a turn. */
const PUMP_MILLISECONDS = 3
const HOUSEKEEPING_MILLISECONDS = 8
/** Longer than a settings sector takes to erase (400 ms, W25Q16JV, worst case). */
const WATCHDOG_MILLISECONDS = 2000

const backend = new PicoBackend()
const store = new SettingsStore()
const faults = new BoardFaults()
let core: Module

function startCore(): void {
  const stored = store.open(isResetGesture())
  try {
    core = new Module(stored)
  } catch {
    core = new Module()
  }
  core.board = faults
}

function turn(): void {
  try {
    if (backend.now() < 0) return
    pump(backend, core)
    backend.arm(IN_CV, core.answers.words, core.answers.count)
  } catch {
    faults.exceptions++
  }
}

function housekeeping(): void {
  try {
    native.poll()
    native.watchdog()
    showPanel(core, faults.exceptions, store.turn(core))
  } catch {
    faults.exceptions++
  }
}

native.open(turn)
for (let i = 0; i < OUTPUT_PINS.length; i += 2) native.output(OUTPUT_PINS[i], OUTPUT_PINS[i + 1])
for (let i = 0; i < INPUT_PINS.length; i += 2) native.input(INPUT_PINS[i], INPUT_PINS[i + 1], true)
native.din(PIN_DIN_OUT, PIN_DIN_IN)
openPanel()
startCore()
native.run()
native.watchdog(WATCHDOG_MILLISECONDS)
Timer.repeat(turn, PUMP_MILLISECONDS)
Timer.repeat(housekeeping, HOUSEKEEPING_MILLISECONDS)

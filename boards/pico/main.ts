/**
 * The module on a Raspberry Pi Pico. TypeScript decides some milliseconds ahead; core 1 captures and delivers (boards/native).
 * The loop turns when something has arrived and when the core has asked for it; a turn for nothing would cost as much as an event.
 * An exception is counted and shown, never fatal: the next turn goes on where this one stopped. Play and tap held at power-up: a
 * factory reset.
 */
import Timer from "timer"
import { pump } from "../../src/backend"
import { BOARD_ANSWER_MICROS } from "../../src/lead"
import { Module } from "../../src/module"
import { PicoBackend } from "./backend"
import { BoardFaults } from "./faults"
import { arm, carry, din, guard, input, open, output, run, sleep, watchdog } from "./native"
import { openNetwork, type Network } from "./network"
import { isResetGesture, openPanel, showPanel } from "./panel"
import { INPUT_PINS, OUTPUT_PINS, PIN_DIN_IN, PIN_DIN_OUT } from "./pins"
import { SettingsStore } from "./settings-store"

const HOUSEKEEPING_MILLISECONDS = 64
/** Longer than a settings sector takes to erase (400 ms, W25Q16JV, worst case). */
const WATCHDOG_MILLISECONDS = 2000

const backend = new PicoBackend()
const store = new SettingsStore()
const faults = new BoardFaults()
let core: Module
let network: Network

function startCore(): void {
  const stored = store.open(isResetGesture())
  try {
    core = new Module(stored)
  } catch {
    core = new Module()
  }
  core.conductor.answerMicros = BOARD_ANSWER_MICROS
  core.answers.armBy(arm)
  network = openNetwork(core, backend, () => sleep(0))
  core.board = { counters: () => Object.assign(faults.counters(), network.counters()) }
  core.carryBy({ carry })
  network.look()
}

function turn(): void {
  try {
    pump(backend, network.player)
    core.answers.keepArmed()
    if (core.sources.isFollowing) guardWire()
    network.turn()
    sleep(network.nextTurn())
  } catch {
    faults.exceptions++
  }
}

/** What the native layer carries knows of no pulse. */
function guardWire(): void {
  const { wire } = core
  core.sources.guard(wire)
  guard(wire.guardFrom, wire.guardUntil)
}

function housekeeping(): void {
  try {
    showPanel(core, backend.now(), faults.exceptions, store.turn(core))
    network.look()
  } catch {
    faults.exceptions++
  }
}

open(turn)
for (let i = 0; i < OUTPUT_PINS.length; i += 2) output(OUTPUT_PINS[i], OUTPUT_PINS[i + 1])
for (let i = 0; i < INPUT_PINS.length; i += 2) input(INPUT_PINS[i], INPUT_PINS[i + 1], true)
din(PIN_DIN_OUT, PIN_DIN_IN)
openPanel()
startCore()
run()
watchdog(WATCHDOG_MILLISECONDS)
Timer.repeat(housekeeping, HOUSEKEEPING_MILLISECONDS)

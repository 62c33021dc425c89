/**
 * The panel: lights, and what the buttons mean while the module starts. In play they are inputs like any other.
 */
import type { Module } from "../../src/module"
import { CHANNELS } from "../../src/sync/bank"
import { CHANNEL_PAUSED, CHANNEL_RUNNING } from "../../src/sync/channel"
import type { Micros } from "../../src/time"
import { TICKS_PER_BEAT } from "../../src/time"
import { RUNNING } from "../../src/transport"
import { fault, held, lights as show, panel, poll } from "./native"
import {
  LIGHT_BEAT,
  LIGHT_FAULT,
  LIGHT_RUN,
  LIGHT_SETTINGS,
  LIGHT_SYNC,
  PIN_PANEL_BUTTONS,
  PIN_PANEL_CLOCK,
  PIN_PANEL_LATCH,
  PIN_PANEL_LIGHTS,
} from "./pins"

const FAULT_KINDS = 6
const PLAY_AND_TAP = 3

export function openPanel(): void {
  panel(PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_BUTTONS, PIN_PANEL_LIGHTS)
  poll()
}

/** Play and tap held down, and nothing else. */
export function isResetGesture(): boolean {
  return held() === PLAY_AND_TAP
}

/**
 * The fault light stands for anything lost or late since start, and for an exception; the beat's is lit for the first half of each beat,
 * a channel's while it runs, and with the beat while it pauses. `now`: what is on the jacks, not what is decided.
 */
export function showPanel(core: Module, now: Micros, exceptions: number, isStoring: boolean): void {
  let faults = exceptions
  for (let kind = 0; kind < FAULT_KINDS; kind++) faults += fault(kind)
  let lights = faults > 0 ? LIGHT_FAULT : 0
  const { transport, line, bank } = core
  const isRunning = transport.state === RUNNING
  const position = isRunning ? line.tickAt(now) - transport.songBase : -1
  const isBeat = position >= 0 && (position % TICKS_PER_BEAT) * 2 < TICKS_PER_BEAT
  if (isRunning) lights |= LIGHT_RUN
  if (isStoring) lights |= LIGHT_SETTINGS
  if (isBeat) lights |= LIGHT_BEAT
  for (let i = 0; i < CHANNELS; i++) {
    const { state } = bank.channels[i]
    if (state === CHANNEL_RUNNING || (state === CHANNEL_PAUSED && isBeat)) lights |= LIGHT_SYNC << i
  }
  show(lights)
}

/**
 * The panel: lights, and what the buttons mean while the module starts. In play they are inputs like any other.
 */
import type { Module } from "../../src/module"
import { RUNNING } from "../../src/transport"
import { fault, held, lights as show, panel, poll } from "./native"
import { LIGHT_FAULT, LIGHT_RUN, LIGHT_SETTINGS, PIN_PANEL_BUTTONS, PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_LIGHTS } from "./pins"

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

/** The fault light stands for anything lost or late since start, and for an exception. */
export function showPanel(core: Module, exceptions: number, isStoring: boolean): void {
  let faults = exceptions
  for (let kind = 0; kind < FAULT_KINDS; kind++) faults += fault(kind)
  let lights = faults > 0 ? LIGHT_FAULT : 0
  if (core.transport.state === RUNNING) lights |= LIGHT_RUN
  if (isStoring) lights |= LIGHT_SETTINGS
  show(lights)
}

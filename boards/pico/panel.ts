/**
 * The panel: lights, and what the buttons mean while the module starts. In play they are inputs like any other.
 */
import * as native from "./native"
import { LIGHT_FAULT, PIN_PANEL_BUTTONS, PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_LIGHTS } from "./pins"

const FAULT_KINDS = 6

export function openPanel(): void {
  native.panel(PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_BUTTONS, PIN_PANEL_LIGHTS)
}

/** The fault light stands for anything lost or late since start, and for an exception. */
export function showPanel(exceptions: number): void {
  let faults = exceptions
  for (let kind = 0; kind < FAULT_KINDS; kind++) faults += native.fault(kind)
  native.lights(faults > 0 ? LIGHT_FAULT : 0)
}

/**
 * The front panel's shift registers as the pins drive them: two 74HC165 give the buttons, a 74HC595 takes the lights.
 *
 * The 165 is transparent while the latch is low and moves one on with each rise of the clock while it is high. The 595 shifts with the
 * same clock and shows, when the latch rises, the last eight bits that went in: those of the poll before.
 */
import { GPIOPinState } from "rp2040js"
import { PIN_PANEL_BUTTONS, PIN_PANEL_CLOCK, PIN_PANEL_LATCH, PIN_PANEL_LIGHTS } from "../../boards/pico/pins"
import type { Chip } from "./chip"

export class PanelRegisters {
  /** What the eight lights show: LIGHT_* of pins.ts. */
  lights = 0
  private position = 0
  private shifted = 0

  /** `pressed`: the buttons held down, bit 0 play. */
  constructor(chip: Chip, pressed: () => number) {
    const { gpio } = chip
    const present = () => chip.setPin(PIN_PANEL_BUTTONS, !((pressed() >> this.position) & 1))
    gpio[PIN_PANEL_LATCH].addListener((state) => {
      this.position = 0
      if (state === GPIOPinState.High) this.lights = this.shifted
      present()
    })
    gpio[PIN_PANEL_CLOCK].addListener((state) => {
      if (state !== GPIOPinState.High) return
      this.shifted = ((this.shifted << 1) | (gpio[PIN_PANEL_LIGHTS].value === GPIOPinState.High ? 1 : 0)) & 0xff
      this.position++
      present()
    })
  }
}

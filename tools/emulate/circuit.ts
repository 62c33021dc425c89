/**
 * The chip and what is soldered around it, from one power-up or reset to the next: flash, DIN wire, USB socket, panel, jacks. What
 * comes out is told with the chip's own time.
 */
import { GPIOPinState } from "rp2040js"
import { bytesEvent, byteEvent, levelEvent, OUT_MIDI_CONFIG, OUT_MIDI_DIN, OUT_MIDI_USB, type EventWord } from "../../src/event"
import { INPUT_PINS, OUTPUT_PINS, PIN_DIN_IN } from "../../boards/pico/pins"
import { Chip } from "./chip"
import { attachFlash, type FlashCounters, type FlashTimes } from "./flash-chip"
import { start } from "./load"
import { PanelRegisters } from "./panel-registers"
import { UartWire } from "./uart-wire"
import { UsbMidiHost } from "./usb-host"
import { attachWatchdog, type Remains } from "./watchdog"

/** USB-MIDI 1.0, table 4-1: bytes of a packet by its code. */
const BYTES_OF_CODE = [0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1]

export interface Surroundings {
  /** Buttons held down. */
  readonly pressed: () => number
  readonly seen: (nanos: number, event: EventWord) => void
  readonly isOver: (remains: Remains) => void
  readonly flashTimes: FlashTimes
  /** The flash before a reset. */
  readonly flash: FlashCounters | undefined
}

export class Circuit {
  readonly chip = new Chip()
  readonly usb: UsbMidiHost
  readonly wire: UartWire
  readonly panel: PanelRegisters
  readonly flash: FlashCounters

  /** `fill` puts into the chip what it starts with. */
  constructor(fill: (chip: Chip) => void, { pressed, seen, isOver, flashTimes, flash }: Surroundings) {
    const { chip } = this
    this.flash = attachFlash(chip, flashTimes, flash)
    fill(chip)
    attachWatchdog(chip, (remains) => {
      for (const [port, pin] of pairs(OUTPUT_PINS)) if (chip.gpio[pin].value === GPIOPinState.High) seen(chip.nanos, levelEvent(port, 0))
      isOver(remains)
    })
    this.wire = new UartWire(chip, ({ start: nanos, byte }) => seen(nanos, byteEvent(OUT_MIDI_DIN, byte)))
    this.usb = new UsbMidiHost(chip, ({ nanos, bytes }) => {
      const port = bytes[0] >> 4 === 0 ? OUT_MIDI_USB : OUT_MIDI_CONFIG
      seen(nanos, bytesEvent(port, BYTES_OF_CODE[bytes[0] & 0xf], bytes[1], bytes[2], bytes[3]))
    })
    for (const [port, pin] of pairs(OUTPUT_PINS))
      chip.gpio[pin].addListener((state, before) => {
        if (state > GPIOPinState.High || before > GPIOPinState.High) return
        seen(chip.nanos, levelEvent(port, state === GPIOPinState.High ? 1 : 0))
      })
    for (const [, pin] of pairs(INPUT_PINS)) chip.setPin(pin, true)
    chip.setPin(PIN_DIN_IN, true)
    this.panel = new PanelRegisters(chip, pressed)
    start(chip)
  }
}

/** Port and pin. */
export function pairs(pins: readonly number[]): [number, number][] {
  return Array.from({ length: pins.length / 2 }, (_, at) => [pins[2 * at], pins[2 * at + 1]])
}

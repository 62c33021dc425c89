/**
 * The emulated module: the chip, its flash, the DIN wires, a USB host, the panel's shift registers and the jacks. Inputs go in as
 * event words, at times of the core; what comes out is told with the time it was seen at the pin, wire or endpoint.
 */
import { GPIOPinState } from "rp2040js"
import {
  byteEvent,
  byteOf,
  bytesEvent,
  IN_BUTTON_PLAY,
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_POT_ARP,
  IN_POT_WAIT,
  lengthOf,
  levelEvent,
  OUT_MIDI_CONFIG,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  portOf,
  valueOf,
  type EventWord,
} from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { INPUT_PINS, OUTPUT_PINS, PIN_DIN_IN, PIN_PANEL_BUTTONS, PIN_PANEL_CLOCK, PIN_PANEL_LATCH } from "../../boards/pico/pins"
import { Chip } from "./chip"
import { attachFlash, type FlashCounters } from "./flash-chip"
import { loadBootRom, loadUf2, start } from "./load"
import { UartWire } from "./uart-wire"
import { UsbMidiHost } from "./usb-host"

/** When the firmware's core time begins, after power-up (EPOCH_MICROS in boards/pico/binding.c). */
export const EPOCH_MICROS = 100000

const BYTES_OF_CODE = [0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1]
const BUTTONS = 10

/** `micros` is core time, with fractions: the moment seen. */
export type Seen = (micros: number, event: EventWord) => void

export class EmulatedBoard {
  readonly chip = new Chip()
  readonly usb: UsbMidiHost
  readonly wire: UartWire
  readonly flash: FlashCounters
  readonly imageBytes: number
  private pressed = 0
  private position = 0

  /** `flash`: what it holds from the time before, instead of the UF2. */
  constructor(uf2: string, bootRom: string | undefined, seen: Seen, flash?: Uint8Array) {
    const { chip } = this
    const now = () => chip.nanos / 1000 - EPOCH_MICROS
    this.flash = attachFlash(chip)
    if (bootRom !== undefined) loadBootRom(chip, bootRom)
    this.imageBytes = loadUf2(chip, uf2)
    if (flash) chip.flash.set(flash)
    this.wire = new UartWire(chip, ({ start: nanos, byte }) => seen(nanos / 1000 - EPOCH_MICROS, byteEvent(OUT_MIDI_DIN, byte)))
    this.usb = new UsbMidiHost(chip, ({ nanos, bytes }) => {
      const port = bytes[0] >> 4 === 0 ? OUT_MIDI_USB : OUT_MIDI_CONFIG
      seen(nanos / 1000 - EPOCH_MICROS, bytesEvent(port, BYTES_OF_CODE[bytes[0] & 0xf], bytes[1], bytes[2], bytes[3]))
    })
    for (let i = 0; i < OUTPUT_PINS.length; i += 2) {
      chip.gpio[OUTPUT_PINS[i + 1]].addListener((state, before) => {
        if (state > GPIOPinState.High || before > GPIOPinState.High) return
        seen(now(), levelEvent(OUTPUT_PINS[i], state === GPIOPinState.High ? 1 : 0))
      })
    }
    for (let i = 0; i < INPUT_PINS.length; i += 2) chip.setPin(INPUT_PINS[i + 1], true)
    chip.setPin(PIN_DIN_IN, true)
    this.attachPanel()
    start(chip)
  }

  /** Runs until `micros` of core time. */
  runUntil(micros: number): void {
    this.chip.runUntil((micros + EPOCH_MICROS) * 1000)
  }

  /** Puts an input in, now; a DIN byte is complete at `micros`. */
  input(micros: number, event: EventWord): void {
    const port = portOf(event)
    if (port === IN_MIDI_DIN) this.wire.feed((micros - DIN_BYTE_MICROS + EPOCH_MICROS) * 1000, byteOf(event, 0))
    else if (port === IN_MIDI_USB || port === IN_MIDI_CONFIG) this.usb.send(packetOf(event, port - IN_MIDI_USB))
    else if (port >= IN_POT_ARP && port <= IN_POT_WAIT) this.chip.adc.channelValues[port - IN_POT_ARP] = valueOf(event) * 4
    else if (port >= IN_BUTTON_PLAY && port < IN_BUTTON_PLAY + BUTTONS) this.press(port - IN_BUTTON_PLAY, valueOf(event))
    else {
      const index = INPUT_PINS.findIndex((value, at) => at % 2 === 0 && value === port)
      if (index < 0) throw new RangeError(`port ${port} has no pin on this board`)
      this.chip.setPin(INPUT_PINS[index + 1], valueOf(event) === 0)
    }
  }

  private press(button: number, level: number): void {
    if (level) this.pressed |= 1 << button
    else this.pressed &= ~(1 << button)
  }

  /** Two 74HC165: transparent while the latch is low, one on with each rise of the clock while it is high. */
  private attachPanel(): void {
    const { gpio } = this.chip
    const present = () => this.chip.setPin(PIN_PANEL_BUTTONS, !((this.pressed >> this.position) & 1))
    gpio[PIN_PANEL_LATCH].addListener(() => {
      this.position = 0
      present()
    })
    gpio[PIN_PANEL_CLOCK].addListener((state) => {
      if (state !== GPIOPinState.High) return
      this.position++
      present()
    })
  }
}

/** USB-MIDI 1.0, table 4-1: how many bytes, and whether a SysEx ends here. */
function packetOf(event: EventWord, cable: number): number[] {
  const length = lengthOf(event)
  const bytes = [byteOf(event, 0), byteOf(event, 1), byteOf(event, 2)].slice(0, length)
  const [first] = bytes
  let code = first >> 4
  if (first >= 0xf8) code = 0xf
  else if (bytes[length - 1] === 0xf7) code = 4 + length
  else if (first < 0x80 || first === 0xf0) code = length === 3 ? 4 : 0xf
  else if (first >= 0xf0) code = length === 1 ? 5 : length
  return [(cable << 4) | code, ...bytes]
}

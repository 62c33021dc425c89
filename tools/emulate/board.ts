/**
 * The emulated module in its rack. Inputs go in as event words, at times of the core; what comes out is told with the time it was seen
 * at the pin, wire or endpoint. When the watchdog resets the chip the rack goes on: levels, pots and buttons stay as they are, and what is
 * on its way over USB or DIN is lost.
 */
import {
  byteOf,
  IN_BUTTON_PLAY,
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_POT_ARP,
  IN_POT_WAIT,
  lengthOf,
  portOf,
  valueOf,
  type EventWord,
} from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { INPUT_PINS } from "../../boards/pico/pins"
import type { Chip } from "./chip"
import { Circuit, pairs } from "./circuit"
import { TYPICAL_TIMES, type FlashCounters, type FlashTimes } from "./flash-chip"
import { loadBootRom, loadUf2 } from "./load"
import type { UartWire } from "./uart-wire"
import type { UsbMidiHost } from "./usb-host"
import { resume, type Remains } from "./watchdog"

/** When the firmware's core time begins, after power-up (EPOCH_MICROS in boards/pico/binding.c). */
export const EPOCH_MICROS = 135000

const BUTTONS = 10
const PIN_OF_INPUT = new Map(pairs(INPUT_PINS))

/** `micros` is core time of the first start, with fractions: the moment seen. */
export type Seen = (micros: number, event: EventWord) => void

export class EmulatedBoard {
  imageBytes = 0
  /** When the watchdog has reset the chip, core time of the first start. */
  readonly resets: number[] = []
  private circuit: Circuit
  private remains: Remains | undefined
  /** When the present chip began, ns. */
  private began = 0
  private pressed = 0
  private readonly levels = new Map<number, EventWord>()

  /** `flash`: what it holds from the time before, instead of the UF2. */
  constructor(
    uf2: string,
    private readonly bootRom: string | undefined,
    private readonly seen: Seen,
    flash?: Uint8Array,
    private readonly flashTimes: FlashTimes = TYPICAL_TIMES,
  ) {
    this.circuit = this.powerUp((chip) => {
      this.imageBytes = loadUf2(chip, uf2)
      if (flash) chip.flash.set(flash)
    })
  }

  /** The present one: after a reset it is another. */
  get chip(): Chip {
    return this.circuit.chip
  }

  get usb(): UsbMidiHost {
    return this.circuit.usb
  }

  get wire(): UartWire {
    return this.circuit.wire
  }

  get flash(): FlashCounters {
    return this.circuit.flash
  }

  /** What the panel's lights show: LIGHT_* of pins.ts. */
  get lights(): number {
    return this.circuit.panel.lights
  }

  /** Runs until `micros` of core time. */
  runUntil(micros: number): void {
    const end = (micros + EPOCH_MICROS) * 1000
    for (;;) {
      this.chip.runUntil(end - this.began)
      const { remains } = this
      if (!remains) return
      this.remains = undefined
      this.began += this.chip.nanos
      this.resets.push(this.began / 1000 - EPOCH_MICROS)
      this.circuit = this.powerUp((chip) => resume(chip, remains), this.flash)
      for (const event of this.levels.values()) this.put(event)
    }
  }

  /** Puts an input in, now; a DIN byte is complete at `micros`. */
  input(micros: number, event: EventWord): void {
    const port = portOf(event)
    if (port === IN_MIDI_DIN) this.wire.feed((micros - DIN_BYTE_MICROS + EPOCH_MICROS) * 1000 - this.began, byteOf(event, 0))
    else if (port === IN_MIDI_USB || port === IN_MIDI_CONFIG) this.usb.send(packetOf(event, port - IN_MIDI_USB))
    else {
      this.levels.set(port, event)
      this.put(event)
    }
  }

  private powerUp(fill: (chip: Chip) => void, flash?: FlashCounters): Circuit {
    return new Circuit(
      (chip) => {
        if (this.bootRom !== undefined) loadBootRom(chip, this.bootRom)
        fill(chip)
      },
      {
        pressed: () => this.pressed,
        seen: (nanos, event) => this.seen((this.began + nanos) / 1000 - EPOCH_MICROS, event),
        isOver: (remains) => (this.remains = remains),
        flashTimes: this.flashTimes,
        flash,
      },
    )
  }

  /** A level that stays: a pot, a button, a jack. */
  private put(event: EventWord): void {
    const port = portOf(event)
    const pin = PIN_OF_INPUT.get(port)
    if (pin !== undefined) this.chip.setPin(pin, valueOf(event) === 0)
    else if (port >= IN_POT_ARP && port <= IN_POT_WAIT) this.chip.adc.channelValues[port - IN_POT_ARP] = valueOf(event) * 4
    else if (port >= IN_BUTTON_PLAY && port < IN_BUTTON_PLAY + BUTTONS) this.press(port - IN_BUTTON_PLAY, valueOf(event))
    else throw new RangeError(`port ${port} has no pin on this board`)
  }

  private press(button: number, level: number): void {
    if (level) this.pressed |= 1 << button
    else this.pressed &= ~(1 << button)
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

/**
 * The module with everything on, for as long as one likes, without any allocation of the harness's own: an unsteady CV clock at
 * 4 PPQN, notes and controllers at both MIDI inputs, SysEx, MIDI clock that is not the ruling one, resets, buttons bouncing,
 * every output with a latency, swing. Whatever a collector finds afterwards is the module's. It runs on Node and, bundled, on XS.
 */
import { LEAD_MICROS } from "../../src/backend"
import {
  byteEvent,
  bytesEvent,
  byteOf,
  IN_BUTTON_PLAY,
  IN_CV,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_RESET,
  lengthOf,
  levelEvent,
  OUT_MIDI_USB,
  portOf,
} from "../../src/event"
import { Module } from "../../src/module"
import type { EventSink } from "../../src/processor"
import { DIN_BYTE_MICROS } from "../../src/time"

const BUSY_SETTINGS = {
  source: "cv",
  cv: { ppqn: 4 },
  clock: { ppqn: 24, swing: 60 },
  latencyMicros: { "midi-usb": -3000, clock: 2500 },
  merge: { usbToUsb: true },
}

/** What the DIN input hears over and over: a chord in running status, a controller, SysEx, a clock that does not rule. */
const DIN_BYTES = [0x90, 60, 100, 64, 90, 67, 80, 0xf8, 0xb0, 1, 64, 0xf0, 0x7d, 1, 2, 3, 4, 0xf7, 0x80, 60, 0, 64, 0, 67, 0]

/** Time between pulses, 4 to the beat at 125 BPM. */
const PULSE_MICROS = 120000

export class Soak implements EventSink {
  /** Clocks sent to USB, all events sent, and a sum over them that two engines must agree on. */
  clocks = 0
  events = 0
  sum = 0
  private readonly module = new Module(BUSY_SETTINGS)
  private time = 1000
  private pulse = 0
  private seed = 1
  private nextByte = 0

  schedule(time: number, event: number): boolean {
    if (portOf(event) === OUT_MIDI_USB && lengthOf(event) === 1 && byteOf(event, 0) === 0xf8) this.clocks++
    this.events++
    this.sum = (this.sum + Math.round(time) + event) % 1000000007
    return true
  }

  /** Plays until `count` more pulses have gone in. */
  run(count: number): void {
    for (const end = this.pulse + count; this.pulse < end; this.pulse++) this.onePulse()
  }

  private onePulse(): void {
    const time = this.time + (this.random() - 0.5) * 2000
    this.feed(time, levelEvent(IN_CV, 1))
    for (let index = 0; index < 3; index++) {
      this.feed(time + 1000 + index * DIN_BYTE_MICROS, byteEvent(IN_MIDI_DIN, DIN_BYTES[this.nextByte]))
      this.nextByte = (this.nextByte + 1) % DIN_BYTES.length
    }
    this.feed(time + 3000, bytesEvent(IN_MIDI_USB, 3, 0x90, this.pulse & 127, this.pulse % 3))
    this.feed(time + 5000, levelEvent(IN_CV, 0))
    if (this.pulse % 480 === 100) this.pressed(IN_RESET, time + 6000)
    if (this.pulse % 9600 === 9000) this.pressed(IN_BUTTON_PLAY, time + 6000)
    if (this.pulse % 9600 === 9060) this.pressed(IN_BUTTON_PLAY, time + 6000)
    this.time += PULSE_MICROS
  }

  /** Down with a bounce, and up again well before the next pulse. */
  private pressed(port: number, time: number): void {
    this.feed(time, levelEvent(port, 1))
    this.feed(time + 50, levelEvent(port, 0))
    this.feed(time + 90, levelEvent(port, 1))
    this.feed(time + 6000, levelEvent(port, 0))
  }

  private feed(time: number, event: number): void {
    this.module.render(time + LEAD_MICROS, this)
    this.module.input(time, event)
  }

  /** 0..1, Park and Miller's generator: exact in doubles. */
  private random(): number {
    this.seed = (this.seed * 48271) % 2147483647
    return this.seed / 2147483647
  }
}

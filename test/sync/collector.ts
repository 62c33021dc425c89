/**
 * A module on a short lead: keys and bytes go in, and only the sync channels' edges are kept. Quicker than a whole simulated rack,
 * for tests that press a million times. Times stay as the core says them, not rounded.
 */
import { LEAD_MICROS, feed } from "../../src/backend"
import type { EventWord } from "../../src/event"
import { IN_KEYS, IN_MIDI_USB, OUT_SYNC, byteEvent, portOf, valueOf } from "../../src/event"
import { Module } from "../../src/module"

export class Collector {
  readonly module: Module
  /** Per channel. */
  readonly rises: number[][] = [[], [], [], []]
  readonly falls: number[][] = [[], [], [], []]
  until = 0

  constructor(settings: unknown) {
    this.module = new Module(settings)
  }

  schedule(time: number, event: EventWord): boolean {
    const channel = portOf(event) - OUT_SYNC
    if (channel >= 0 && channel < 4) (valueOf(event) === 1 ? this.rises : this.falls)[channel].push(time)
    return true
  }

  key(time: number, key: string): void {
    feed(this.module, this, time, byteEvent(IN_KEYS, key.charCodeAt(0)))
  }

  usb(time: number, ...bytes: number[]): void {
    for (const byte of bytes) feed(this.module, this, time, byteEvent(IN_MIDI_USB, byte))
  }

  runTo(time: number): void {
    this.until = time
    this.module.render(time + LEAD_MICROS, this)
  }
}

/**
 * What comes in at a MIDI port and is not the clock goes out again, where the settings say so: the pass-through the seed left
 * room for. Messages stay whole; real-time bytes of the input are never passed, since the clock is made anew; active sensing
 * (FE) is dropped, since it speaks for one cable only. Each message leaves 2 ms after it came, always the same.
 */
import type { Micros } from "../time"
import type { DinWire } from "./din-wire"
import type { MidiParser } from "./parser"
import type { WordQueue } from "./word-queue"

/** Long enough for the software's pauses, too short to feel under a key. */
export const THROUGH_MICROS = 2000

export class Merge {
  dinToDin = true
  dinToUsb = true
  usbToDin = true
  usbToUsb = false

  constructor(
    private readonly wire: DinWire,
    private readonly usb: WordQueue,
  ) {}

  /** An answer to SysEx, back to where the question came from. */
  answer(fromUsb: boolean, time: Micros, bytes: ArrayLike<number>, length: number): void {
    const ready = time + THROUGH_MICROS
    if (fromUsb) this.usb.pushSysex(ready, bytes, length)
    else if (this.wire.hasRoom(length)) for (let i = 0; i < length; i++) this.wire.push(ready, bytes[i])
  }

  message(fromUsb: boolean, time: Micros, parser: MidiParser): void {
    const ready = time + THROUGH_MICROS
    const length = parser.length
    if ((fromUsb ? this.usbToDin : this.dinToDin) && this.wire.hasRoom(length)) {
      this.wire.push(ready, parser.status)
      if (length > 1) this.wire.push(ready, parser.data1)
      if (length > 2) this.wire.push(ready, parser.data2)
    }
    if (fromUsb ? this.usbToUsb : this.dinToUsb) this.usb.pushMessage(ready, length, parser.status, parser.data1, parser.data2)
  }

  sysex(fromUsb: boolean, time: Micros, parser: MidiParser): void {
    const ready = time + THROUGH_MICROS
    const length = parser.sysexLength
    if ((fromUsb ? this.usbToDin : this.dinToDin) && this.wire.hasRoom(length)) {
      for (let i = 0; i < length; i++) this.wire.push(ready, parser.sysex[i])
    }
    if (fromUsb ? this.usbToUsb : this.dinToUsb) this.usb.pushSysex(ready, parser.sysex, length)
  }
}

/**
 * Words of a MIDI port, put together again. There are two ways to look at the bytes, and both are wanted:
 *   runs      what stands back to back on the wire and belongs to one message: a line of events.jsonl. On DIN the next byte
 *             of a run starts exactly 320 us later, on USB it has the same time. A real-time byte is a run of its own, and a
 *             message it splits is two runs.
 *   messages  whole messages with their status byte, running status written out: what a MIDI file holds.
 * `open` is called when a run begins, `run` when it is complete, so that a listener can keep the runs of several ports in the
 * order of their beginnings.
 */
import { byteOf, lengthOf, type EventWord } from "../../src/event"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"

export interface MidiListener {
  open?(): number
  /** `slot` is what `open` gave. The array is the listener's to keep. */
  run?(slot: number, time: Micros, bytes: number[]): void
  /** `time` is the start of the first byte; system real-time messages included. */
  message?(time: Micros, bytes: number[]): void
}

/** Data bytes after a status byte below F8 (MIDI 1.0, table 1); SysEx has no fixed number. */
function dataBytesAfter(status: number): number {
  if (status < 0xc0 || (status >= 0xe0 && status < 0xf0) || status === 0xf2) return 2
  if (status < 0xe0 || status === 0xf1 || status === 0xf3) return 1
  return 0
}

const SYSEX = 0xf0
const SYSEX_END = 0xf7

export class MidiStream {
  private slot = 0
  private run: number[] = []
  private runTime = 0
  private nextTime = 0
  private message: number[] = []
  private messageTime = 0
  private status = 0

  /** `byteMicros` is 320 on a DIN wire, 0 on USB. */
  constructor(
    private readonly byteMicros: Micros,
    private readonly listener: MidiListener,
  ) {}

  add(time: Micros, word: EventWord): void {
    const length = lengthOf(word)
    for (let i = 0; i < length; i++) this.addByte(time + i * this.byteMicros, byteOf(word, i))
  }

  /** No more bytes are coming: what stands unfinished is given out as a run, not as a message. */
  end(): void {
    this.closeRun()
  }

  private addByte(time: Micros, byte: number): void {
    if (byte >= 0xf8) this.addRealTime(time, byte)
    else if (byte === SYSEX_END) this.finish(time, byte)
    else if (byte >= 0x80) this.begin(time, byte)
    else this.addData(time, byte)
  }

  private addRealTime(time: Micros, byte: number): void {
    this.closeRun()
    this.appendToRun(time, byte)
    this.closeRun()
    this.listener.message?.(time, [byte])
  }

  private begin(time: Micros, byte: number): void {
    this.closeRun()
    this.status = byte
    this.message = [byte]
    this.messageTime = time
    this.appendToRun(time, byte)
    if (byte !== SYSEX && dataBytesAfter(byte) === 0) this.complete()
  }

  private addData(time: Micros, byte: number): void {
    if (this.message.length === 0 && this.status !== 0) {
      this.message = [this.status]
      this.messageTime = time
      this.closeRun()
    }
    this.message.push(byte)
    this.appendToRun(time, byte)
    if (this.status !== SYSEX && this.message.length > dataBytesAfter(this.status)) this.complete()
  }

  private finish(time: Micros, byte: number): void {
    this.message.push(byte)
    this.appendToRun(time, byte)
    this.complete()
  }

  private complete(): void {
    this.closeRun()
    if (this.status !== 0) this.listener.message?.(this.messageTime, this.message)
    this.message = []
    if (this.status >= 0xf0) this.status = 0 // system common messages end running status
  }

  private appendToRun(time: Micros, byte: number): void {
    if (this.run.length > 0 && time !== this.nextTime) this.closeRun()
    if (this.run.length === 0) {
      this.runTime = time
      this.slot = this.listener.open?.() ?? 0
    }
    this.run.push(byte)
    this.nextTime = time + this.byteMicros
  }

  private closeRun(): void {
    if (this.run.length === 0) return
    this.listener.run?.(this.slot, this.runTime, this.run)
    this.run = []
  }
}

export function byteMicrosOf(portName: string): Micros {
  return portName === "midi-din" ? DIN_BYTE_MICROS : 0
}

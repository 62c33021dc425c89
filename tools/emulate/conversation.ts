/** An emulated board one talks to: messages go in on USB or DIN, and what comes back is collected whole. */
import { byteEvent, IN_MIDI_CONFIG, IN_MIDI_DIN, IN_MIDI_USB, OUT_MIDI_CONFIG, OUT_MIDI_DIN, OUT_MIDI_USB, portOf } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { EmulatedBoard, EPOCH_MICROS } from "./board"
import type { TimedWord } from "./compare"
import { packetsOf } from "./configuration"
import type { FlashTimes } from "./flash-chip"
import { SysexCollector } from "./sysex-collector"

const OUTPUT_OF = new Map([
  [IN_MIDI_CONFIG, OUT_MIDI_CONFIG],
  [IN_MIDI_USB, OUT_MIDI_USB],
  [IN_MIDI_DIN, OUT_MIDI_DIN],
])
const STEP_MICROS = 1000
const PATIENCE_MICROS = 400000

export class Conversation {
  readonly board: EmulatedBoard
  readonly seen: TimedWord[] = []
  /** Core time, microseconds. */
  now = -EPOCH_MICROS
  private readonly sysex = new Map(Array.from(OUTPUT_OF.values(), (port) => [port, new SysexCollector()]))

  constructor(uf2: string, bootRom: string, flash?: Uint8Array, flashTimes?: FlashTimes) {
    this.board = new EmulatedBoard(uf2, bootRom, (time, word) => this.hear(time, word), flash, flashTimes)
  }

  run(micros: number): void {
    for (const end = this.now + micros; this.now < end;) {
      this.now = Math.min(end, this.now + STEP_MICROS)
      this.board.runUntil(this.now)
    }
  }

  /** Sends a message to an input port; no answer is waited for. */
  send(port: number, bytes: readonly number[]): void {
    if (port === IN_MIDI_DIN) {
      for (const byte of bytes) {
        this.run(DIN_BYTE_MICROS)
        this.board.input(this.now, byteEvent(port, byte))
      }
    } else for (const { event } of packetsOf(this.now, port, bytes)) this.board.input(this.now, event)
  }

  /** Sends, and gives the next SysEx that comes back on the same cable or wire. Throws an Error if none does within 0.4 s. */
  ask(port: number, bytes: readonly number[]): number[] {
    const answers = this.heard(port)
    const before = answers.length
    this.send(port, bytes)
    for (const patience = this.now + PATIENCE_MICROS; answers.length === before;) {
      if (this.now > patience) throw new Error(`no answer to ${bytes.map((byte) => byte.toString(16)).join(" ")}`)
      this.run(STEP_MICROS)
    }
    return answers[before]
  }

  /** Every SysEx that has come back on the cable or wire of an input port. */
  heard(port: number): number[][] {
    return this.sysex.get(OUTPUT_OF.get(port) ?? port)?.messages ?? []
  }

  private hear(time: number, word: number): void {
    this.seen.push({ time, word })
    this.sysex.get(portOf(word))?.hear(word)
  }
}

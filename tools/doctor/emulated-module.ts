/**
 * The real firmware on the emulated chip, with cables from its pins to its pins, spoken to over its USB. Unlike the simulator it takes
 * the time that a chip takes, so what the self-test measures here is the native layer's own delay and jitter; the stages on the
 * board are not in it. A second of it takes a minute or so.
 */
import { PacketWriter } from "../../host-sim/input/packets"
import {
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  INPUT_PORTS,
  OUT_MIDI_CONFIG,
  OUTPUT_PORTS,
  byteEvent,
  byteOf,
  bytesEvent,
  lengthOf,
  levelEvent,
  portOf,
  valueOf,
  type EventWord,
} from "../../src/event"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { EmulatedBoard } from "../emulate/board"
import type { ModuleWire } from "./conversation"

/** Until USB is enumerated and the first turns have been made. */
const START_MICROS = 500000
const STEP_MICROS = 2000
/** A host sends packets one after the other; the emulated one takes them all at once, the firmware's FIFO does not. */
const PACKET_MICROS = 100

export class EmulatedModule implements ModuleWire {
  private readonly board: EmulatedBoard
  private readonly packets = new PacketWriter()
  private now: Micros = 0
  private output = -1
  private inputPort = -1
  private partial: number[] = []
  private readonly answers: number[][] = []

  constructor(uf2: string, bootRom: string | undefined) {
    this.board = new EmulatedBoard(uf2, bootRom, (time, word) => this.seen(time, word))
    this.advance(START_MICROS)
  }

  /** Patches the one cable there is. */
  patch(output: string, input: string): void {
    this.output = (OUTPUT_PORTS as readonly string[]).indexOf(output)
    this.inputPort = (INPUT_PORTS as readonly string[]).indexOf(input)
  }

  send(bytes: readonly number[]): void {
    this.packets.write(bytes, (length, byte0, byte1, byte2) => {
      this.board.input(this.now, bytesEvent(IN_MIDI_CONFIG, length, byte0, byte1, byte2))
      this.advance(PACKET_MICROS)
    })
  }

  async receive(milliseconds: number): Promise<number[] | undefined> {
    const end = this.now + milliseconds * 1000
    while (this.answers.length === 0 && this.now < end) this.advance(STEP_MICROS)
    return this.answers.shift()
  }

  advance(micros: Micros): void {
    this.now += micros
    this.board.runUntil(this.now)
  }

  close(): void {}

  private seen(time: Micros, word: EventWord): void {
    const port = portOf(word)
    if (port === OUT_MIDI_CONFIG) this.collect(word)
    if (port !== this.output) return
    if (this.inputPort === IN_MIDI_DIN) this.board.input(time + DIN_BYTE_MICROS, byteEvent(IN_MIDI_DIN, byteOf(word, 0)))
    else this.board.input(time, levelEvent(this.inputPort, valueOf(word)))
  }

  private collect(word: EventWord): void {
    for (let i = 0; i < lengthOf(word); i++) {
      const byte = byteOf(word, i)
      if (byte === 0xf0) this.partial = []
      this.partial.push(byte)
      if (byte === 0xf7) this.answers.push(this.partial)
    }
  }
}

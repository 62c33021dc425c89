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
  levelEvent,
  portOf,
  valueOf,
  type EventWord,
} from "../../src/event"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { EmulatedBoard } from "../emulate/board"
import { VirtualWire } from "./virtual-wire"

/** Until USB is enumerated and the first turns have been made. */
const START_MICROS = 500000
const STEP_MICROS = 2000
/** A host sends packets one after the other; the emulated one takes them all at once, the firmware's FIFO does not. */
const PACKET_MICROS = 100

export class EmulatedModule extends VirtualWire {
  private readonly board: EmulatedBoard
  private readonly packets = new PacketWriter()
  private output = -1
  private inputPort = -1

  constructor(uf2: string, bootRom: string | undefined) {
    super(STEP_MICROS)
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

  advance(micros: Micros): void {
    this.now += micros
    this.board.runUntil(this.now)
  }

  private seen(time: Micros, word: EventWord): void {
    const port = portOf(word)
    if (port === OUT_MIDI_CONFIG) this.answers.hear(word)
    if (port !== this.output) return
    if (this.inputPort === IN_MIDI_DIN) this.board.input(time + DIN_BYTE_MICROS, byteEvent(IN_MIDI_DIN, byteOf(word, 0)))
    else this.board.input(time, levelEvent(this.inputPort, valueOf(word)))
  }
}

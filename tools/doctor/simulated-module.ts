/**
 * The module in virtual time with cables from its outputs to its inputs, spoken to by the bytes of its configuration port: what the
 * doctor's `--simulator` examines, and what shows here that the self-test tells a good cable from a bad one.
 */
import { PacketWriter } from "../../host-sim/input/packets"
import { OrderedQueue } from "../../host-sim/ordered-queue"
import { feed, LEAD_MICROS } from "../../src/backend"
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
import { Module } from "../../src/module"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { VirtualWire } from "./virtual-wire"

const STEP_MICROS = 500

/** What happens to an edge or byte on its way, µs later; undefined: it gets lost. Never negative. */
export type Cable = (time: Micros) => Micros | undefined

export class SimulatedModule extends VirtualWire {
  readonly module: Module
  /** Everything that left, for whoever wants to look. */
  readonly sent: { time: Micros; word: EventWord }[] = []
  private readonly outgoing = new OrderedQueue()
  private readonly incoming = new OrderedQueue()
  private readonly packets = new PacketWriter()
  private readonly cables = new Map<number, { input: number; cable: Cable }>()

  constructor(settings: unknown = {}) {
    super(STEP_MICROS)
    this.module = new Module(settings)
    this.advance(2000000)
  }

  /** Patches the one cable there is; every other comes out. */
  patch(output: string, input: string, cable: Cable = () => 3): void {
    this.cables.clear()
    const names: readonly string[] = OUTPUT_PORTS
    const inputs: readonly string[] = INPUT_PORTS
    this.cables.set(names.indexOf(output), { input: inputs.indexOf(input), cable })
  }

  unplug(): void {
    this.cables.clear()
  }

  send(bytes: readonly number[]): void {
    this.packets.write(bytes, (length, byte0, byte1, byte2) => {
      this.incoming.push(this.now, bytesEvent(IN_MIDI_CONFIG, length, byte0, byte1, byte2))
    })
  }

  /** Something comes in now. */
  input(event: EventWord): void {
    this.incoming.push(this.now, event)
  }

  advance(micros: Micros): void {
    const end = this.now + micros
    const sink = { schedule: (time: Micros, word: EventWord) => this.schedule(time, word) }
    while (this.now < end) {
      const now = Math.min(end, this.now + STEP_MICROS)
      this.outgoing.deliver(now, (time, word) => this.leave(time, word))
      this.incoming.deliver(now, (time, word) => feed(this.module, sink, time, word))
      this.module.render(now + LEAD_MICROS, sink)
      this.now = now
    }
  }

  private schedule(time: Micros, word: EventWord): boolean {
    this.outgoing.push(Math.round(time), word)
    return true
  }

  private leave(time: Micros, word: EventWord): void {
    this.sent.push({ time, word })
    const port = portOf(word)
    if (port === OUT_MIDI_CONFIG) this.answers.hear(word)
    const patched = this.cables.get(port)
    const delay = patched?.cable(time)
    if (patched === undefined || delay === undefined) return
    if (patched.input !== IN_MIDI_DIN) this.incoming.push(time + delay, levelEvent(patched.input, valueOf(word)))
    else
      for (let i = 0; i < lengthOf(word); i++)
        this.incoming.push(time + delay + (i + 1) * DIN_BYTE_MICROS, byteEvent(patched.input, byteOf(word, i)))
  }
}

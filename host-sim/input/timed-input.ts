/**
 * What goes into the core: a time-ordered list of event words, changes of settings and lines given from outside. The list's builder knows how each port
 * carries its messages, so a trace, a scenario and a recording come out alike:
 *   levels and values   one word at their time
 *   MIDI DIN            one word a byte, at the moment the byte is complete; bytes wait for the wire, 320 us each
 *   MIDI USB            one word a packet: a short message, a real-time byte, or up to three bytes of a SysEx
 *   keys                one word a character
 */
import { byteEvent, bytesEvent, IN_KEYS, IN_MIDI_CONFIG, IN_MIDI_DIN, INPUT_PORTS, levelEvent } from "../../src/event"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import type { GivenLine, NestedSettings, TimedInput } from "../../src/timed-input"
import { PacketWriter } from "./packets"

export type { GivenLine, NestedSettings, TimedEvent, TimedSettings, TimedInput } from "../../src/timed-input"

/** What a port takes: `level` 0 or 1, `value` 0..1023, `bytes`. */
export type InputKind = "level" | "value" | "bytes"

/** The kind of each of `INPUT_PORTS`. */
export const INPUT_KINDS: readonly InputKind[] = INPUT_PORTS.map((name) =>
  name.startsWith("pot-") || name === "remote" ? "value" : name.startsWith("midi-") || name === "keys" ? "bytes" : "level",
)

export class InputList {
  #inputs: TimedInput[] = []
  #ordered = true
  #last = 0
  #wireFree = 0
  #packets: PacketWriter[] = []

  /** A level or a value. */
  level(time: Micros, port: number, level: number): void {
    this.#add({ time, event: levelEvent(port, level) })
  }

  /** Bytes that start at `time`. Their times are never earlier than those of bytes given before to the same port. */
  bytes(time: Micros, port: number, bytes: readonly number[]): void {
    if (port === IN_MIDI_DIN) this.#onWire(time, bytes)
    else if (port === IN_KEYS) for (const byte of bytes) this.#add({ time, event: byteEvent(port, byte) })
    else {
      const packets = (this.#packets[port - IN_MIDI_CONFIG + 1] ??= new PacketWriter())
      packets.write(bytes, (length, byte0, byte1, byte2) => this.#add({ time, event: bytesEvent(port, length, byte0, byte1, byte2) }))
    }
  }

  set(time: Micros, set: NestedSettings): void {
    this.#add({ time, set })
  }

  line(time: Micros, line: GivenLine): void {
    this.#add({ time, line })
  }

  /** All of it in time order; what has the same time keeps the order in which it was given. */
  sorted(): TimedInput[] {
    if (!this.#ordered) this.#inputs.sort((one, other) => one.time - other.time)
    this.#ordered = true
    return this.#inputs
  }

  #onWire(time: Micros, bytes: readonly number[]): void {
    let free = Math.max(time, this.#wireFree)
    for (const byte of bytes) {
      free += DIN_BYTE_MICROS
      this.#add({ time: free, event: byteEvent(IN_MIDI_DIN, byte) })
    }
    this.#wireFree = free
  }

  #add(input: TimedInput): void {
    if (input.time < this.#last) this.#ordered = false
    this.#last = input.time
    this.#inputs.push(input)
  }
}

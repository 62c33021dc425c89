/**
 * A module on this computer's MIDI ports. Systems name the two cables of its port differently, and none says which is which; so the
 * question is put to every port that may be it, and the one that answers is it.
 */
import type { Input, Output } from "@julusian/midi"
import { type MidiLibrary, shortName } from "../../host-sim/midi/midi-system"
import type { ModuleWire } from "./conversation"

const QUESTION = [0xf0, 0x7d, 0x74, 0x63, 0x08, 0xf7]
const ANSWER = [0xf0, 0x7d, 0x74, 0x63, 0x09]
const ANSWER_MILLISECONDS = 400
const STANDARD_NAME = "tactus"

export class MidiWire implements ModuleWire {
  private readonly heard: number[][] = []
  private wake: () => void = () => undefined
  private partial: number[] = []

  private constructor(
    readonly name: string,
    private readonly inputs: readonly Input[],
    private readonly output: Output,
  ) {
    for (const input of inputs) {
      input.ignoreTypes(false, true, true)
      input.on("message", (_, bytes) => this.hear(bytes))
    }
  }

  /** The module behind a port whose name holds `name`, or one line that says why there is none. */
  static async find(library: MidiLibrary, name = STANDARD_NAME): Promise<MidiWire | string> {
    const inputs = openAll(() => new library.Input(), name)
    const outputs = openAll(() => new library.Output(), name)
    if (inputs.length === 0 || outputs.length === 0) {
      for (const port of [...inputs, ...outputs]) port.closePort()
      const side = new library.Output()
      const names = Array.from({ length: side.getPortCount() }, (_, i) => shortName(side.getPortName(i)))
      const there = names.length > 0 ? `there are ${names.join(", ")}` : "there is none at all"
      return `no MIDI port with ${JSON.stringify(name)} in its name (${there}); expected a module on USB. --port NAME names another`
    }
    for (const output of outputs) {
      const wire = new MidiWire(name, inputs, output)
      wire.send(QUESTION)
      const answer = await wire.receive(ANSWER_MILLISECONDS)
      if (answer && ANSWER.every((byte, i) => answer[i] === byte)) {
        for (const other of outputs) if (other !== output) other.closePort()
        return wire
      }
      for (const input of inputs) input.removeAllListeners("message")
    }
    for (const port of [...inputs, ...outputs]) port.closePort()
    return `${outputs.length} MIDI ports with ${JSON.stringify(name)} in their name, and none answers; expected a module, or is another program using it?`
  }

  send(bytes: readonly number[]): void {
    this.output.sendMessage([...bytes])
  }

  async receive(milliseconds: number): Promise<number[] | undefined> {
    if (this.heard.length === 0) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, milliseconds)
        this.wake = () => {
          clearTimeout(late)
          resolve()
        }
      })
    }
    return this.heard.shift()
  }

  close(): void {
    for (const port of [...this.inputs, this.output]) port.closePort()
  }

  /** Some systems hand over a long SysEx in pieces. */
  private hear(bytes: readonly number[]): void {
    if (bytes[0] === 0xf0) this.partial = []
    else if (this.partial.length === 0) return
    this.partial.push(...bytes)
    if (this.partial[this.partial.length - 1] !== 0xf7) return
    this.heard.push(this.partial)
    this.partial = []
    this.wake()
  }
}

function openAll<Side extends Input | Output>(make: () => Side, name: string): Side[] {
  const list = make()
  const opened: Side[] = []
  for (let i = 0; i < list.getPortCount(); i++) {
    if (!list.getPortName(i).toLowerCase().includes(name.toLowerCase())) continue
    const port = make()
    port.openPort(i)
    opened.push(port)
  }
  return opened
}

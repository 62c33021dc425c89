/** The module's MIDI on ports of this computer, where the whole of the live host is not wanted. */
import { BadInput } from "../input/bad-input"
import { MidiOutputs } from "../midi/midi-outputs"
import { openMidiSystem, portNames } from "../midi/midi-system"
import { PortWatch } from "../midi/port-watch"
import { readWish } from "../midi/wishes"

/** `texts` are `[din=|usb=|config=]NAME`. Throws BadInput where there is no such port. */
export function openMidiOut(texts: readonly string[]): MidiOutputs | undefined {
  if (texts.length === 0) return undefined
  const wishes = texts.map((text) => readWish("midi-out", text))
  const system = openMidiSystem()
  if (typeof system === "string") throw new BadInput(`--midi-out: ${system}`)
  const names = portNames(system.output)
  const watch = new PortWatch(wishes)
  watch.look(names)
  const outputs = new MidiOutputs(({ name }, problem) => process.stderr.write(`tactus: ${name}: ${problem}\n`))
  outputs.set(
    watch.ports.map(({ wish, name }) => {
      if (name === undefined)
        throw new BadInput(`--midi-out ${wish.text}: no such port, expected one of ${names.join(", ") || "none here"}`)
      return { role: wish.role, name, isVirtual: false }
    }),
  )
  return outputs
}

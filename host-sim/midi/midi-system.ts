/**
 * The computer's MIDI system, by way of `@julusian/midi` (RtMidi: ALSA, CoreMIDI, WinMM), or whatever has the same face:
 * TACTUS_MIDI_LIBRARY names another one, such as a rebuild against JACK. Where there is none, that is a sentence, not an exception.
 */
import { existsSync } from "node:fs"
import type { Input, Output } from "@julusian/midi"

export interface MidiLibrary {
  readonly Input: new () => Input
  readonly Output: new () => Output
}

/** The name of the ports that other programs see. */
export const VIRTUAL_NAME = "tactus"
/** WinMM cannot make ports; a loop-back driver can. */
export const HAS_VIRTUAL_PORTS = process.platform !== "win32"

const STANDARD_LIBRARY = "@julusian/midi"
/** The library complains on the terminal by itself where this is missing, so it is not asked. Opening it loads the kernel's module. */
const ALSA_SEQUENCER = "/dev/snd/seq"

export interface MidiSystem {
  readonly library: MidiLibrary
  /** Listen and speak on no port; they know the names of those there are. */
  readonly input: Input
  readonly output: Output
}

/** The system, or why there is none. */
export function openMidiSystem(name = process.env.TACTUS_MIDI_LIBRARY ?? STANDARD_LIBRARY): MidiSystem | string {
  if (name === STANDARD_LIBRARY && process.platform === "linux" && !existsSync(ALSA_SEQUENCER))
    return `this machine has no MIDI system: there is no ${ALSA_SEQUENCER} (modprobe snd-seq makes it, where the kernel has it)`
  const library = loadMidi(name)
  if (typeof library === "string") return library
  try {
    return { library, input: new library.Input(), output: new library.Output() }
  } catch (error) {
    return `this machine's MIDI system does not answer: ${(error as Error).message}`
  }
}

/** The library itself; it need not be there on every platform. */
export function loadMidi(name = process.env.TACTUS_MIDI_LIBRARY ?? STANDARD_LIBRARY): MidiLibrary | string {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require(name) as MidiLibrary
  } catch (error) {
    return `the MIDI library does not load here: ${(error as Error).message.split("\n")[0]}`
  }
}

/** The names of the ports on one side, without those that are our own. */
export function portNames(side: Input | Output): string[] {
  const names: string[] = []
  const count = side.getPortCount()
  for (let i = 0; i < count; i++) {
    const name = side.getPortName(i)
    if (name !== "" && !OWN.test(name)) names.push(name)
  }
  return names
}

/** A name as people know it: ALSA appends numbers, which change with every plug. */
export function shortName(name: string): string {
  return name.replace(/ \d+:\d+$/, "")
}

/** What other programs make of our virtual ports. */
const OWN = new RegExp(`^(RtMidi (In|Out)put Client:)?${VIRTUAL_NAME}( \\d+:\\d+)?$`)

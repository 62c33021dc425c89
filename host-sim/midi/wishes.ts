/** What the user wants of the computer's MIDI ports: `--midi-in din=NAME`. */
import { IN_MIDI_DIN, INPUT_PORTS } from "../../src/event"
import { BadInput } from "../input/bad-input"

/** The core's MIDI ports, as the command line calls them; the order is that of the port numbers, in and out alike. */
export const MIDI_ROLES = ["din", "usb", "config"] as const
const STANDARD_ROLE = 1

/** A port that is wanted. */
export interface PortWish {
  /** 0 DIN, 1 USB, 2 configuration: which of the core's ports it is. */
  readonly role: number
  /** A part of its name. */
  readonly text: string
}

/** Both sides, as wanted. */
export interface MidiWishes {
  readonly inputs: readonly PortWish[]
  readonly outputs: readonly PortWish[]
}

/** `text` is `[din|usb|config=]NAME`. Throws BadInput where the name is missing. */
export function readWish(option: string, text: string): PortWish {
  const at = text.indexOf("=")
  const role = at < 0 ? -1 : MIDI_ROLES.indexOf(text.slice(0, at) as (typeof MIDI_ROLES)[number])
  const name = role < 0 ? text : text.slice(at + 1)
  if (name.trim() === "")
    throw new BadInput(`--${option} is ${JSON.stringify(text)}; expected [din=|usb=|config=] and a part of a port's name`)
  return { role: role < 0 ? STANDARD_ROLE : role, text: name.trim() }
}

/** "midi-din" and so on. */
export function roleName(role: number): string {
  return INPUT_PORTS[IN_MIDI_DIN + role]
}

/**
 * MIDI on its way out, in the core's own thread: each message leaves when its word falls due, whatever the other threads do. Words
 * become whole messages first, as MIDI systems want them; real-time bytes go between at once.
 *
 * An answer about the configuration goes to the device that asked; if it has no output of its own, to all outputs of the port on which
 * the question came.
 *
 * Confession: WinMM keeps the thread while a SysEx goes out (1 ms for every 3 bytes on a DIN interface). Only the merge and answers send any.
 */
import type { Output } from "@julusian/midi"
import { byteOf, type EventWord, lengthOf, OUT_MIDI_CONFIG, OUT_MIDI_DIN, portOf } from "../../src/event"
import { MESSAGE, MidiParser, REAL_TIME, SYSEX } from "../../src/midi/parser"
import { loadMidi, shortName, VIRTUAL_NAME } from "./midi-system"
import { MIDI_ROLES } from "./wishes"

const CONFIG_ROLE = OUT_MIDI_CONFIG - OUT_MIDI_DIN

/** An output that shall be open. */
export interface OutputPlace {
  readonly role: number
  /** Full name; that of the virtual port where `isVirtual`. */
  readonly name: string
  readonly isVirtual: boolean
}

/** Where a question about the configuration came from. */
export interface Asker {
  readonly role: number
  readonly name: string
}

interface Opened {
  readonly place: OutputPlace
  readonly output: Output
}

export class MidiOutputs {
  private opened: Opened[] = []
  private asker: Asker | undefined
  private readonly parsers = MIDI_ROLES.map(() => new MidiParser())

  /** `failed` hears about a port that does not open or takes no more; it is then closed. */
  constructor(private readonly failed: (place: OutputPlace, problem: string) => void) {}

  /** From now on these, and no others. */
  set(places: readonly OutputPlace[]): void {
    const isSame = (one: OutputPlace, other: OutputPlace) => one.role === other.role && one.name === other.name
    for (const { place, output } of this.opened) if (!places.some((other) => isSame(place, other))) discard(output)
    this.opened = this.opened.filter(({ place }) => places.some((other) => isSame(place, other)))
    for (const place of places) if (!this.opened.some((one) => isSame(one.place, place))) this.open(place)
  }

  /** The next answers are for this one. */
  answerTo(asker: Asker): void {
    this.asker = asker
  }

  /** A word of any port falls due. */
  deliver(word: EventWord): void {
    const role = portOf(word) - OUT_MIDI_DIN
    if (this.opened.length === 0 || role > CONFIG_ROLE) return
    const length = lengthOf(word)
    const parser = this.parsers[role]
    for (let i = 0; i < length; i++) {
      const byte = byteOf(word, i)
      const done = parser.parse(byte)
      if (done === REAL_TIME) this.send(role, [byte])
      else if (done === SYSEX) this.send(role, Array.from(parser.sysex.subarray(0, parser.sysexLength)))
      else if (done === MESSAGE) this.send(role, [parser.status, parser.data1, parser.data2].slice(0, parser.length))
    }
  }

  close(): void {
    this.set([])
  }

  private open(place: OutputPlace): void {
    const library = loadMidi()
    if (typeof library === "string") return this.failed(place, library)
    try {
      const output = new library.Output()
      if (place.isVirtual) output.openVirtualPort(VIRTUAL_NAME)
      else output.openPortByName(place.name)
      if (place.isVirtual || output.isPortOpen()) this.opened.push({ place, output })
      else this.failed(place, "it did not open")
    } catch (error) {
      this.failed(place, (error as Error).message)
    }
  }

  private send(role: number, message: number[]): void {
    for (const { place, output } of this.targets(role)) {
      try {
        output.sendMessage(message)
      } catch (error) {
        this.opened = this.opened.filter((one) => one.output !== output)
        discard(output)
        this.failed(place, (error as Error).message)
      }
    }
  }

  private targets(role: number): Opened[] {
    const { asker, opened } = this
    const own = opened.filter(({ place }) => place.role === role)
    if (role !== CONFIG_ROLE || asker === undefined) return own
    const theirs = opened.filter(({ place }) => isSameDevice(place.name, asker.name))
    return theirs.length > 0 ? theirs : opened.filter(({ place }) => place.role === asker.role)
  }
}

/** In and out of one device have the same name (macOS, virtual ports) or the same client (ALSA: "Client:Port 24:0"). */
function isSameDevice(one: string, other: string): boolean {
  return shortName(one) === shortName(other) || (one.includes(":") && one.split(":")[0] === other.split(":")[0])
}

function discard(output: Output): void {
  try {
    output.closePort()
    output.destroy()
  } catch {
    // It is gone already.
  }
}

/** What is to be told about the computer's MIDI ports, to panels and terminals. */

export interface PortStatus {
  readonly direction: "in" | "out"
  /** The core's: "midi-usb" and so on. */
  readonly port: string
  /** What the user asked for. */
  readonly wanted: string
  /** The port that is used; null: it is not there, and waited for. */
  readonly name: string | null
}

export interface MidiStatus {
  /** Why there is no MIDI at all. */
  readonly problem: string | null
  /** The name other programs see; null where the system has no such thing. */
  readonly virtualPort: string | null
  readonly ports: readonly PortStatus[]
}

/** From the MIDI thread, whenever something is different. */
export interface MidiReport {
  readonly status: MidiStatus
  /** In sentences, what has happened since. */
  readonly news: readonly string[]
}

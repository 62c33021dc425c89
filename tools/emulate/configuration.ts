/**
 * Settings on their way into a chip: a trace's `set` becomes the SysEx that writes it on USB cable 2 (src/config/config-port.ts), as
 * packets, all at its time. One message holds 512 bytes.
 */
import { bytesEvent, IN_MIDI_CONFIG } from "../../src/event"
import { PacketWriter } from "../../host-sim/input/packets"
import type { TimedEvent } from "../../host-sim/input/timed-input"

const HEAD = [0xf0, 0x7d, 0x74, 0x63]
const WRITE = 0x05
const LONGEST = 512

/** A message of the configuration port. Throws a RangeError where the text is no ASCII or too long. */
export function configMessage(command: number, text = ""): number[] {
  const bytes = [...HEAD, command, ...Buffer.from(text, "utf8"), 0xf7]
  if (bytes.length > LONGEST) throw new RangeError(`settings of ${text.length} characters do not fit into one message of ${LONGEST} bytes`)
  if (bytes.some((byte, at) => byte > 0x7f && at > 0 && at < bytes.length - 1)) throw new RangeError("settings are sent as ASCII")
  return bytes
}

/** `bytes` as packets of a USB port (IN_MIDI_USB, IN_MIDI_CONFIG), all at `time`. */
export function packetsOf(time: number, port: number, bytes: readonly number[]): TimedEvent[] {
  const events: TimedEvent[] = []
  new PacketWriter().write(bytes, (length, ...packet) => events.push({ time, event: bytesEvent(port, length, ...packet) }))
  return events
}

export function settingsEvents(time: number, set: unknown): TimedEvent[] {
  return packetsOf(time, IN_MIDI_CONFIG, configMessage(WRITE, JSON.stringify(set)))
}

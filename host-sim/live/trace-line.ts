/** One input as a line of TRACE.jsonl: what `replay` reads back to the same event at the same time. */
import { byteOf, IN_MIDI_DIN, INPUT_PORTS, lengthOf, portOf, valueOf } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { INPUT_KINDS, type TimedInput } from "../input/timed-input"

export function traceLine(input: TimedInput): string {
  if (input.set !== undefined) return JSON.stringify({ t: input.time, set: input.set })
  if (input.line !== undefined) return JSON.stringify({ t: input.time, line: input.line })
  const { event } = input
  const port = portOf(event)
  // The core hears a DIN byte when it is complete; a trace has its start.
  const t = port === IN_MIDI_DIN ? input.time - DIN_BYTE_MICROS : input.time
  const kind = INPUT_KINDS[port]
  const content = kind === "bytes" ? Array.from({ length: lengthOf(event) }, (_, i) => byteOf(event, i)) : valueOf(event)
  return JSON.stringify({ t, port: INPUT_PORTS[port], [kind]: content })
}

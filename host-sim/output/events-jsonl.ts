/**
 * events.jsonl: everything that came out of a run, a JSON object a line, in time order.
 *   {"t":500000,"port":"clock","level":1}
 *   {"t":500000,"port":"midi-din","bytes":[248]}
 * Lines are strings in a window that is written out whenever no MIDI message is open (a message's line stands where its first
 * byte was, but is known only at its last; a word holds bytes of one message, as event.ts has it). Nearly every line is one clock byte, so those take a short way.
 * Measured: 0.2 s for 520,000 lines.
 */
import { byteOf, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import type { Recording } from "../recording"
import { byteMicrosOf, MidiStream } from "./midi-stream"

const WINDOW_LINES = 8192

export function writeEvents({ recording }: { readonly recording: Recording }, write: (text: string) => void): void {
  const { times, words } = recording.outputs
  let lines: string[] = []
  let openRuns = 0
  const portOfLine = OUTPUT_PORTS.map((name) => `,"port":${JSON.stringify(name)},`)
  const streams = OUTPUT_PORTS.map(
    (name, port) =>
      new MidiStream(byteMicrosOf(name), {
        open: () => {
          openRuns++
          return lines.push("") - 1
        },
        run: (slot, time, bytes) => {
          openRuns--
          lines[slot] = `{"t":${time}${portOfLine[port]}"bytes":[${bytes.join(",")}]}\n`
        },
      }),
  )
  for (let i = 0; i < times.length; i++) {
    const word = words[i]
    const port = portOf(word)
    if (lengthOf(word) === 0) lines.push(`{"t":${times[i]}${portOfLine[port]}"level":${valueOf(word)}}\n`)
    else if (openRuns === 0 && lengthOf(word) === 1 && byteOf(word, 0) >= 0xf8)
      lines.push(`{"t":${times[i]}${portOfLine[port]}"bytes":[${byteOf(word, 0)}]}\n`)
    else streams[port].add(times[i], word)
    if (openRuns === 0 && lines.length >= WINDOW_LINES) {
      write(lines.join(""))
      lines = []
    }
  }
  for (const stream of streams) stream.end()
  write(lines.join(""))
}

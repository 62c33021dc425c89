/**
 * SysEx of two inputs can be more than the DIN wire takes. Then whole messages are dropped, and which ones is a matter of who holds
 * how many: the core's queue 1 KB for all, the chip 2 KB for each input. So where the simulator itself had to drop, what is asked of the
 * chip is what is asked of any merge: each message whole, one that came in, those of an input in their order, and no less on the wire
 * than the simulator has.
 */
import { byteOf, IN_MIDI_DIN, IN_MIDI_USB, lengthOf, portOf, type EventWord } from "../../src/event"

/** Messages that may be missing: both ends of a run are somewhere within one. */
const SLACK_MESSAGES = 2

/** SysEx in a stream of words, F0 to F7, real time left out: what is cut short is told as far as it went. */
export function sysexOf(words: Iterable<EventWord>): string[] {
  const messages: string[] = []
  let open: number[] | null = null
  const close = () => {
    if (open) messages.push(open.map((byte) => byte.toString(16).padStart(2, "0")).join(" "))
    open = null
  }
  for (const word of words) {
    for (let i = 0; i < lengthOf(word); i++) {
      const byte = byteOf(word, i)
      if (byte >= 0xf8) continue
      if (byte >= 0x80 && byte !== 0xf7) close()
      if (byte === 0xf0) open = []
      open?.push(byte)
      if (byte === 0xf7) close()
    }
  }
  close()
  return messages
}

/** The messages of each MIDI input of a run. */
export function sentSysex(inputs: readonly { readonly event: EventWord }[]): string[][] {
  return [IN_MIDI_DIN, IN_MIDI_USB].map((port) => sysexOf(inputs.map(({ event }) => event).filter((event) => portOf(event) === port)))
}

export function isOverload(expected: readonly string[], sent: readonly string[][]): boolean {
  return whole(expected).length + SLACK_MESSAGES < sent.flat().length
}

/** What is wrong, in words; empty if nothing. */
export function judgeOverload(seen: readonly string[], expected: readonly string[], sent: readonly string[][]): string[] {
  const next = sent.map(() => 0)
  for (const message of seen.slice(0, -1)) {
    const input = sent.findIndex((messages) => messages.includes(message))
    if (input < 0) return [`"${message}" came in nowhere`]
    const at = sent[input].indexOf(message, next[input])
    if (at < 0) return [`"${message}" is out of order`]
    next[input] = at + 1
  }
  const [few, many] = [whole(seen).length, whole(expected).length]
  return few + SLACK_MESSAGES < many ? [`${few} messages, the simulator has ${many}`] : []
}

function whole(messages: readonly string[]): string[] {
  return messages.filter((message) => message.endsWith("f7"))
}

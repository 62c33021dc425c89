/** Puts the SysEx of one port together, message by message, from the words it sends. Real-time bytes may stand in between. */
import { byteOf, lengthOf, type EventWord } from "../../src/event"

export class SysexCollector {
  /** Whole messages, the oldest first; whoever reads them may take them out. */
  readonly messages: number[][] = []
  private part: number[] | undefined

  hear(word: EventWord): void {
    for (let at = 0; at < lengthOf(word); at++) {
      const byte = byteOf(word, at)
      if (byte >= 0xf8) continue
      if (byte === 0xf0) this.part = []
      this.part?.push(byte)
      if (byte !== 0xf7 || !this.part) continue
      this.messages.push(this.part)
      this.part = undefined
    }
  }
}

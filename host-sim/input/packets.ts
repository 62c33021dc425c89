/**
 * Cuts a MIDI byte stream into the packets of USB-MIDI 1.0 (section 4): each holds one short message, one real-time byte, or
 * up to three bytes of a SysEx. Running status does not exist on USB, so it is written out. Stray data bytes go alone.
 */
export type TakePacket = (length: number, byte0: number, byte1: number, byte2: number) => void

/** Bytes of the message that `status` begins; SysEx is apart. */
function lengthOfMessage(status: number): number {
  if (status >= 0xf0) return status === 0xf2 ? 3 : status === 0xf1 || status === 0xf3 ? 2 : 1
  return (status & 0xe0) === 0xc0 ? 2 : 3
}

export class PacketWriter {
  #held: number[] = []
  #status = 0
  #wanted = 0
  #inSysEx = false

  /** May leave the start of a message behind, to be completed by the bytes of the next call. */
  write(bytes: readonly number[], take: TakePacket): void {
    for (const byte of bytes) {
      if (byte >= 0xf8) take(1, byte, 0, 0)
      else if (byte === 0xf7 && this.#inSysEx) {
        this.#held.push(byte)
        this.#flush(take)
        this.#inSysEx = false
      } else if (byte >= 0x80) this.#begin(byte, take)
      else this.#data(byte, take)
    }
    if (this.#inSysEx) this.#flush(take)
  }

  #begin(status: number, take: TakePacket): void {
    this.#flush(take)
    this.#inSysEx = status === 0xf0
    this.#status = status < 0xf0 ? status : 0
    this.#wanted = this.#inSysEx ? 3 : lengthOfMessage(status)
    this.#hold(status, take)
  }

  #data(byte: number, take: TakePacket): void {
    if (this.#held.length === 0 && !this.#inSysEx) {
      if (this.#status === 0) return take(1, byte, 0, 0)
      this.#wanted = lengthOfMessage(this.#status)
      this.#held.push(this.#status)
    }
    this.#hold(byte, take)
  }

  #hold(byte: number, take: TakePacket): void {
    this.#held.push(byte)
    if (this.#held.length === this.#wanted) this.#flush(take)
  }

  #flush(take: TakePacket): void {
    const length = this.#held.length
    if (length === 0) return
    take(length, this.#held[0], this.#held[1] ?? 0, this.#held[2] ?? 0)
    this.#held.length = 0
  }
}

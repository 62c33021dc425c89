/** A stereo recording written to disk as it comes, 16 bit at 48 kHz: an hour is never in memory. Sizes are set when it is closed. */
import { closeSync, openSync, writeSync } from "node:fs"
import { SAMPLE_RATE } from "./decode"

const HEADER_BYTES = 44
const FULL = 32767

export class WavFile {
  private readonly file: number
  private bytes = 0

  /** Throws what the file system throws. */
  constructor(path: string) {
    this.file = openSync(path, "w")
    writeSync(this.file, header(0))
  }

  write(left: Float32Array, right: Float32Array): void {
    const block = Buffer.alloc(left.length * 4)
    for (let frame = 0; frame < left.length; frame++) {
      block.writeInt16LE(sampleOf(left[frame]), frame * 4)
      block.writeInt16LE(sampleOf(right[frame]), frame * 4 + 2)
    }
    this.bytes += writeSync(this.file, block)
  }

  close(): void {
    writeSync(this.file, header(this.bytes), 0, HEADER_BYTES, 0)
    closeSync(this.file)
  }
}

function sampleOf(value: number): number {
  return Math.round(Math.max(-1, Math.min(1, value)) * FULL)
}

/** RIFF WAVE, uncompressed, two channels. */
function header(dataBytes: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.write("RIFF", 0)
  bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4)
  bytes.write("WAVEfmt ", 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(2, 22)
  bytes.writeUInt32LE(SAMPLE_RATE, 24)
  bytes.writeUInt32LE(SAMPLE_RATE * 4, 28)
  bytes.writeUInt16LE(4, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write("data", 36)
  bytes.writeUInt32LE(dataBytes, 40)
  return bytes
}

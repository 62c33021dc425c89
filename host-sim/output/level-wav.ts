/**
 * A WAV file of levels that seldom change: 48 kHz, 16 bit, any number of channels. Silence is skipped over in the file, which makes a hole
 * that takes no room on the disk.
 */

export const SAMPLE_RATE = 48000
export const FULL_LEVEL = 32767
const HEADER_BYTES = 44

export class LevelWav {
  private readonly levels: Int16Array
  private frame = 0

  /** Writes the header. `skip` is told how many bytes of zeroes come next. */
  constructor(
    private readonly frames: number,
    channels: number,
    private readonly write: (bytes: Uint8Array) => void,
    private readonly skip: (bytes: number) => void,
  ) {
    this.levels = new Int16Array(channels)
    write(header(frames, channels))
  }

  /** From `frame` on, which is not before that of the last call, the channel has this level, -32767..32767. */
  change(frame: number, channel: number, level: number): void {
    this.advance(frame)
    this.levels[channel] = level
  }

  end(): void {
    this.advance(this.frames)
  }

  private advance(frame: number): void {
    const until = Math.min(frame, this.frames)
    if (until <= this.frame) return
    const count = until - this.frame
    this.frame = until
    const frameBytes = this.levels.length * 2
    if (this.levels.every((level) => level === 0)) return this.skip(count * frameBytes)
    const bytes = new Uint8Array(frameBytes)
    this.levels.forEach((level, channel) => new DataView(bytes.buffer).setInt16(channel * 2, level, true))
    const block = Buffer.alloc(Math.min(count, SAMPLE_RATE) * frameBytes, bytes)
    for (let left = count * frameBytes; left > 0; left -= block.length) this.write(left < block.length ? block.subarray(0, left) : block)
  }
}

/** The 44 bytes before the samples (RIFF WAVE, uncompressed). */
function header(frames: number, channels: number): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES)
  const frameBytes = channels * 2
  bytes.write("RIFF", 0)
  bytes.writeUInt32LE(HEADER_BYTES - 8 + frames * frameBytes, 4)
  bytes.write("WAVEfmt ", 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(channels, 22)
  bytes.writeUInt32LE(SAMPLE_RATE, 24)
  bytes.writeUInt32LE(SAMPLE_RATE * frameBytes, 28)
  bytes.writeUInt16LE(frameBytes, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write("data", 36)
  bytes.writeUInt32LE(frames * frameBytes, 40)
  return bytes
}

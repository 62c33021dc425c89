/** How samples lie in a WAV file, one loop for each depth: the hot part of reading a recording. */

/** Samples of one channel as numbers of full scale, -1 to 1. `out` has room for all frames in `bytes`. */
export type Unpack = (bytes: Buffer, frames: number, channel: number, channels: number, out: Float32Array) => void

/** Integers by their bits; 8 bits are unsigned. */
export const WHOLE: Record<number, Unpack | undefined> = {
  8: (bytes, frames, channel, channels, out) => {
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) out[frame] = (bytes[at] - 128) / 128
  },
  16: (bytes, frames, channel, channels, out) => {
    const samples = new Int16Array(bytes.buffer, bytes.byteOffset, frames * channels)
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) out[frame] = samples[at] / 32768
  },
  24: (bytes, frames, channel, channels, out) => {
    const step = channels * 3
    for (let frame = 0, at = channel * 3; frame < frames; frame++, at += step) {
      out[frame] = ((bytes[at] << 8) | (bytes[at + 1] << 16) | (bytes[at + 2] << 24)) / 2147483648
    }
  },
  32: (bytes, frames, channel, channels, out) => {
    const samples = new Int32Array(bytes.buffer, bytes.byteOffset, frames * channels)
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) out[frame] = samples[at] / 2147483648
  },
}

/** Floats by their bits. */
export const FLOAT: Record<number, Unpack | undefined> = {
  32: (bytes, frames, channel, channels, out) => {
    const samples = new Float32Array(bytes.buffer, bytes.byteOffset, frames * channels)
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) out[frame] = finite(samples[at])
  },
  64: (bytes, frames, channel, channels, out) => {
    const samples = new Float64Array(bytes.buffer, bytes.byteOffset, frames * channels)
    for (let frame = 0, at = channel; frame < frames; frame++, at += channels) out[frame] = finite(samples[at])
  },
}

function finite(sample: number): number {
  return sample - sample === 0 ? sample : 0
}

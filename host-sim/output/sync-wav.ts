/**
 * sync.wav: the four sync channels as a sound card would play them to four Volcas. 48 kHz, 16 bit, four channels, full level
 * while high; each edge on the sample nearest to its time. Silence between pulses is skipped over in the file, which makes a
 * hole that takes no room on the disk.
 * Confession: it ends after a quarter of an hour. A longer one is a gigabyte in ten thousand pieces, which some disks take half a minute
 * to write or to remove; nobody who simulates an hour waits for that.
 */
import { OUT_SYNC, portOf, valueOf } from "../../src/event"
import type { Micros } from "../../src/time"
import type { Recording } from "../recording"

const SAMPLE_RATE = 48000
const CHANNELS = 4
const BYTES_PER_FRAME = CHANNELS * 2
const HEADER_BYTES = 44
/** A quarter of an hour. */
const MOST_FRAMES = 900 * SAMPLE_RATE
const FULL = 32767

export function hasSync({ recording }: { readonly recording: Recording }): boolean {
  return Array.from({ length: CHANNELS }, (_, channel) => recording.outputs.ofPort(OUT_SYNC + channel)).some(
    ({ times }) => times.length > 0,
  )
}

export function writeSyncWav(
  { recording }: { readonly recording: Recording },
  write: (bytes: Uint8Array) => void,
  skip: (bytes: number) => void,
): void {
  const frames = Math.min(MOST_FRAMES, frameAt(recording.until))
  write(header(frames))
  const levels = new Int16Array(CHANNELS)
  const { times, words } = recording.outputs
  let frame = 0
  for (let i = 0; i < times.length; i++) {
    const channel = portOf(words[i]) - OUT_SYNC
    if (channel < 0 || channel >= CHANNELS) continue
    const until = Math.min(frames, frameAt(times[i]))
    writeFrames(levels, until - frame, write, skip)
    frame = Math.max(frame, until)
    levels[channel] = valueOf(words[i]) === 1 ? FULL : 0
  }
  writeFrames(levels, frames - frame, write, skip)
}

function frameAt(time: Micros): number {
  return Math.round((time * SAMPLE_RATE) / 1e6)
}

function writeFrames(levels: Int16Array, count: number, write: (bytes: Uint8Array) => void, skip: (bytes: number) => void): void {
  if (count <= 0) return
  if (levels.every((level) => level === 0)) return skip(count * BYTES_PER_FRAME)
  const frame = new Uint8Array(BYTES_PER_FRAME)
  levels.forEach((level, channel) => new DataView(frame.buffer).setInt16(channel * 2, level, true))
  const block = Buffer.alloc(Math.min(count, SAMPLE_RATE) * BYTES_PER_FRAME, frame)
  for (let left = count * BYTES_PER_FRAME; left > 0; left -= block.length) write(left < block.length ? block.subarray(0, left) : block)
}

/** The 44 bytes before the samples (RIFF WAVE, uncompressed). */
function header(frames: number): Uint8Array {
  const bytes = Buffer.alloc(HEADER_BYTES)
  bytes.write("RIFF", 0)
  bytes.writeUInt32LE(HEADER_BYTES - 8 + frames * BYTES_PER_FRAME, 4)
  bytes.write("WAVEfmt ", 8)
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(CHANNELS, 22)
  bytes.writeUInt32LE(SAMPLE_RATE, 24)
  bytes.writeUInt32LE(SAMPLE_RATE * BYTES_PER_FRAME, 28)
  bytes.writeUInt16LE(BYTES_PER_FRAME, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write("data", 36)
  bytes.writeUInt32LE(frames * BYTES_PER_FRAME, 40)
  return bytes
}

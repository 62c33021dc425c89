/**
 * Recordings, one channel at a time and a block at a time, so that hours at 192 kHz need no more memory than a second. The
 * chunks of the file are read by the wavefile library; the samples are unpacked here, because the library takes 10 s and
 * 1.3 GB for ten minutes of 96 kHz stereo (measured; here it is under a second a channel).
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs"
import { WaveFile } from "wavefile"
import { BadInput, fileProblem } from "./bad-input"
import { FLOAT, type Unpack, WHOLE } from "./samples"

const HEADER_BYTES = 1 << 18
const BLOCK_FRAMES = 1 << 16
/** From here on a length stands for one that was not known when recording began; so does 0. */
const STREAM_BYTES = 0x7ff00000
const FORMAT_PCM = 1
const FORMAT_FLOAT = 3
const FORMAT_EXTENSIBLE = 0xfffe

export interface Recorded {
  readonly file: string
  /** Samples a second of each channel. */
  readonly sampleRate: number
  readonly channels: number
  /** Samples in each channel. */
  readonly frames: number
  /** Samples that the header promises and the file lacks: it was cut off. */
  readonly missingFrames: number
  /** The smallest step the samples can make, in full scales. */
  readonly grain: number
  /** Hands over all samples of a channel (from 0) in order. A block's array is used again for the next one. */
  read(channel: number, take: (block: Float32Array) => void): void
}

/** Opens a WAV file of 8..32 bit integers or 32/64 bit floats, at any rate and with any number of channels. */
export function openWav(file: string): Recorded {
  try {
    return withFile(file, (descriptor) => describe(file, descriptor))
  } catch (error) {
    throw fileProblem(file, error)
  }
}

function withFile<Result>(file: string, use: (descriptor: number) => Result): Result {
  const descriptor = openSync(file, "r")
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

interface Header {
  fmt: { audioFormat: number; numChannels: number; sampleRate: number; blockAlign: number; bitsPerSample: number; subformat: number[] }
  container: string
}

function describe(file: string, descriptor: number): Recorded {
  const size = fstatSync(descriptor).size
  const start = Buffer.alloc(Math.min(size, HEADER_BYTES))
  readSync(descriptor, start, 0, start.length, 0)
  if (size === 0) throw new BadInput(`${file}: is empty; expected a WAV file`)
  const header = parseHeader(file, start)
  const { numChannels: channels, sampleRate, blockAlign, bitsPerSample } = header.fmt
  const unpack = unpackerFor(file, header)
  if (channels < 1 || sampleRate < 1000 || blockAlign !== (channels * bitsPerSample) / 8) {
    throw new BadInput(`${file}: its format makes no sense (${channels} channels at ${sampleRate} Hz, ${blockAlign} bytes a frame)`)
  }
  const dataStart = startOfData(start)
  if (dataStart < 0) throw new BadInput(`${file}: has no audio in it; expected a "data" chunk`)
  const stated = start.readUInt32LE(dataStart - 4)
  const isStream = stated === 0 || stated >= STREAM_BYTES
  const promised = Math.floor((isStream ? size - dataStart : stated) / blockAlign)
  const frames = Math.min(promised, Math.floor((size - dataStart) / blockAlign))
  if (frames <= 0) throw new BadInput(`${file}: has no samples in it`)
  return {
    file,
    sampleRate,
    channels,
    frames,
    missingFrames: promised - frames,
    grain: bitsPerSample >= 32 ? 0 : 2 ** (1 - bitsPerSample),
    read: (channel, take) => withFile(file, (handle) => readBlocks(handle, dataStart, frames, channels, blockAlign, channel, unpack, take)),
  }
}

function parseHeader(file: string, start: Buffer): Header {
  try {
    const wave = new WaveFile()
    wave.fromBuffer(start, false)
    return wave as unknown as Header
  } catch {
    throw new BadInput(`${file}: is not a WAV file; expected RIFF/WAVE`)
  }
}

/** The library knows where the samples are, but does not say. */
function startOfData(header: Buffer): number {
  for (let at = 12; at + 8 <= header.length;) {
    const length = header.readUInt32LE(at + 4)
    if (header.toString("latin1", at, at + 4) === "data") return at + 8
    at += 8 + length + (length & 1)
  }
  return -1
}

function unpackerFor(file: string, { fmt, container }: Header): Unpack {
  const format = fmt.audioFormat === FORMAT_EXTENSIBLE ? fmt.subformat[0] & 0xffff : fmt.audioFormat
  const unpack = container === "RIFX" ? undefined : format === FORMAT_PCM ? WHOLE[fmt.bitsPerSample] : FLOAT[fmt.bitsPerSample]
  if (!unpack || (format !== FORMAT_PCM && format !== FORMAT_FLOAT)) {
    throw new BadInput(
      `${file}: holds ${fmt.bitsPerSample} bit samples of format ${format}; expected 8, 16, 24 or 32 bit PCM, or 32 or 64 bit float`,
    )
  }
  return unpack
}

function readBlocks(
  descriptor: number,
  start: number,
  frames: number,
  channels: number,
  frameBytes: number,
  channel: number,
  unpack: Unpack,
  take: (block: Float32Array) => void,
): void {
  const bytes = Buffer.from(new ArrayBuffer(BLOCK_FRAMES * frameBytes))
  const block = new Float32Array(BLOCK_FRAMES)
  for (let frame = 0; frame < frames;) {
    const wanted = Math.min(BLOCK_FRAMES, frames - frame)
    const got = Math.floor(readSync(descriptor, bytes, 0, wanted * frameBytes, start + frame * frameBytes) / frameBytes)
    if (got === 0) return
    unpack(bytes, got, channel, channels, block)
    take(block.subarray(0, got))
    frame += got
  }
}

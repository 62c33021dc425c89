/**
 * mp3, wav, flac and ogg (Vorbis) become samples at one rate. Lossy encoders put silence around a track, which would be heard as a
 * gap: what an mp3's LAME tag and an ogg's last page say of it is cut off again. What cannot be decoded is named, with the reason.
 */
import { readFile } from "node:fs/promises"

/** All recordings are brought to this rate. */
export const SAMPLE_RATE = 48000

export interface Recording {
  /** Left and right; a mono recording is both. */
  readonly channels: readonly [Float32Array, Float32Array]
  readonly frames: number
}

/** Frames that belong to the music, at the file's own rate; undefined where the file does not say. */
interface Trim {
  skip: number
  frames: number
  rate: number
}

/** A decoder for mp3 is late by this many frames, whatever the encoder (LAME's technical FAQ). */
const MP3_DECODER_DELAY = 529

/** Throws an error whose message is the reason. */
export async function decode(path: string): Promise<Recording> {
  const bytes = await readFile(path)
  // Loaded when first needed: it wants libasound, which a machine that plays nothing need not have.
  const { OfflineAudioContext } = await import("node-web-audio-api")
  const context = new OfflineAudioContext(2, 1, SAMPLE_RATE)
  const copy = new Uint8Array(bytes).buffer
  const decoded = await context.decodeAudioData(copy).catch((fault: Error) => {
    throw new Error(fault.message.replace(/^Failed to execute 'decodeAudioData': /, "") || "cannot be decoded")
  })
  const trim = trimOf(bytes)
  const ratio = trim ? SAMPLE_RATE / trim.rate : 1
  const wanted = trim ? Math.round(trim.frames * ratio) : decoded.length
  // Where the decoder has cut it off itself, nothing is left to skip.
  const skip = trim && decoded.length > wanted + 1 ? Math.round(trim.skip * ratio) : 0
  const frames = Math.min(wanted, decoded.length - skip)
  const channel = (number: number): Float32Array =>
    decoded.getChannelData(Math.min(number, decoded.numberOfChannels - 1)).slice(skip, skip + frames)
  return { channels: [channel(0), channel(1)], frames }
}

export function trimOf(bytes: Buffer): Trim | undefined {
  return bytes.toString("latin1", 0, 4) === "OggS" ? oggTrim(bytes) : mp3Trim(bytes)
}

/** The last page's granule position counts the frames of the whole stream; the identification header has the rate. */
function oggTrim(bytes: Buffer): Trim | undefined {
  const last = bytes.lastIndexOf("OggS")
  const header = bytes.indexOf("\x01vorbis", 0, "latin1")
  if (header < 0 || last + 14 > bytes.length) return undefined
  const frames = Number(bytes.readBigInt64LE(last + 6))
  return frames > 0 ? { skip: 0, frames, rate: bytes.readUInt32LE(header + 12) } : undefined
}

/** "Xing" or "Info" in the first frame, and LAME's extension of it: frames, then delay and padding in 12 bits each. */
function mp3Trim(bytes: Buffer): Trim | undefined {
  const first = afterId3(bytes)
  if (bytes.length < first + 200 || bytes.readUInt16BE(first) >> 5 !== 0x7ff) return undefined
  const isVersion1 = ((bytes[first + 1] >> 3) & 3) === 3
  const isMono = bytes[first + 3] >> 6 === 3
  const rate = ([44100, 48000, 32000][(bytes[first + 2] >> 2) & 3] ?? 0) / (isVersion1 ? 1 : 2)
  const tag = first + 4 + (isVersion1 ? (isMono ? 17 : 32) : isMono ? 9 : 17)
  if (!["Xing", "Info"].includes(bytes.toString("latin1", tag, tag + 4)) || rate === 0) return undefined
  const flags = bytes.readUInt32BE(tag + 4)
  if ((flags & 1) === 0) return undefined
  const frames = bytes.readUInt32BE(tag + 8) * (isVersion1 ? 1152 : 576)
  const lame = tag + 8 + (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
  if (lame + 24 > bytes.length || !/^(LAME|Lav[cf])/.test(bytes.toString("latin1", lame, lame + 4))) return undefined
  const delay = (bytes[lame + 21] << 4) | (bytes[lame + 22] >> 4)
  const padding = ((bytes[lame + 22] & 15) << 8) | bytes[lame + 23]
  return { skip: delay + MP3_DECODER_DELAY, frames: frames - delay - padding, rate }
}

/** Where the first frame begins: after an ID3v2 tag, if there is one. */
function afterId3(bytes: Buffer): number {
  if (bytes.length < 10 || bytes.toString("latin1", 0, 3) !== "ID3") return 0
  return 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9])
}

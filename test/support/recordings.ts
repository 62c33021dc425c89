/** WAV files for tests: written by the wavefile library, so that our own reader is judged by another's writer. */
import { writeFileSync } from "node:fs"
import { WaveFile } from "wavefile"

export type Depth = "8" | "16" | "24" | "32" | "32f" | "64"

/** Writes channels of samples (full scale is 1) as a WAV file. */
export function writeWav(file: string, sampleRate: number, channels: Float32Array[], depth: Depth = "24"): void {
  const bits = parseInt(depth)
  const float = depth === "32f" || depth === "64"
  const convert = (sample: number): number => (float ? sample : Math.round(sample * (2 ** (bits - 1) - 1)) + (depth === "8" ? 128 : 0))
  const wave = new WaveFile()
  const content = channels.map((channel) => Array.from(channel, convert))
  wave.fromScratch(channels.length, sampleRate, depth, content.length === 1 ? content[0] : content)
  writeFileSync(file, wave.toBuffer())
}

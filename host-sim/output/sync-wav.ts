/**
 * sync.wav: the four sync channels as a sound card would play them to four Volcas. 48 kHz, 16 bit, four channels, full level
 * while high; each edge on the sample nearest to its time.
 * Confession: it ends after a quarter of an hour. A longer one is a gigabyte in ten thousand pieces, which some disks take half a minute
 * to write or to remove; nobody who simulates an hour waits for that.
 */
import { OUT_SYNC, portOf, valueOf } from "../../src/event"
import type { Micros } from "../../src/time"
import type { Recording } from "../recording"
import { FULL_LEVEL, LevelWav, SAMPLE_RATE } from "./level-wav"

const CHANNELS = 4
/** A quarter of an hour. */
const MOST_FRAMES = 900 * SAMPLE_RATE

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
  const wav = new LevelWav(Math.min(MOST_FRAMES, frameAt(recording.until)), CHANNELS, write, skip)
  const { times, words } = recording.outputs
  for (let i = 0; i < times.length; i++) {
    const channel = portOf(words[i]) - OUT_SYNC
    if (channel >= 0 && channel < CHANNELS) wav.change(frameAt(times[i]), channel, valueOf(words[i]) === 1 ? FULL_LEVEL : 0)
  }
  wav.end()
}

function frameAt(time: Micros): number {
  return Math.round((time * SAMPLE_RATE) / 1e6)
}

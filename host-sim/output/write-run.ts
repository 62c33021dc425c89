/**
 * Everything that comes out of a run, written into one directory. Each file is written under a temporary name and then
 * renamed, so whoever watches the directory never reads half a file, and a run that fails leaves the old files whole.
 */
import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Recording } from "../recording"
import { writeClockMidi } from "./clock-midi"
import { writeEvents } from "./events-jsonl"
import { readingOf, type Reading } from "./reading"
import { writeReport } from "./report"
import { hasSync, writeSyncWav } from "./sync-wav"
import { writeTimeline } from "./timeline-svg"
import { writeVcd } from "./trace-vcd"

/** `skip` leaves out that many zero bytes. */
type Writer = (reading: Reading, write: (chunk: string | Uint8Array) => void, skip: (bytes: number) => void) => void

interface OutputFile {
  readonly name: string
  readonly writer: Writer
  /** Whether a run has anything to say in it; always, where absent. */
  readonly isWanted?: (reading: Reading) => boolean
}

const FILES: readonly OutputFile[] = [
  { name: "events.jsonl", writer: writeEvents },
  { name: "report.json", writer: writeReport },
  { name: "clock.mid", writer: writeClockMidi },
  { name: "trace.vcd", writer: writeVcd },
  { name: "timeline.svg", writer: writeTimeline },
  { name: "sync.wav", writer: writeSyncWav, isWanted: hasSync },
]

/**
 * Returns the names of the files written; one that is not wanted is removed if an earlier run left it. Throws what the file
 * system throws. `onProgress` hears the share done (0..1) after each file.
 */
export function writeRun(directory: string, recording: Recording, onProgress?: (share: number) => void): string[] {
  const reading = readingOf(recording)
  mkdirSync(directory, { recursive: true })
  const written: string[] = []
  FILES.forEach(({ name, writer, isWanted }, i) => {
    const path = join(directory, name)
    if (isWanted?.(reading) === false) rmSync(path, { force: true })
    else {
      writeWhole(path, (write, skip) => writer(reading, write, skip))
      written.push(name)
    }
    onProgress?.((i + 1) / FILES.length)
  })
  return written
}

/** Writes under a temporary name, then renames. `fill` writes, and skips what stays zero. */
export function writeWhole(path: string, fill: (write: (chunk: string | Uint8Array) => void, skip: (bytes: number) => void) => void): void {
  const temporary = `${path}.${process.pid}.part`
  try {
    const file = openSync(temporary, "w")
    let position = 0
    try {
      const write = (chunk: string | Uint8Array) => {
        const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done)
        position += bytes.length
      }
      fill(write, (bytes) => (position += bytes))
      ftruncateSync(file, position)
    } finally {
      closeSync(file)
    }
    replace(path, temporary)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * Puts `temporary` in the place of `path`. The old file is moved aside first: renaming onto a file makes some file systems write all of
 * the new one to the disk at once, which took 22 s for an hour's sync.wav.
 */
function replace(path: string, temporary: string): void {
  const aside = `${temporary}.old`
  const hasOld = existsSync(path)
  if (hasOld) renameSync(path, aside)
  renameSync(temporary, path)
  if (hasOld) rmSync(aside, { force: true })
}

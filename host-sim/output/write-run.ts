/**
 * Everything that comes out of a run, written into one directory. Each file is written under a temporary name and then
 * renamed, so whoever watches the directory never reads half a file, and a run that fails leaves the old files whole.
 */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import type { Recording } from "../recording"
import { writeClockMidi } from "./clock-midi"
import { writeEvents } from "./events-jsonl"
import { readingOf, type Reading } from "./reading"
import { writeReport } from "./report"
import { writeTimeline } from "./timeline-svg"
import { writeVcd } from "./trace-vcd"

type Writer = (reading: Reading, write: (chunk: string | Uint8Array) => void) => void

const WRITERS: { readonly name: string; readonly writer: Writer }[] = [
  { name: "events.jsonl", writer: writeEvents },
  { name: "report.json", writer: writeReport },
  { name: "clock.mid", writer: writeClockMidi },
  { name: "trace.vcd", writer: writeVcd },
  { name: "timeline.svg", writer: writeTimeline },
]

/**
 * Returns the names of the files written. Throws what the file system throws.
 * `onProgress` hears the share done (0..1) after each file.
 */
export function writeRun(directory: string, recording: Recording, onProgress?: (share: number) => void): string[] {
  const reading = readingOf(recording)
  mkdirSync(directory, { recursive: true })
  const written: string[] = []
  for (const { name, writer } of WRITERS) {
    writeWhole(join(directory, name), (write) => writer(reading, write))
    written.push(name)
    onProgress?.(written.length / WRITERS.length)
  }
  return written
}

function writeWhole(path: string, fill: (write: (chunk: string | Uint8Array) => void) => void): void {
  const temporary = `${path}.${process.pid}.part`
  try {
    const file = openSync(temporary, "w")
    try {
      fill((chunk) => {
        const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk
        for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
      })
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

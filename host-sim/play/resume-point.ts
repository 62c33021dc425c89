/**
 * Where a list was left, kept so that pulling the plug costs at most a second of music: written beside the old one, flushed to the
 * disk, then renamed over it (and the directory flushed), so there is always a whole one. A checksum tells what a dying card has
 * made of it.
 */
import { createHash } from "node:crypto"
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs"
import { dirname } from "node:path"

export interface ResumePoint {
  /** The list it belongs to, absolute. */
  readonly list: string
  /** The track's path rather than its number: the list may have been edited. */
  readonly track: string
  readonly seconds: number
}

export function saveResumePoint(path: string, point: ResumePoint): void {
  const content = JSON.stringify(point)
  mkdirSync(dirname(path), { recursive: true })
  const beside = `${path}.${process.pid}.new`
  const file = openSync(beside, "w")
  writeSync(file, `${checksum(content)} ${content}\n`)
  fsyncSync(file)
  closeSync(file)
  renameSync(beside, path)
  const directory = openSync(dirname(path), "r")
  fsyncSync(directory)
  closeSync(directory)
}

/** Undefined where there is none, where it is damaged, or where it is another list's. */
export function loadResumePoint(path: string, list: string): ResumePoint | undefined {
  try {
    const [sum, content] = readFileSync(path, "utf8").trimEnd().split(/ (.*)/s)
    const point = JSON.parse(content) as ResumePoint
    return sum === checksum(content) && point.list === list && point.seconds >= 0 ? point : undefined
  } catch {
    return undefined
  }
}

function checksum(content: string): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 16)
}

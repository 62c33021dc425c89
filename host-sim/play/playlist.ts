/**
 * Playlists as players have written them for thirty years: m3u and m3u8, plain or extended, relative or absolute, file URLs and
 * URL-quoted names, UTF-8 or the Latin-1 of old Windows players, either kind of slash and of line end, comments. What is not there is
 * listed, with its line, and skipped.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, extname, isAbsolute, join } from "node:path"
import { fileURLToPath } from "node:url"
import { BadInput } from "../input/bad-input"
import { printable } from "../printable"

export interface Track {
  readonly path: string
  /** From the list, or the file's name. */
  readonly title: string
  /** Beats per minute, where the list or the name says so (`bpm=120`). */
  readonly bpm?: number
  /** Where beat 1 stands, seconds after the recording's beginning (`cue=1.25`); at its beginning if nobody says. */
  readonly cueSeconds?: number
  readonly line: number
}

export interface Playlist {
  readonly tracks: Track[]
  /** What was skipped and why, one sentence each. */
  readonly skipped: string[]
}

/** Throws BadInput where there is no list or nothing in it can be played. */
export function readPlaylist(path: string): Playlist {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch {
    throw new BadInput(`${path}: not readable, expected a playlist (m3u or m3u8)`)
  }
  const playlist = parsePlaylist(textOf(bytes), dirname(path), existsSync)
  if (playlist.tracks.length === 0) {
    throw new BadInput(
      `${path}: nothing to play${playlist.skipped.length > 0 ? `; ${playlist.skipped[0]}` : ", expected a file name a line"}`,
    )
  }
  return playlist
}

/** UTF-8 where it is well formed, Latin-1 (Windows-1252) else. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder("windows-1252").decode(bytes)
  }
}

export function parsePlaylist(text: string, directory: string, exists: (path: string) => boolean): Playlist {
  const tracks: Track[] = []
  const skipped: string[] = []
  let title: string | undefined
  text.split(/\r\n|\r|\n/).forEach((raw, index) => {
    const line = raw.replace(/^\ufeff/, "").trim()
    const info = /^#EXTINF:\s*-?[\d.]*[^,]*,(.*)$/.exec(line)
    if (info) title = info[1].trim() || undefined
    if (line === "" || line.startsWith("#")) return
    const path = pathsOf(line, directory).find(exists)
    if (path === undefined)
      skipped.push(
        /^[a-z]+:\/\//i.test(line) && !/^file:/i.test(line)
          ? `line ${index + 1}: ${printable(line)} is not a file`
          : `line ${index + 1}: ${printable(line)} is not there`,
      )
    else {
      const name = basename(path, extname(path))
      const said = `${title ?? ""} ${name}`
      tracks.push({ path, title: printable(title ?? name), bpm: bpmOf(said), cueSeconds: cueOf(said), line: index + 1 })
    }
    title = undefined
  })
  return { tracks, skipped }
}

/** What a line may mean, the likeliest first. */
function pathsOf(line: string, directory: string): string[] {
  if (/^file:/i.test(line)) {
    try {
      return [fileURLToPath(line)]
    } catch {
      return []
    }
  }
  const inDirectory = (name: string): string => (isAbsolute(name) ? name : join(directory, name))
  const names = [line, line.replace(/\\/g, "/")]
  try {
    names.push(decodeURIComponent(line), decodeURIComponent(line).replace(/\\/g, "/"))
  } catch {
    // a lone percent sign: not quoted
  }
  // Names typed on a Mac are decomposed, names on Linux mostly composed.
  return [...new Set(names.flatMap((name) => [name, name.normalize("NFC"), name.normalize("NFD")]).map(inDirectory))]
}

/** Beats per minute where a text says so, `bpm=120` or `bpm=174,5`. */
export function bpmOf(text: string): number | undefined {
  const found = /\bbpm\s*=\s*(\d{2,3}(?:[.,]\d+)?)/i.exec(text)
  const bpm = Number(found?.[1].replace(",", "."))
  return bpm >= 20 ? bpm : undefined
}

/** Seconds from a recording's beginning to its beat 1 where a text says so, `cue=1.25`. */
export function cueOf(text: string): number | undefined {
  const found = /\bcue\s*=\s*(\d{1,4}(?:[.,]\d+)?)/i.exec(text)
  return found ? Number(found[1].replace(",", ".")) : undefined
}

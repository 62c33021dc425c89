/**
 * What a recording says of itself: artist, title and tempo from its tags (ID3, Vorbis comments, RIFF). Beat 1 has no tag of its own
 * anywhere; a comment that says `cue=0.35` (seconds from the beginning) is taken for it, and `bpm=` there too.
 */
import { readFileSync } from "node:fs"
import { printable } from "../printable"
import { cueOf, bpmOf, type Track } from "./playlist"

/** The track with what its tags know. The list's own words on tempo and cue go before them, its title does not. */
export async function withTags(track: Track): Promise<Track> {
  try {
    // An ES module, loaded when first needed.
    const { parseBuffer } = await import("music-metadata")
    const { common, native } = await parseBuffer(readFileSync(track.path), { path: track.path }, { skipCovers: true, duration: false })
    const comments = (common.comment ?? []).map(({ text }) => text ?? "").join(" ")
    const { artist } = common
    const title = common.title?.trim()
    return {
      ...track,
      title: title ? printable(artist ? `${artist} - ${title}` : title) : track.title,
      bpm: track.bpm ?? bpmOf(comments) ?? tempoOf(Object.values(native).flat()),
      cueSeconds: track.cueSeconds ?? cueOf(comments),
    }
  } catch {
    return track // what cannot be read at all is named when it is decoded
  }
}

/** The library's own `bpm` is cut to a whole number, so the tag is read as it stands. */
function tempoOf(tags: readonly { id: string; value: unknown }[]): number | undefined {
  const found = tags.find(({ id }) => /^(TBPM|TXXX:BPM|BPM|TEMPO|tmpo)$/i.test(id))
  const bpm = Number(String(found?.value ?? "").replace(",", "."))
  return bpm >= 20 && bpm < 1000 ? bpm : undefined
}

/**
 * A list as one long recording. Tracks stand end to end in one numbering of frames, so what reads across a border hears no gap. Only
 * the track that plays and the next are held in memory (a track of five minutes takes 115 MB); the lengths of the others come from
 * decoding them once as the list moves on, which is why the place of a track far ahead is not known, and need not be.
 */
import { basename } from "node:path"
import { printable } from "../printable"
import { decode, type Recording, SAMPLE_RATE } from "./decode"
import type { Track } from "./playlist"
import type { Samples } from "./interpolator"
import { withTags } from "./tags"

interface Loaded {
  readonly number: number
  readonly track: Track
  readonly recording: Recording
  readonly begins: number
}

export class Program {
  /** What could not be decoded, one sentence each. */
  readonly skipped: string[] = []
  /** The frame after the last track; Infinity until the last one has been loaded. */
  end = Infinity

  private readonly loaded: Loaded[] = []
  private next: number
  private loading: Promise<void> | undefined

  /** Plays `tracks` from number `first` on; what stands before `fromSeconds` of it is not heard. `decoding` is replaced in tests. */
  constructor(
    private readonly tracks: readonly Track[],
    first = 0,
    private readonly fromSeconds = 0,
    private readonly decoding: (path: string) => Promise<Recording> = decode,
  ) {
    this.next = first
  }

  /** Sees to it that what is needed around `frame` is there or on its way. Resolves when it is there. */
  async prepare(frame: number): Promise<void> {
    while (this.loaded.length > 1 && endOf(this.loaded[0]) < frame - SAMPLE_RATE) this.loaded.shift()
    while (this.end === Infinity && (this.loaded.length === 0 || endOf(this.loaded[this.loaded.length - 1]) < frame + 30 * SAMPLE_RATE)) {
      this.loading ??= this.loadNext().finally(() => (this.loading = undefined))
      await this.loading
    }
  }

  /** The track at a frame, its number (from 0), and where in it. */
  at(frame: number): { track: Track; number: number; seconds: number; length: number } | undefined {
    const found = this.loaded.find((each) => frame >= each.begins && frame < endOf(each))
    return (
      found && {
        track: found.track,
        number: found.number,
        seconds: (frame - found.begins) / SAMPLE_RATE,
        length: found.recording.frames / SAMPLE_RATE,
      }
    )
  }

  /** The tracks that are held, in order: where each begins and ends. */
  get known(): readonly { track: Track; begins: number; ends: number }[] {
    return this.loaded.map((each) => ({ track: each.track, begins: each.begins, ends: endOf(each) }))
  }

  channel(number: 0 | 1): Samples {
    return (from, into) => {
      into.fill(0)
      for (const { begins, recording } of this.loaded) {
        const source = recording.channels[number]
        const first = Math.max(from, begins, Math.round(this.fromSeconds * SAMPLE_RATE))
        const last = Math.min(from + into.length, begins + recording.frames)
        if (first < last) into.set(source.subarray(first - begins, last - begins), first - from)
      }
    }
  }

  private async loadNext(): Promise<void> {
    const before = this.loaded.at(-1)
    const begins = before ? endOf(before) : 0
    if (this.next >= this.tracks.length) {
      this.end = begins
      return
    }
    const number = this.next++
    const track = this.tracks[number]
    try {
      const [tagged, recording] = await Promise.all([withTags(track), this.decoding(track.path)])
      if (recording.frames === 0) throw new Error("there is nothing in it")
      this.loaded.push({ number, track: tagged, recording, begins })
    } catch (fault) {
      this.skipped.push(`line ${track.line}: ${printable(basename(track.path))} cannot be decoded: ${(fault as Error).message}`)
    }
  }
}

function endOf(loaded: Loaded): number {
  return loaded.begins + loaded.recording.frames
}

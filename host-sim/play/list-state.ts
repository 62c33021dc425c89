/**
 * What all machines that play one list agree on: what is heard since when. It is one small record, replaced as a whole; of two the
 * newer rules on every machine the same, so it does not matter in which order, how often or by whom they are told. A proposal to begin has
 * the number 0, and of two proposals the earlier start rules: machines a second apart would choose different slots else.
 */
import { createHash } from "node:crypto"
import { basename } from "node:path"
import type { SharedMicros } from "../../src/osc/timetag"
import type { Track } from "./playlist"

export interface ListState {
  /** One more with every command. */
  readonly number: number
  /** Who said so. */
  readonly by: string
  readonly isPlaying: boolean
  /** Since when, whole microseconds. */
  readonly at: SharedMicros
  /** What is heard at `at` (or would be): number in the list from 0, and the place in it. */
  readonly track: number
  readonly seconds: number
  /** 0..100. */
  readonly volume: number
}

/** Whether the first rules over the second. */
export function isNewer(first: ListState, second: ListState): boolean {
  if (first.number !== second.number) return first.number > second.number
  if (first.number === 0 && Math.abs(first.at - second.at) > 1) return first.at < second.at
  return first.by < second.by
}

/** Whether the two sound the same but for the volume. */
export function isSamePlace(first: ListState, second: ListState): boolean {
  return (
    first.isPlaying === second.isPlaying &&
    Math.abs(first.at - second.at) <= 1 &&
    first.track === second.track &&
    first.seconds === second.seconds
  )
}

/** Machines agree about lists of the same files, wherever those stand. */
export function listKey(tracks: readonly Track[]): string {
  const names = tracks.map(({ path }) => basename(path)).join("\n")
  return createHash("sha256").update(names).digest("hex").slice(0, 16)
}

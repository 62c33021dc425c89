/** The sound cards that are there, and a context of the Web Audio library that plays on one of them. */
import type { AudioContext } from "node-web-audio-api"
import { SAMPLE_RATE } from "../play/decode"

export interface OutputCard {
  readonly name: string
  /** Stable, and distinct for identical cards. */
  readonly id: string
}

/** What the library has and its types, written for browsers, do not say. */
interface WebAudio {
  AudioContext: new (options: { sampleRate: number; sinkId: string | { type: "none" }; latencyHint: string | number }) => AudioContext
  mediaDevices: { enumerateDevices(): Promise<{ kind: string; label: string; deviceId: string }[]> }
}

/** Loaded when first needed: it wants libasound, which a machine that plays nothing need not have. */
async function library(): Promise<WebAudio> {
  return (await import("node-web-audio-api")) as unknown as WebAudio
}

export async function outputCards(): Promise<OutputCard[]> {
  const { mediaDevices } = await library()
  const devices = await mediaDevices.enumerateDevices()
  return devices.filter(({ kind }) => kind === "audiooutput").map(({ label, deviceId }) => ({ name: label, id: deviceId }))
}

/** The card of that name or id, else the first whose name contains it. */
export function findCard(cards: readonly OutputCard[], wanted: string): OutputCard | undefined {
  return cards.find(({ name, id }) => name === wanted || id === wanted) ?? cards.find(({ name }) => name.includes(wanted))
}

/**
 * `id` is a card's, "" for the system's standard card, undefined for one without sound that keeps time. `gulpSeconds` is how much a card
 * takes at once, of the three times as much that it holds. Throws where it does not open.
 */
export async function openContext(id: string | undefined, gulpSeconds?: number): Promise<AudioContext> {
  const { AudioContext } = await library()
  return new AudioContext({ sampleRate: SAMPLE_RATE, sinkId: id ?? { type: "none" }, latencyHint: gulpSeconds ?? "playback" })
}

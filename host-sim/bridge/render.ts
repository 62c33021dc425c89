/**
 * The bridge without cards: each plays into a WAV file, by the same player as a real one. Its clock is perfect, and was
 * watched for long enough before the song began.
 */
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import { FULL_LEVEL, LevelWav, SAMPLE_RATE } from "../output/level-wav"
import type { Recording } from "../recording"
import { CardPlayer } from "./card-player"
import { dealPulse, type ModulePulse, PulseReader } from "./pulse-reader"
import type { CardPlan } from "./wiring"

const WATCHED_MICROS = 5e6
const ROUND_MICROS = 20_000
/** Pulses are handed over so far ahead. */
const HANDED_MICROS = 600_000

interface Edge {
  readonly frame: number
  readonly side: number
  readonly level: number
}

/** All pulses of a run, in the order in which they begin. */
export function pulsesOf(recording: Recording, settings: Settings): ModulePulse[] {
  const pulses: ModulePulse[] = []
  const reader = new PulseReader((pulse) => pulses.push(pulse))
  const { times, words } = recording.outputs
  for (let i = 0; i < times.length; i++) reader.hear(times[i], words[i], settings)
  return pulses.sort((one, other) => one.time - other.time)
}

/** A card's WAV file from the run's beginning to `until`. */
export function renderCard(
  plan: CardPlan,
  pulses: readonly ModulePulse[],
  settings: Settings,
  until: Micros,
  write: (bytes: Uint8Array) => void,
  skip: (bytes: number) => void,
): void {
  const edges: Edge[] = []
  const player = new CardPlayer(SAMPLE_RATE, (side, frame, frames, level) => {
    const begin = frame - frameAt(WATCHED_MICROS)
    edges.push({ frame: begin, side, level: Math.round(level * FULL_LEVEL) }, { frame: begin + frames, side, level: 0 })
  })
  let next = 0
  for (let now = -WATCHED_MICROS; now < until + HANDED_MICROS; now += ROUND_MICROS) {
    player.read(now, frameAt(now + WATCHED_MICROS))
    for (; next < pulses.length && pulses[next].time < now + HANDED_MICROS; next++)
      dealPulse(plan, pulses[next], settings, (side, pulse) => player.add(side, pulse))
    player.advance(now)
  }
  const wav = new LevelWav(frameAt(until), 2, write, skip)
  for (const { frame, side, level } of edges.sort((one, other) => one.frame - other.frame)) wav.change(frame, side, level)
  wav.end()
}

function frameAt(time: Micros): number {
  return Math.round((time * SAMPLE_RATE) / 1e6)
}

/**
 * The bridge without cards: each plays into a WAV file, by the same player as a real one. Its clock is perfect, and was
 * watched for long enough before the song began.
 */
import type { Settings } from "../../src/settings"
import type { Micros } from "../../src/time"
import { FULL_LEVEL, LevelWav, SAMPLE_RATE } from "../output/level-wav"
import type { Recording } from "../recording"
import { CardPlayer } from "./card-player"
import { PulseReader, polarityOf } from "./pulse-reader"
import { type CardPlan, PULSE_OUTPUTS, type SidePlan } from "./wiring"

const WATCHED_MICROS = 5e6
const ROUND_MICROS = 20_000
/** Pulses are handed over so far ahead. */
const HANDED_MICROS = 600_000

interface Edge {
  readonly frame: number
  readonly side: number
  readonly level: number
}

export interface RenderedPulse {
  readonly port: number
  readonly time: Micros
  readonly widthMicros: Micros
}

/** All pulses of a run, in the order in which they begin. */
export function pulsesOf(recording: Recording, settings: Settings): RenderedPulse[] {
  const pulses: RenderedPulse[] = []
  const reader = new PulseReader((port, time, widthMicros) => pulses.push({ port, time, widthMicros }))
  const { times, words } = recording.outputs
  for (let i = 0; i < times.length; i++) reader.hear(times[i], words[i], settings)
  return pulses.sort((one, other) => one.time - other.time)
}

/** A card's WAV file from the run's beginning to `until`. */
export function renderCard(
  plan: CardPlan,
  pulses: readonly RenderedPulse[],
  settings: Settings,
  until: Micros,
  write: (bytes: Uint8Array) => void,
  skip: (bytes: number) => void,
): void {
  const edges: Edge[] = []
  const player = new CardPlayer(SAMPLE_RATE, (side, frame, frames) => {
    const begin = frame - frameAt(WATCHED_MICROS)
    edges.push({ frame: begin, side, level: levelOf(plan.sides[side], settings) }, { frame: begin + frames, side, level: 0 })
  })
  let next = 0
  for (let now = -WATCHED_MICROS; now < until + HANDED_MICROS; now += ROUND_MICROS) {
    player.read(now, frameAt(now + WATCHED_MICROS))
    for (; next < pulses.length && pulses[next].time < now + HANDED_MICROS; next++) hand(player, plan, pulses[next])
    player.advance(now)
  }
  const wav = new LevelWav(frameAt(until), 2, write, skip)
  for (const { frame, side, level } of edges.sort((one, other) => one.frame - other.frame)) wav.change(frame, side, level)
  wav.end()
}

/** Hands a pulse of an output to those sides of the card that play it. */
export function hand(player: Pick<CardPlayer, "add">, plan: CardPlan, { port, time, widthMicros }: RenderedPulse): void {
  plan.sides.forEach((side, index) => {
    if (side && PULSE_OUTPUTS[side.output] === port)
      player.add(index, { time: time + side.latencyMicros, widthMicros: side.widthMicros ?? widthMicros })
  })
}

/** -32767..32767. */
export function levelOf(side: SidePlan | undefined, settings: Settings): number {
  if (!side) return 0
  const polarity = side.polarity ?? polarityOf(PULSE_OUTPUTS[side.output], settings)
  return Math.round(side.level * FULL_LEVEL) * (polarity === "negative" ? -1 : 1)
}

function frameAt(time: Micros): number {
  return Math.round((time * SAMPLE_RATE) / 1e6)
}

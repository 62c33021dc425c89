/**
 * Recordings made without the core, for the tests of what is written about them: pulses by a seeded generator, and the clocks
 * a follower that always knows the true grid would send.
 */
import { Recording, type SettingsObject } from "../../../host-sim/recording"
import {
  byteEvent,
  bytesEvent,
  IN_CV,
  levelEvent,
  OUT_CLOCK,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUT_RESET,
  OUT_RUN,
  OUT_SYNC,
} from "../../../src/event"

export interface Shape {
  readonly title?: string
  readonly seconds?: number
  readonly pulsesPerBeat?: number
  /** Tempo at a beat. */
  readonly tempo?: (beat: number) => number
  /** Standard deviation of the pulses, in microseconds. */
  readonly jitter?: number
  /** Of the clocks against the grid. */
  readonly clockJitter?: number
  readonly missing?: (pulse: number) => boolean
  readonly rack?: boolean
  readonly sync?: boolean
  readonly notes?: boolean
  readonly settings?: SettingsObject
}

const FIRST_PULSE = 500_000

/** Times of `count` positions, `perBeat` of them a beat, the tempo constant between two of them. */
function grid(perBeat: number, tempo: (beat: number) => number, until: number): number[] {
  const times = [FIRST_PULSE]
  for (let i = 0; ; i++) {
    const next = times[i] + 60e6 / tempo(i / perBeat) / perBeat
    if (next > until) return times
    times.push(next)
  }
}

/** Mulberry32 and Box-Muller: the same numbers for the same seed. */
function gaussian(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

export function synthetic(shape: Shape = {}): Recording {
  const { seconds = 10, pulsesPerBeat = 24, tempo = () => 120, jitter = 0, clockJitter = 0 } = shape
  const settings = shape.settings ?? { source: "cv", cv: { ppqn: pulsesPerBeat, policy: "predict" } }
  const recording = new Recording(shape.title ?? "synthetic", settings)
  recording.until = seconds * 1e6
  const noise = gaussian(1)
  const ticks = grid(24, tempo, recording.until)
  const clocksPerPulse = 24 / pulsesPerBeat
  ticks.forEach((time, i) => {
    if (i % clocksPerPulse !== 0 || shape.missing?.(i / clocksPerPulse)) return
    const pulse = time + noise() * jitter
    recording.addInput(pulse, levelEvent(IN_CV, 1))
    recording.addInput(pulse + 5000, levelEvent(IN_CV, 0))
  })
  recording.addOutput(FIRST_PULSE - 2000, byteEvent(OUT_MIDI_DIN, 0xfa))
  recording.addOutput(FIRST_PULSE - 2000, byteEvent(OUT_MIDI_USB, 0xfa))
  if (shape.rack) {
    recording.addOutput(FIRST_PULSE - 2000, levelEvent(OUT_RUN, 1))
    recording.addOutput(FIRST_PULSE - 2000, levelEvent(OUT_RESET, 1))
    recording.addOutput(FIRST_PULSE + 3000, levelEvent(OUT_RESET, 0))
  }
  ticks.forEach((exact, i) => {
    const time = exact + noise() * clockJitter
    recording.addOutput(time, byteEvent(OUT_MIDI_DIN, 0xf8))
    recording.addOutput(time, byteEvent(OUT_MIDI_USB, 0xf8))
    if (shape.notes && i % 6 === 0) recording.addOutput(time + 320, bytesEvent(OUT_MIDI_DIN, 3, 0x90, 60 + (i % 12), 100))
    if (shape.rack && i % 6 === 0) {
      recording.addOutput(time, levelEvent(OUT_CLOCK, 1))
      recording.addOutput(time + 15000, levelEvent(OUT_CLOCK, 0))
    }
    if (shape.sync && i % 12 === 0)
      for (let channel = 0; channel < 4; channel++) {
        if ((i / 12) % (channel + 1) !== 0) continue
        recording.addOutput(time, levelEvent(OUT_SYNC + channel, 1))
        recording.addOutput(time + 15000, levelEvent(OUT_SYNC + channel, 0))
      }
  })
  return recording
}

/**
 * The bench's scenarios. Each makes an input from a seed; `event` is the beat at which something happens and from which errors
 * count (else they count after 6 s, as for the peers).
 */
import { Random } from "../../host-sim/input/random"
import type { Input, Stretch } from "./input"

export interface Scenario {
  readonly name: string
  readonly seeds: number
  readonly event?: number
  /** A step of tempo at `event`, judged by the time until the error stays small. */
  readonly isStep?: boolean
  input(seed: number): Input
}

const SEEDS = 100
/** 120 s at 120 BPM. */
const LONG: readonly Stretch[] = [{ beats: 240, bpm: 120 }]
const SHORT: readonly Stretch[] = [{ beats: 40, bpm: 120 }]
const EVENT_BEAT = 20

const ratios = (...list: number[]) => list

function steady(): Scenario[] {
  return ratios(24, 4, 2, 1).map((ppqn) => ({ name: "steady", seeds: 1, input: () => ({ ppqn, tempo: LONG }) }))
}

function jitter(): Scenario[] {
  return ratios(24, 4, 2, 1).map((ppqn) => ({
    name: "jitter",
    seeds: SEEDS,
    input: (seed) => ({ ppqn, tempo: LONG, seed, sigmaMs: ppqn === 24 ? 1 : 0.5 }),
  }))
}

function step(ppqn: number, bpm: number, sigmaMs: number): Scenario {
  const tempo = [
    { beats: 32, bpm: 120 },
    { beats: 48, bpm },
  ]
  return {
    name: `step 120->${bpm}`,
    seeds: sigmaMs > 0 ? SEEDS : 1,
    event: 32,
    isStep: true,
    input: (seed) => ({ ppqn, tempo, seed, sigmaMs }),
  }
}

function ramp(from: number, to: number, sigmaMs: number): Scenario {
  const tempo = [
    { beats: 24, bpm: from },
    { beats: 16, bpm: from, toBpm: to },
    { beats: 24, bpm: to },
  ]
  return { name: `ramp ${from}->${to}`, seeds: sigmaMs > 0 ? SEEDS : 1, event: 24, input: (seed) => ({ ppqn: 24, tempo, seed, sigmaMs }) }
}

/** Pulses missing at and after the event's beat. */
function missing(ppqn: number, pulses: number, sigmaMs: number): Scenario {
  const positions = Array.from({ length: pulses }, (_, i) => EVENT_BEAT * ppqn + i)
  return {
    name: pulses === 1 ? "one missing" : `${pulses} missing`,
    seeds: sigmaMs > 0 ? SEEDS : 1,
    event: EVENT_BEAT - 1,
    input: (seed) => ({ ppqn, tempo: SHORT, seed, sigmaMs, missing: positions }),
  }
}

/** One more pulse, somewhere between two. */
function spurious(ppqn: number, sigmaMs: number): Scenario {
  return {
    name: "one spurious",
    seeds: SEEDS,
    event: EVENT_BEAT - 1,
    input: (seed) => {
      const between = 0.05 + 0.9 * new Random(seed + 1000).uniform()
      return { ppqn, tempo: SHORT, seed, sigmaMs, spurious: [EVENT_BEAT * ppqn + between] }
    },
  }
}

export const SCENARIOS: readonly Scenario[] = [
  ...steady(),
  ...jitter(),
  ...[140, 100].flatMap((bpm) => [step(24, bpm, 0), step(24, bpm, 1)]),
  ...[140, 100].flatMap((bpm) => ratios(4, 2, 1).flatMap((ppqn) => [step(ppqn, bpm, 0), step(ppqn, bpm, 0.5)])),
  step(24, 240, 1),
  step(24, 60, 1),
  ramp(80, 160, 0),
  ramp(80, 160, 0.3),
  ramp(160, 80, 0.3),
  ...ratios(24, 12, 8).flatMap((ppqn) => [missing(ppqn, 1, 0), missing(ppqn, 2, 0), spurious(ppqn, 0)]),
  missing(24, 1, 1),
  missing(24, 2, 1),
  spurious(24, 1),
  ...ratios(4, 2, 1).flatMap((ppqn) => [missing(ppqn, 1, 0), spurious(ppqn, 0)]),
]

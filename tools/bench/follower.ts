/**
 * The follower bench: the scenarios of `scenarios.ts` through the whole core, in virtual time. Where a scenario has jitter it runs with many
 * seeds; the plain figures are then medians, and `spread` holds the 95th percentile and the worst of all.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { clocksFor, internalClocks } from "./clocks"
import { deviation, errorsOf, round, spread, worst, type Errors, type Spread } from "./figures"
import { beatsOf, pulsesOf, START, ticksOf, timeOfBeat } from "./input"
import { SCENARIOS, type Scenario } from "./scenarios"
import { table } from "./table"

/** A step is over when errors stay under this. */
const SETTLED_MS = 1
/** With jitter, a step counts as followed when errors stay under this from one beat after it. */
const FOLLOWED_MS = 1.5
/** Clocks are matched with the grid this long before something happens. */
const CALM_BEATS = 4
const LEFT_OUT_MICROS = 6e6
const DRIFT_MICROS = 600e6
const DRIFT_BPM = [97, 120, 123.45, 174]

export interface Result {
  readonly name: string
  readonly ppqn: number
  readonly sigmaMs: number
  readonly seeds: number
  /** Standard deviation of the error, milliseconds. */
  readonly phaseSdMs: number
  readonly worstMs: number
  /** Standard deviation of the intervals, where the tempo is steady. */
  readonly intervalSdMs?: number
  /** Over all seeds, gains and losses alike. */
  readonly ticksGained: number
  /** From a step until the error stays under 1 ms. */
  readonly settleMs?: number
  /** Share of seeds in which the error stays under 1.5 ms from one beat after the step. */
  readonly followedWithinABeat?: number
  readonly worstAfterABeatMs?: number
  readonly spread?: {
    readonly phaseSdMs: Spread
    readonly worstMs: Spread
    readonly settleMs?: Spread
    readonly worstAfterABeatMs?: Spread
  }
}

interface Run {
  readonly errors: Errors
  readonly settleMs: number
  readonly afterABeatMs: number
}

function runOnce(scenario: Scenario, seed: number): Run {
  const input = scenario.input(seed)
  const pulses = pulsesOf(input)
  const { tempo } = input
  const end = timeOfBeat(tempo, beatsOf(tempo) - 1 / input.ppqn) + 1
  const clocks = clocksFor(pulses, input.ppqn, end)
  const event = scenario.event === undefined ? START + LEFT_OUT_MICROS : timeOfBeat(tempo, scenario.event)
  const calm = scenario.event === undefined ? event : timeOfBeat(tempo, scenario.event - CALM_BEATS)
  const errors = errorsOf(clocks, ticksOf(input), calm, event - 1)
  const beat = scenario.event === undefined ? 0 : timeOfBeat(tempo, scenario.event + 1) - event
  let settled = 0
  let afterABeat = 0
  errors.ms.forEach((error, i) => {
    const since = errors.ideal[i] - event
    if (Math.abs(error) >= SETTLED_MS) settled = since
    if (since >= beat) afterABeat = Math.max(afterABeat, Math.abs(error))
  })
  return { errors, settleMs: settled / 1000, afterABeatMs: afterABeat }
}

export function measure(scenario: Scenario): Result {
  const runs = Array.from({ length: scenario.seeds }, (_, seed) => runOnce(scenario, seed + 1))
  const { ppqn, sigmaMs = 0, tempo } = scenario.input(1)
  const phaseSdMs = spread(runs.map(({ errors }) => deviation(errors.ms)))
  const worstMs = spread(runs.map(({ errors }) => worst(errors.ms)))
  const settleMs = spread(runs.map((run) => run.settleMs))
  const worstAfterABeatMs = spread(runs.map((run) => run.afterABeatMs))
  const step = scenario.isStep && {
    settleMs: settleMs.median,
    worstAfterABeatMs: worstAfterABeatMs.median,
    followedWithinABeat: runs.filter((run) => run.afterABeatMs < FOLLOWED_MS).length / runs.length,
  }
  const isSteady = tempo.length === 1 && scenario.event === undefined
  return {
    name: scenario.name,
    ppqn,
    sigmaMs,
    seeds: scenario.seeds,
    phaseSdMs: phaseSdMs.median,
    worstMs: worstMs.median,
    ...(isSteady && { intervalSdMs: spread(runs.map(({ errors }) => deviation(intervals(errors)))).median }),
    ticksGained: runs.reduce((sum, { errors }) => sum + Math.abs(errors.gained), 0),
    ...step,
    ...(scenario.seeds > 1 && { spread: { phaseSdMs, worstMs, ...(step && { settleMs, worstAfterABeatMs }) } }),
  }
}

function intervals({ ideal, ms }: Errors): number[] {
  return ms.slice(1).map((error, i) => error - ms[i] + (ideal[i + 1] - ideal[i]) / 1000)
}

/** How far the internal clock's last tick in ten minutes stands from where counting puts it. */
export function internalDrift(bpm: number) {
  const clocks = internalClocks(bpm, DRIFT_MICROS)
  const elapsed = clocks[clocks.length - 1] - clocks[0]
  return { bpm, minutes: 10, clocks: clocks.length, driftMicros: round(elapsed - ((clocks.length - 1) * 2.5e6) / bpm, 3) }
}

const HELP = `Usage: npm run -s bench -- follower
Prints one JSON object to stdout and a table to stderr, so that stdout alone parses as JSON.
Figures are in milliseconds, over 100 seeds where there is jitter (medians; "spread" has the rest).
`

export function run(options: string[]): number {
  if (options.length > 0) {
    const asked = options[0] === "--help"
    ;(asked ? process.stdout : process.stderr).write(asked ? HELP : `bench follower: unexpected "${options[0]}"; it takes no options\n`)
    return asked ? 0 : 2
  }
  const scenarios = SCENARIOS.map(measure)
  const drift = DRIFT_BPM.map(internalDrift)
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { version: string }
  const versions = { tactus: version, node: process.versions.node }
  process.stdout.write(JSON.stringify({ versions, scenarios, internalDrift: drift }, null, 1) + "\n")
  process.stderr.write(`tactus ${versions.tactus}, Node ${versions.node}; milliseconds, median / 95th percentile / worst seed\n`)
  process.stderr.write(table(HEAD, scenarios.map(row)))
  for (const { bpm, driftMicros, clocks } of drift) {
    process.stderr.write(`internal ${bpm.toFixed(2)} BPM, 10 min: ${clocks} clocks, ${driftMicros} us of drift\n`)
  }
  return 0
}

const HEAD = ["scenario", "ppqn", "sigma", "phase sd", "worst", "gained", "under 1 ms after", "worst from 1 beat on", "< 1.5 ms"]

function row(result: Result): string[] {
  const both = (plain: number | undefined, all: Spread | undefined, digits: number) => {
    if (plain === undefined) return ""
    return (all ? [all.median, all.p95, all.max] : [plain]).map((value) => value.toFixed(digits)).join(" / ")
  }
  const share = result.followedWithinABeat
  return [
    result.name,
    String(result.ppqn),
    String(result.sigmaMs),
    both(result.phaseSdMs, result.spread?.phaseSdMs, 3),
    both(result.worstMs, result.spread?.worstMs, 2),
    String(result.ticksGained),
    both(result.settleMs, result.spread?.settleMs, 0),
    both(result.worstAfterABeatMs, result.spread?.worstAfterABeatMs, 2),
    share === undefined ? "" : `${Math.round(share * 100)} %`,
  ]
}

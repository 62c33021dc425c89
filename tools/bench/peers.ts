/**
 * The same pulses through the seed's own firmware, uClock and tactus. The peers' clocks were recorded elsewhere, with the pulses they
 * were given; tactus gets those pulses here. Errors are distances to the nearest tick of the true grid behind the pulses, so that a
 * follower that keeps gaining ticks shows as a sawtooth, and its ticks are counted besides.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { parseArgs } from "node:util"
import type { Micros } from "../../src/time"
import { TICKS_PER_BEAT } from "../../src/time"
import { clocksFor } from "./clocks"
import { deviation, errorsOf, nearest, round, worst } from "./figures"
import { drawPeers } from "./peers-picture"
import { table } from "./table"

/** What is left out at the start, as in the follower bench. */
const LEFT_OUT_MICROS = 6e6
const SETTLED_MS = 1

const INPUTS = [
  { file: "steady-120", title: "Steady, 120 BPM" },
  { file: "jitter-2ms-120", title: "Jitter of ±2 ms, 120 BPM" },
  { file: "step-120-140", title: "Step from 120 to 140 BPM" },
  { file: "step-120-100", title: "Step from 120 to 100 BPM" },
]

const RECORDED = [
  { file: "clock2midi", name: "clock2midi (seed)", ppqn: 1 },
  { file: "uclock-cv1", name: "uClock 2.3", ppqn: 1 },
  { file: "uclock-midi24", name: "uClock 2.3", ppqn: 24 },
]

interface Trace {
  readonly input: { readonly trueBeats_us: Micros[]; readonly edges_us: Micros[] }
  readonly f8_us: Micros[]
}

/** One follower's clocks on one input, with the figures drawn from them. */
export interface Followed {
  readonly name: string
  readonly ppqn: number
  readonly clocks: readonly Micros[]
  /** To the nearest tick of the grid, milliseconds, one for each clock. */
  readonly errorsMs: readonly number[]
  readonly figures: Figures
}

interface Figures {
  /** Where the input has no step. */
  readonly intervalSdMs?: number
  readonly phaseSdMs: number
  readonly worstMs: number
  readonly ticksGained: number
  /** From the step until the error stays under 1 ms; null for never. */
  readonly settleMs?: number | null
}

export interface PeerInput {
  readonly title: string
  readonly grid: readonly Micros[]
  /** Where the tempo changes, if it does. */
  readonly step?: Micros
  readonly followed: readonly Followed[]
}

/** The true ticks behind pulses at `ppqn`. */
function gridOf(beats: readonly Micros[], ppqn: number): Micros[] {
  const parts = TICKS_PER_BEAT / ppqn
  const ticks = beats.slice(1).flatMap((beat, i) => Array.from({ length: parts }, (_, k) => beats[i] + ((beat - beats[i]) * k) / parts))
  return [...ticks, beats[beats.length - 1]]
}

/** The first place where the grid's interval changes. */
function stepOf(grid: readonly Micros[]): Micros | undefined {
  const interval = grid[1] - grid[0]
  const at = grid.findIndex((time, i) => i > 0 && Math.abs(time - grid[i - 1] - interval) > 1)
  return at < 0 ? undefined : grid[at - 1]
}

function judge(name: string, ppqn: number, all: readonly Micros[], grid: readonly Micros[], step?: Micros): Followed {
  const clocks = all.filter((time) => time >= grid[0] && time <= grid[grid.length - 1])
  const errorsMs = clocks.map((time) => (time - grid[nearest(grid, time)]) / 1000)
  const from = grid[0] + LEFT_OUT_MICROS
  const counted = errorsMs.filter((_, i) => clocks[i] >= from)
  const ticksGained = errorsOf(clocks, grid, from, from).gained
  const figures = {
    ...(step === undefined && { intervalSdMs: round(deviation(intervalsOf(clocks.filter((time) => time >= from))), 3) }),
    phaseSdMs: round(deviation(counted), 3),
    worstMs: round(worst(counted), 3),
    ticksGained,
    // Who keeps gaining ticks has settled nowhere.
    ...(step !== undefined && { settleMs: ticksGained === 0 ? settled(clocks, errorsMs, step) : null }),
  }
  return { name, ppqn, clocks, errorsMs, figures }
}

export function intervalsOf(clocks: readonly Micros[]): number[] {
  return clocks.slice(1).map((time, i) => (time - clocks[i]) / 1000)
}

function settled(clocks: readonly Micros[], errorsMs: readonly number[], step: Micros): number | null {
  const last = errorsMs.reduce((found, error, i) => (clocks[i] >= step && Math.abs(error) >= SETTLED_MS ? i : found), -1)
  if (last === errorsMs.length - 1) return null
  return last < 0 ? 0 : round((clocks[last] - step) / 1000, 0)
}

function compare(folder: string, ppqn: number): PeerInput[] {
  return INPUTS.map(({ file, title }) => {
    const peers = RECORDED.filter((peer) => peer.ppqn === ppqn)
    const traces = peers.map((peer) => readTrace(join(folder, `${peer.file}-${file}.json`)))
    const { trueBeats_us: beats, edges_us: pulses } = traces[0].input
    const grid = gridOf(beats, ppqn)
    const step = stepOf(grid)
    const own = clocksFor(pulses, ppqn, grid[grid.length - 1] + 1)
    const followed = peers.map((peer, i) => judge(peer.name, ppqn, traces[i].f8_us, grid, step))
    return { title, grid, step, followed: [...followed, judge("tactus", ppqn, own, grid, step)] }
  })
}

function readTrace(path: string): Trace {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Trace
  } catch (error) {
    throw new Error(`${path}: expected a recorded trace (JSON): ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

const HELP = `Usage: npm run -s bench -- peers [--traces DIR] [--out DIR]
Runs the pulses recorded in DIR (default: ../shared/traces beside the repository) through tactus, prints figures (JSON to
stdout, a table to stderr) and draws peers.svg into --out (default: tools/bench).
`

export function run(options: string[]): number {
  let values: { traces?: string; out?: string; help?: boolean }
  try {
    const known = { traces: { type: "string" }, out: { type: "string" }, help: { type: "boolean" } } as const
    values = parseArgs({ args: options, options: known }).values
  } catch (error) {
    process.stderr.write(
      `bench peers: ${error instanceof Error ? error.message.split(". ")[0] : String(error)}; expected --traces DIR or --out DIR\n`,
    )
    return 2
  }
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const folder = resolve(values.traces ?? join(__dirname, "../../../shared/traces"))
  const out = resolve(values.out ?? __dirname)
  if (!existsSync(folder)) {
    process.stderr.write(`bench peers: no recordings in ${folder}; nothing to compare with (see --traces)\n`)
    process.stdout.write("{}\n")
    return 0
  }
  const coarse = compare(folder, 1)
  const all = [...coarse, ...compare(folder, 24)]
  const results = all.flatMap(({ title, followed }) =>
    followed.map(({ name, ppqn, figures }) => ({ input: title, ppqn, name, ...figures })),
  )
  process.stdout.write(JSON.stringify({ peers: results }, null, 1) + "\n")
  const rows = results.map((r) => [
    r.input,
    String(r.ppqn),
    r.name,
    r.intervalSdMs?.toFixed(3) ?? "",
    r.phaseSdMs.toFixed(3),
    r.worstMs.toFixed(2),
    String(r.ticksGained),
    r.settleMs === undefined ? "" : r.settleMs === null ? "never" : `${r.settleMs} ms`,
  ])
  process.stderr.write(table(["input", "ppqn", "follower", "interval sd", "phase sd", "worst", "gained", "under 1 ms after"], rows))
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, "peers.svg"), drawPeers(coarse))
  process.stderr.write(`drew ${join(out, "peers.svg")}\n`)
  return 0
}

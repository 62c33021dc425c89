/** Plays a job into the emulated board: inputs at their times, collections at theirs, and all that comes out kept. */
import { Progress } from "../../host-sim/commands/progress"
import { EmulatedBoard } from "./board"
import type { TimedWord } from "./compare"
import type { Job } from "./job"
import { Probe } from "./probe"
import { storeSettings } from "./stored"
import { BEAT_MICROS, WORST_CASE_BEGINS } from "./worst-case"

/** How often the progress bar is told. */
const STEP_MICROS = 5000

export interface Played {
  readonly board: EmulatedBoard
  /** From the core's first moment on. */
  readonly seen: readonly TimedWord[]
  readonly probe: Probe | undefined
}

export function play({ uf2, bootRom, elf, trace, settings, inputs, until, collectMicros }: Job): Played {
  const seen: TimedWord[] = []
  const board = new EmulatedBoard(uf2, bootRom, (time, word) => {
    if (time >= 0 && time < until) seen.push({ time, word })
  })
  if (Object.keys(settings).length > 0) storeSettings(board.chip, settings)
  const probe = elf === undefined ? undefined : new Probe(board.chip, elf)
  const measuresFrom = trace === undefined ? WORST_CASE_BEGINS : 0
  const every = collectMicros ?? (trace === undefined ? BEAT_MICROS : Infinity)
  const events = [...inputs].filter(({ time }) => time < until)
  const moments = [{ time: measuresFrom, act: () => probe?.start() }]
  for (let time = measuresFrom; time < until && every < Infinity; time += every) moments.push({ time, act: () => probe?.forceCollection() })
  for (const { time, event } of events) moments.push({ time, act: () => board.input(time, event) })
  for (let time = 0; time < until; time += STEP_MICROS) moments.push({ time, act: () => progress.update(time / until, said(time, until)) })
  moments.sort((one, other) => one.time - other.time)
  const progress = new Progress()
  for (const { time, act } of moments) {
    board.runUntil(time)
    act()
  }
  board.runUntil(until)
  progress.end()
  return { board, seen, probe }
}

function said(micros: number, until: number): string {
  return `${(micros / 1e6).toFixed(2)} of ${(until / 1e6).toFixed(2)} s of the chip's time`
}

/**
 * `npm run emulate`: the real firmware on the emulated chip, fed with a trace, its pins, wire and USB recorded and held against the
 * simulator's run of the same trace. Exit code 0: the same events in the same order within the tolerance; 1: not; 2: bad usage.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { BadInput, fileProblem } from "../../host-sim/input/bad-input"
import { writeEvents } from "../../host-sim/output/events-jsonl"
import { Recording, type SettingsObject } from "../../host-sim/recording"
import { changeSettings, standardSettings } from "../../src/settings"
import type { TimedWord } from "./compare"
import { decide } from "./expected"
import { HELP, jobOf, type Job } from "./job"
import { play } from "./play"
import { reportOf, textOf } from "./report"

function run(words: readonly string[]): number {
  const job = jobOf(words)
  mkdirSync(job.out, { recursive: true })
  const played = play(job)
  writeSeen(job, played.seen)
  const report = reportOf(job, played, decide(job.inputs, job.until, job.settings))
  writeFileSync(join(job.out, "report.json"), JSON.stringify(report, null, 2) + "\n")
  process.stdout.write(textOf(report))
  return report.isSame && report.core1Runs ? 0 : 1
}

function writeSeen(job: Job, seen: readonly TimedWord[]): void {
  const settings = standardSettings()
  changeSettings(settings, job.settings)
  const recording = new Recording(job.trace ?? "worst case", settings as unknown as SettingsObject)
  for (const { time, word } of seen) recording.addOutput(time, word)
  const file = openSync(join(job.out, "events.jsonl"), "w")
  writeEvents({ recording }, (text) => writeSync(file, text))
  closeSync(file)
}

const words = process.argv.slice(2)
try {
  if (words.includes("--help") || words.includes("-h")) process.stdout.write(HELP)
  else process.exitCode = run(words)
} catch (error) {
  const problem = fileProblem(words.at(-1) ?? "", error)
  if (!(problem instanceof BadInput) && (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") !== true) throw error
  process.stderr.write(`emulate: ${(problem as Error).message}\n`)
  process.exitCode = 2
}

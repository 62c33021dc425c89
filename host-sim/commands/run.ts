/** What sim, replay, convert and demo have in common: play the inputs in virtual time, write everything out. */
import { accessSync, constants, mkdirSync, statSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Micros } from "../../src/time"
import { fileProblem } from "../input/bad-input"
import type { NestedSettings, TimedInput } from "../input/timed-input"
import { type Reading, readingOf } from "../output/reading"
import { writeRun } from "../output/write-run"
import { simulate } from "../simulator"
import type { Recorder } from "../live/recorder"
import { Progress } from "./progress"
import { line } from "./summary"

export interface Run {
  readonly title: string
  readonly inputs: readonly TimedInput[]
  /** Checked already. */
  readonly settings: NestedSettings
  readonly until: Micros
  readonly out: string
}

/** The folder is made and tried before the work begins. Returns what happened and the paths of the files. */
export function play(run: Run): { reading: Reading; files: string[] } {
  const { out } = run
  const progress = new Progress()
  try {
    makeFolder(out)
    accessSync(out, constants.W_OK)
    const recording = simulate(run.inputs, run.settings, run.until, {
      title: run.title,
      progress: (time) => progress.update(time / run.until, "in virtual time"),
    })
    const names = writeRun(out, recording, (share) => progress.update(share, "writing files"))
    return { reading: readingOf(recording), files: names.map((name) => join(out, name)) }
  } catch (error) {
    throw fileProblem(out, error)
  } finally {
    progress.end()
  }
}

/** With its parents, one by one: node's own `recursive` never comes back where a folder refuses one without saying so (/proc). */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(path) !== path) makeFolder(dirname(path))
  mkdirSync(path)
}

/** Where files go if nobody said. */
export const STANDARD_OUT = "out"

/** Ends a session that was written down, and says how to play it again. */
export function tellRecording(folder: string, recorder: Recorder): void {
  const { files, until } = recorder.close()
  process.stdout.write(
    "\n" +
      line("recorded", `${folder}: ${files.join(", ")}`) +
      line("again", `npm run replay -- --inputs ${folder}/TRACE.jsonl --settings ${folder}/SETTINGS.json --until ${until}`),
  )
}

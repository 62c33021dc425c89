/**
 * A live session on disk: SETTINGS.json at the start, TRACE.jsonl line by line as things come in (so that a session that ends by a
 * pulled plug is still there), and at the end everything a simulated run writes. `replay` of the two gives the same events.jsonl.
 */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { IN_MIDI_DIN, portOf } from "../../src/event"
import { changeSettings, standardSettings } from "../../src/settings"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { fileProblem } from "../input/bad-input"
import type { NestedSettings, TimedInput } from "../input/timed-input"
import { writeRun } from "../output/write-run"
import { Recording, type SettingsObject } from "../recording"
import type { Update } from "./engine"
import { traceLine } from "./trace-line"

/** What is kept of an update. */
export type Noted = Pick<Update, "time" | "outputs" | "late" | "counters"> & { readonly inputs: readonly TimedInput[] }

export class Recorder {
  private readonly recording: Recording
  private readonly trace: number
  /** Inputs that came in the same instant may stand in the trace out of its order by the length of a DIN byte: they wait for it. */
  private waiting: TimedInput[] = []

  /** `settings` are those the session starts with. Throws BadInput where the folder cannot be written. */
  constructor(
    private readonly folder: string,
    settings: NestedSettings,
  ) {
    const inForce = standardSettings()
    changeSettings(inForce, settings)
    this.recording = new Recording("live session", inForce as unknown as SettingsObject)
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, "SETTINGS.json"), JSON.stringify(settings, null, 2) + "\n")
      this.trace = openSync(join(folder, "TRACE.jsonl"), "w")
    } catch (error) {
      throw fileProblem(folder, error)
    }
  }

  add(update: Noted): void {
    for (const input of update.inputs) {
      if (input.set !== undefined) this.recording.addSettings(input.time, input.set)
      else if (input.line === undefined) this.recording.addInput(wireTime(input), input.event)
    }
    const { outputs } = update
    for (let i = 0; i < outputs.length; i += 2) this.recording.addOutput(outputs[i], outputs[i + 1])
    this.recording.until = update.time
    Object.assign(this.recording.counters, update.counters, { lateEvents: update.late })
    this.waiting.push(...update.inputs)
    this.write(update.time - DIN_BYTE_MICROS)
  }

  /** Ends it. Returns the names of the files and how long the session was. */
  close(): { files: string[]; until: Micros } {
    this.write(Infinity)
    closeSync(this.trace)
    return { files: ["SETTINGS.json", "TRACE.jsonl", ...writeRun(this.folder, this.recording)], until: this.recording.until }
  }

  private write(until: Micros): void {
    this.waiting.sort((one, other) => wireTime(one) - wireTime(other))
    let count = 0
    while (count < this.waiting.length && wireTime(this.waiting[count]) < until) count++
    if (count === 0) return
    writeSync(this.trace, this.waiting.splice(0, count).map(traceLine).join("\n") + "\n")
  }
}

function wireTime(input: TimedInput): Micros {
  return input.set === undefined && input.line === undefined && portOf(input.event) === IN_MIDI_DIN
    ? input.time - DIN_BYTE_MICROS
    : input.time
}

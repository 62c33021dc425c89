/** `tactus play --clock --render DIR`: the list and what the module plays to it, in virtual time. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileProblem } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import type { NestedSettings } from "../input/timed-input"
import { traceLine } from "../live/trace-line"
import { readingOf } from "../output/reading"
import { writeRun } from "../output/write-run"
import type { Playlist } from "../play/playlist"
import { Program } from "../play/program"
import { HEAD_MICROS, renderList } from "../play/render"
import { WavFile } from "../play/wav-file"
import { summary } from "./summary"

/** The recording is the clock: the module's internal one, moved by it. */
export function moduleSettings(file: string | undefined): NestedSettings {
  return { ...readSettings(file, settingsChecker()), source: "internal", transport: { start: "button" } }
}

interface RenderOptions {
  readonly first: number
  readonly fromSeconds: number
  readonly settings: NestedSettings
}

export async function renderTo(folder: string, list: string, playlist: Playlist, options: RenderOptions): Promise<void> {
  const { first, fromSeconds, settings } = options
  const program = new Program(playlist.tracks, first, fromSeconds)
  const sound = join(folder, "recording.wav")
  try {
    mkdirSync(folder, { recursive: true })
    const wav = new WavFile(`${sound}.part`)
    const { recording, inputs } = await renderList(program, settings, fromSeconds, (left, right) => wav.write(left, right))
    wav.close()
    renameSync(`${sound}.part`, sound)
    writeFileSync(join(folder, "TRACE.jsonl"), inputs.map(traceLine).join("\n") + "\n")
    writeFileSync(join(folder, "SETTINGS.json"), JSON.stringify(settings, null, 2) + "\n")
    const files = writeRun(folder, recording)
    for (const skipped of [...playlist.skipped, ...program.skipped]) process.stderr.write(`tactus: ${list}: ${skipped}; skipped\n`)
    process.stdout.write(
      summary(
        list,
        readingOf(recording),
        folder,
        ["recording.wav", "TRACE.jsonl", "SETTINGS.json", ...files].map((name) => join(folder, name)),
      ),
    )
    process.stdout.write(`  the list begins at ${HEAD_MICROS / 1e6} s of recording.wav and of the events\n`)
  } catch (error) {
    throw fileProblem(folder, error)
  }
}

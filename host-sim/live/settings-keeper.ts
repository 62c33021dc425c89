/**
 * The settings file of a live session: what changes in the file goes to the module, and `save` writes what the module holds into the
 * file. A file with a fault in it changes nothing; the fault is told. Written under another name first, then renamed.
 */
import { renameSync, unwatchFile, watchFile, writeFileSync } from "node:fs"
import { BadInput, fileProblem } from "../input/bad-input"
import { readSettings, settingsChecker } from "../input/settings-file"
import type { LiveHost } from "./live-host"

/** Polled: it also sees editors that replace the file, and network drives. */
const WATCH_MILLISECONDS = 500

export class SettingsKeeper {
  constructor(
    readonly file: string,
    private readonly host: LiveHost,
    private readonly complain: (problem: string) => void,
  ) {
    watchFile(file, { interval: WATCH_MILLISECONDS, persistent: false }, () => void this.load())
  }

  /** Returns what is wrong; empty if saved. */
  save(): string[] {
    const part = `${this.file}.${process.pid}.part`
    try {
      writeFileSync(part, JSON.stringify(this.host.settings, null, 2) + "\n")
      renameSync(part, this.file)
      return []
    } catch (error) {
      return [messageOf(fileProblem(this.file, error))]
    }
  }

  close(): void {
    unwatchFile(this.file)
  }

  private async load(): Promise<void> {
    try {
      const problems = await this.host.set(readSettings(this.file, settingsChecker()))
      if (problems.length > 0) this.complain(`${this.file}: ${problems.join("; ")}`)
    } catch (error) {
      this.complain(messageOf(error))
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof BadInput || error instanceof Error ? error.message : String(error)
}

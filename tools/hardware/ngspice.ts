/**
 * Runs ngspice in batch on one deck and reads its waveforms back. A run takes some 50 ms; decks never touch the network or the
 * working directory.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export interface Waveforms {
  /** Seconds. */
  readonly time: readonly number[]
  /** Volts or amperes by SPICE name, lower case: `v(tip)`, `i(vd1)`. */
  readonly signals: ReadonlyMap<string, readonly number[]>
}

/** Throws an Error with ngspice's own complaint when a deck does not run to its end. */
export function simulate(title: string, body: readonly string[], stopSeconds: number, stepSeconds: number): Waveforms {
  const directory = mkdtempSync(join(tmpdir(), "tactus-spice-"))
  try {
    const raw = join(directory, "out.raw")
    const deck = [
      `* ${title}`,
      ...body,
      ".options method=gear reltol=1e-4",
      `.tran ${stepSeconds} ${stopSeconds} 0 ${stepSeconds}`,
      ".control",
      "run",
      `write ${raw}`,
      "quit",
      ".endc",
      ".end",
      "",
    ].join("\n")
    writeFileSync(join(directory, "deck.cir"), deck)
    const run = spawnSync("ngspice", ["-n", "-b", join(directory, "deck.cir")], { encoding: "utf8" })
    if (run.error !== undefined) throw new Error(`ngspice did not start (${run.error.message}); apt-get install ngspice`)
    const complaint = /^.*(error|aborted|singular|too small).*$/im.exec(run.stdout + run.stderr)
    if (run.status !== 0 || complaint !== null)
      throw new Error(
        `${title}: ngspice says: ${/^.*error.*\n.*$/im.exec(run.stdout + run.stderr)?.[0] ?? complaint?.[0] ?? run.stderr.slice(0, 200)}`,
      )
    const waveforms = parseRaw(readFileSync(raw))
    if (waveforms.time[waveforms.time.length - 1] < stopSeconds * 0.999) throw new Error(`${title}: ngspice stopped early`)
    return waveforms
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** A raw file: a header of names, then after "Binary:" the points as rows of doubles. */
function parseRaw(file: Buffer): Waveforms {
  const mark = "Binary:\n"
  const body = file.indexOf(mark) + mark.length
  const header = file.toString("latin1", 0, body)
  const names = [...header.matchAll(/^\s+\d+\s+(\S+)\s+\S+\s*$/gm)].map((match) => match[1].toLowerCase())
  const points = Number(/^No\. Points:\s*(\d+)/m.exec(header)![1])
  const columns = names.map((_, column) =>
    Array.from({ length: points }, (_, row) => file.readDoubleLE(body + 8 * (row * names.length + column))),
  )
  return { time: columns[0], signals: new Map(names.slice(1).map((name, index) => [name, columns[index + 1]])) }
}

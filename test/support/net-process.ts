/**
 * `tactus net` as a process of its own, with a crystal and a time of day of its own, and what it writes of itself (`--status`): read back on
 * the true clock, which none of them knows.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { StationStatus } from "../../src/net/station-status"
import type { SocketCounters } from "../../host-sim/net/sockets"

/** A line of the status file; `at` is its true time, us, and so are those of the beats. */
export type Sample = StationStatus &
  SocketCounters & {
    readonly at: number
    readonly shared: number | null
    readonly tick: number | null
    readonly period: number | null
    readonly sent: readonly Beat[]
    readonly heard: readonly Beat[]
  }

export interface Beat {
  readonly shared: number
  readonly at: number
}

interface Line extends Omit<Sample, "sent" | "heard" | "at"> {
  readonly monotonic: number
  readonly sent: readonly (readonly [number, number])[]
  readonly heard: readonly (readonly [number, number])[]
}

const START = process.hrtime.bigint()
const ROOT = join(__dirname, "../..")

export class NetProcess {
  said = ""
  private readonly child: ChildProcess
  private readonly file: string

  /** `before` is what the command is run with: `ip netns exec NAME`. */
  constructor(
    readonly name: string,
    private readonly ppm: number,
    words: readonly string[],
    before: readonly string[] = [],
  ) {
    this.file = join(mkdtempSync(join(tmpdir(), "tactus-net-")), "status.jsonl")
    const command = [...before, process.execPath, join(ROOT, "host-sim/tactus.cjs"), "net", "--name", name, "--status", this.file, ...words]
    const env = {
      ...process.env,
      NODE_OPTIONS: `--require ${join(__dirname, "crystal.cjs")}`,
      CRYSTAL_START: String(START),
      CRYSTAL_PPM: String(ppm),
      CRYSTAL_DAY: String(Date.UTC(2031, 0, 1) + 3_600_000 * ppm),
    }
    this.child = spawn(command[0], command.slice(1), { env, stdio: ["ignore", "pipe", "pipe"] })
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", (chunk: Buffer) => (this.said += chunk.toString()))
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** As a pulled plug: it says no goodbye. Twice is fine. */
  close(): void {
    this.child.kill("SIGKILL")
  }

  /** Everything written so far, from true time `since` on. */
  samples(since = -Infinity): Sample[] {
    const text = readFileSync(this.file, "utf8")
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n")
    return lines
      .filter((line) => line !== "")
      .map((line) => this.read(JSON.parse(line) as Line))
      .filter(({ at }) => at >= since)
  }

  /** The newest; undefined before it has written any. */
  get newest(): Sample | undefined {
    try {
      return this.samples().at(-1)
    } catch {
      return undefined // not there yet
    }
  }

  private read(line: Line): Sample {
    const beats = (pairs: Line["sent"]): Beat[] => pairs.map(([shared, monotonic]) => ({ shared, at: this.trueOf(monotonic) }))
    return { ...line, at: this.trueOf(line.monotonic), sent: beats(line.sent), heard: beats(line.heard) }
  }

  private trueOf(monotonic: number): number {
    const start = Number(START) / 1000
    return start + (monotonic - start) / (1 + this.ppm / 1e6)
  }
}

/** True time now, us. */
export function trueNow(): number {
  return Number(process.hrtime.bigint()) / 1000
}

/** A quantity of one process at a true time, from what it said before and after; undefined where it did not. */
export function between(samples: readonly Sample[], at: number, what: (sample: Sample) => number | null): number | undefined {
  const after = samples.findIndex((sample) => sample.at >= at)
  if (after < 1) return undefined
  const [one, other] = [samples[after - 1], samples[after]]
  const [first, second] = [what(one), what(other)]
  if (first === null || second === null) return undefined
  return first + ((second - first) * (at - one.at)) / (other.at - one.at)
}

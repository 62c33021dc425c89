/** What is heard, in a line that stays where it is on a terminal, and as a line for each new thing elsewhere. */
import type { ListStatus } from "./list-control"
import { clockText } from "./start-time"

export class StatusLine {
  private said = ""

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {}

  show(status: ListStatus, now: number, clock: string): void {
    const line = statusText(status, now, clock)
    if (this.out.isTTY) this.out.write(`\r\x1b[K${line.slice(0, (this.out.columns || 200) - 1)}`)
    else if (newsOf(status) !== this.said) {
      this.said = newsOf(status)
      this.out.write(`${this.said}\n`)
    }
  }

  /** What comes next has a line of its own. */
  end(): void {
    if (this.out.isTTY) this.out.write("\n")
  }
}

function newsOf({ state, title, track, start }: ListStatus): string {
  switch (state) {
    case "waits":
      return `Next start: ${track}. ${title}, at ${clockText(start)}`
    case "plays":
      return `Playing: ${title}`
    case "stopped":
      return `Stopped: ${title}`
    case "played":
      return "At the end of the list."
  }
}

/** Progress, next start, volume, the shared clock and the distance to it. */
export function statusText(status: ListStatus, now: number, clock: string): string {
  const { state, title, track, tracks, seconds, length, start, volume, offMicros } = status
  const place = {
    waits: `starts in ${Math.max(0, (start - now) / 1e6).toFixed(1)} s, at ${clockText(start)}`,
    plays: `${minutes(seconds)} of ${minutes(length)}`,
    stopped: `stopped at ${minutes(seconds)}`,
    played: "the list has been played",
  }[state]
  const off = state === "plays" ? `  off by ${offMicros.toFixed(0)} us` : ""
  return `${track}/${tracks} ${title}  ${place}  ${volume} %  ${clock}${off}`
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
}

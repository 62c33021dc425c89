/** What a bench board says (bench-board.ts), read and held against the leader's clock: both stand on this computer's monotonic one. */
import type { ClockMap } from "../../../src/clock-map/clock-map"
import { byteOf, lengthOf, OUT_MIDI_DIN, portOf } from "../../../src/event"
import { localMicros } from "../../../host-sim/net/local-clock"

const MIDI_CLOCK = 0xf8

interface Said {
  readonly time: number
  readonly byte: number
}

/** The monotonic clock, us. */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint()) / 1000
}

export class Judge {
  /** MIDI bytes on DIN, by true time. */
  readonly bytes: Said[] = []
  /** Shared time by the board minus the leader's, us, since the clock was set. */
  readonly offsets: number[] = []
  isClockSet = false
  counters: Record<string, number> = {}
  private text = ""
  private readonly localOfTrue: number

  constructor(private readonly map: ClockMap) {
    this.localOfTrue = localMicros() - monotonicMicros()
  }

  hear(chunk: string): void {
    const lines = (this.text + chunk).split("\n")
    this.text = lines.pop() ?? ""
    lines.forEach((line) => this.line(line))
  }

  /** Shared time of a true one, by the leader. */
  sharedAt(micros: number): number {
    return this.map.sharedAt(micros + this.localOfTrue)
  }

  /** Shared time of the first such byte at or after the `from`th that was heard; NaN where none came. */
  sharedOf(byte: number, from = 0): number {
    const found = this.bytes.slice(from).find((said) => said.byte === byte)
    return found === undefined ? NaN : this.sharedAt(found.time)
  }

  /** Shared times of the clocks since the `from`th byte. */
  clocks(from: number): number[] {
    return this.bytes.slice(from).flatMap(({ time, byte }) => (byte === MIDI_CLOCK ? [this.sharedAt(time)] : []))
  }

  private line(line: string): void {
    const words = line.split(" ")
    if (words[0] === "event") {
      const word = Number(words[3])
      if (portOf(word) === OUT_MIDI_DIN && lengthOf(word) > 0) this.bytes.push({ time: Number(words[2]), byte: byteOf(word, 0) })
    } else if (words[0] === "clock" && words[2] !== "-1") {
      this.isClockSet = true
      this.offsets.push(Number(words[2]) - this.sharedAt(Number(words[1])))
    } else if (words[0] === "counters") this.counters = JSON.parse(line.slice("counters ".length)) as Record<string, number>
  }
}

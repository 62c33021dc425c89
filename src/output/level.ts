/**
 * The two gates that speak of the transport. `run` is high while it runs; `reset` gives one pulse before beat 1 of a song that
 * starts from its beginning. Both leave with the start message, 2 ms before the first clock.
 */
import { levelEvent } from "../event"
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import { MIDI_START } from "../transport"
import type { Output } from "./output"
import { START_LEAD_MICROS } from "./output"

function startTime(line: Timeline, transport: Transport, latency: Micros): Micros {
  let due = Infinity
  if (transport.startsAtOnce) due = line.floor
  else if (transport.startTick < line.limit) due = line.timeOf(transport.startTick) + latency - START_LEAD_MICROS
  if (due < transport.startFloor) due = transport.startFloor
  return due < line.floor ? line.floor : due
}

export class RunOutput implements Output {
  due: Micros = Infinity
  latencyMicros: Micros = 0
  private level = 0
  private wanted = 0

  constructor(
    private readonly port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {}

  start(): void {
    this.wanted = 1
    this.retime()
  }

  stop(): void {
    this.wanted = 0
    this.retime()
  }

  isSettled(): boolean {
    return this.level === this.wanted
  }

  retime(): void {
    if (this.level === this.wanted) this.due = Infinity
    else this.due = this.wanted === 1 ? startTime(this.line, this.transport, this.latencyMicros) : this.line.floor
  }

  emit(out: EventSink): void {
    this.level = this.wanted
    out.schedule(this.due, levelEvent(this.port, this.level))
    this.retime()
  }
}

export class ResetOutput implements Output {
  due: Micros = Infinity
  latencyMicros: Micros = 0
  widthMicros: Micros = 1000
  private isPending = false
  private isHigh = false
  private fall: Micros = 0

  constructor(
    private readonly port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {}

  start(): void {
    this.isPending = this.transport.kind === MIDI_START
    this.retime()
  }

  stop(): void {
    this.isPending = false
    this.retime()
  }

  /** A pulse as soon as possible: the song was set to its beginning while stopped. */
  pulse(): void {
    this.due = this.line.floor
    this.isPulseNow = true
  }

  private isPulseNow = false

  isSettled(): boolean {
    return !this.isPending
  }

  retime(): void {
    const floor = this.line.floor
    if (this.isHigh) this.due = this.fall < floor ? floor : this.fall
    else if (this.isPulseNow) this.due = floor
    else if (this.isPending) this.due = startTime(this.line, this.transport, this.latencyMicros)
    else this.due = Infinity
  }

  emit(out: EventSink): void {
    if (this.isHigh) this.isHigh = false
    else {
      this.isHigh = true
      if (!this.isPulseNow) this.isPending = false
      this.isPulseNow = false
      this.fall = this.due + this.widthMicros
    }
    out.schedule(this.due, levelEvent(this.port, this.isHigh ? 1 : 0))
    this.retime()
  }
}

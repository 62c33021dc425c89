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

/** From one reset pulse to the next, and from a stop to a start. */
const GAP_MICROS = 500

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
  /** When it last changed. */
  last: Micros = -Infinity
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
    if (this.due < this.last + GAP_MICROS) this.due = this.last + GAP_MICROS
  }

  emit(out: EventSink): void {
    this.level = this.wanted
    this.last = this.due
    out.schedule(this.due, levelEvent(this.port, this.level))
    this.retime()
  }
}

export class ResetOutput implements Output {
  due: Micros = Infinity
  latencyMicros: Micros = 0
  widthMicros: Micros = 1000
  /** When the last pulse rises, or is to rise. */
  rise: Micros = -Infinity
  private isPending = false
  private isHigh = false
  private isPulseNow = false
  private fall: Micros = -Infinity

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
    this.isPulseNow = true
    this.retime()
    if (!this.isHigh) this.rise = this.due
  }

  isSettled(): boolean {
    return !this.isPending
  }

  retime(): void {
    const floor = this.line.floor
    if (this.isHigh) {
      this.due = this.fall < floor ? floor : this.fall
      return
    }
    const free = this.fall + GAP_MICROS
    if (this.isPulseNow) this.due = floor < free ? free : floor
    else if (this.isPending) this.due = this.startDue(free)
    else this.due = Infinity
  }

  /** A song that begins where a pulse has just told of it needs no other. */
  private startDue(free: Micros): Micros {
    const due = startTime(this.line, this.transport, this.latencyMicros)
    if (due >= free) return due
    if (this.transport.stopsFirst) return free
    this.isPending = false
    return Infinity
  }

  emit(out: EventSink): void {
    const time = this.due
    this.isHigh = !this.isHigh
    if (this.isHigh) {
      if (!this.isPulseNow) this.isPending = false
      this.isPulseNow = false
      this.rise = time
      this.fall = time + this.widthMicros
    } else this.fall = time
    out.schedule(time, levelEvent(this.port, this.isHigh ? 1 : 0))
    this.retime()
  }
}

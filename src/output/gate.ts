/**
 * A train of pulses locked to the song: the rack's clock out, and later the sync outs. Pulse n stands on song tick
 * `n * ticksPerPulse`; with swing every second one comes later within its pair. The fall is not committed with the rise: if the
 * next rise comes early, the pulse is cut to half the distance, so pulses never merge.
 */
import { levelEvent } from "../event"
import type { EventSink } from "../processor"
import type { Micros, Ticks } from "../time"
import { TICKS_PER_BEAT } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import type { Output } from "./output"
import { START_GAP_MICROS } from "./output"

/** Shortest pulse and shortest gap when pulses have to catch up. */
const SHORTEST_MICROS = 500

export class GateOutput implements Output {
  due: Micros = Infinity
  latencyMicros: Micros = 0
  widthMicros: Micros = 5000
  /** 50..75 %: where in a pair of pulses the second one stands. */
  swing = 50
  whileStopped = false
  private ticksPerPulse: Ticks = 6
  /** Number of the next pulse, counted from the song's beginning; Infinity while silent. */
  private next = Infinity
  private isHigh = false
  private fall: Micros = Infinity
  private lastRise: Micros = -1e12
  private lastFall: Micros = -1e12

  constructor(
    private readonly port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
  ) {}

  /** Pulses a quarter note: 1..48. */
  configure(ppqn: number): void {
    const wasRunning = this.next !== Infinity
    const nextTick = this.transport.songBase + this.next * this.ticksPerPulse
    this.ticksPerPulse = TICKS_PER_BEAT / ppqn
    if (wasRunning) this.runFrom(nextTick)
  }

  start(): void {
    const first = this.transport.startTick
    if (this.next !== Infinity && this.transport.stopsFirst) {
      // Pulses before the start tick belong to the old song and still go out: they are sent by number of the new one.
      this.next = Math.ceil((this.pendingTick - this.transport.songBase) / this.ticksPerPulse - 1e-9)
    } else this.runFrom(first)
    this.retime()
  }

  stop(): void {
    if (!this.whileStopped) this.next = Infinity
    this.retime()
  }

  /** Pulses go on from the first one at or after `tick`; Infinity silences them. */
  runFrom(tick: Ticks): void {
    this.next = tick === Infinity ? Infinity : Math.ceil((tick - this.transport.songBase) / this.ticksPerPulse - 1e-9)
    this.retime()
  }

  /** The tick of the next pulse, before a start renumbers them. */
  private pendingTick: Ticks = 0

  retime(): void {
    const floor = this.line.floor
    const rise = this.nextRise()
    if (this.isHigh) {
      if (rise < this.fall + SHORTEST_MICROS) this.fall = (this.lastRise + rise) / 2
      this.due = this.fall < floor ? floor : this.fall
    } else this.due = rise
  }

  private nextRise(): Micros {
    const line = this.line
    if (this.next === Infinity) return Infinity
    const tick = this.transport.songBase + this.next * this.ticksPerPulse
    this.pendingTick = tick
    if (tick >= line.limit) return Infinity
    const swung = (this.next & 1) === 1 ? tick + (this.swing / 50 - 1) * this.ticksPerPulse : tick
    let rise = line.timeOf(swung) + this.latencyMicros
    if (rise < this.transport.startFloor + START_GAP_MICROS && tick >= this.transport.startTick)
      rise = this.transport.startFloor + START_GAP_MICROS
    if (rise < this.lastFall + SHORTEST_MICROS) rise = this.lastFall + SHORTEST_MICROS
    if (rise < this.lastRise + 2 * SHORTEST_MICROS) rise = this.lastRise + 2 * SHORTEST_MICROS
    return rise < line.floor ? line.floor : rise
  }

  emit(out: EventSink): void {
    const time = this.due
    if (this.isHigh) {
      this.isHigh = false
      this.lastFall = time
      this.fall = Infinity
      out.schedule(time, levelEvent(this.port, 0))
    } else {
      const half = (this.line.period * this.ticksPerPulse) / 2
      this.isHigh = true
      this.lastRise = time
      this.fall = time + (this.widthMicros < half ? this.widthMicros : half)
      this.next++
      out.schedule(time, levelEvent(this.port, 1))
    }
    this.retime()
  }
}

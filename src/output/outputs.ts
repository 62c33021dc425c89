/**
 * All outputs as one: they start, stop and are re-timed together, and each sends what is due of its own.
 */
import type { EventWord } from "../event"
import { OUT_CLOCK, OUT_MIDI_DIN, OUT_MIDI_USB, OUT_RESET, OUT_RUN, OUT_SYNC, byteEvent } from "../event"
import type { DinWire } from "../midi/din-wire"
import type { EventSink } from "../processor"
import type { Settings } from "../settings"
import type { Micros, Ticks } from "../time"
import { UNKNOWN_PERIOD, type Timeline } from "../timeline"
import type { Transport } from "../transport"
import { ARMED, MIDI_CLOCK, RUNNING } from "../transport"
import { GateOutput, ticksPerPulse } from "./gate"
import { OutputGroup } from "./output-group"
import { ResetOutput, RunOutput } from "./level"
import { MidiClockOutput } from "./midi-clock"
import type { Output } from "./output"

/** How far the line may move before everything is re-timed, and how near an output must be to be re-timed at each pulse. */
const HAIR_MICROS = 20000
const WHILE_MICROS = 60000
/** The stretch over which the line's movement is watched. */
const FAR_MICROS = 1000000

/** Who decides when trains run: sends nothing, but starts, stops and is re-timed with all. */
export interface Decider {
  start(): void
  stop(): void
  retime(): void
}
const NOBODY: Decider = { start() {}, stop() {}, retime() {} }

export class Outputs {
  /** Nothing is due before; -Infinity where that is not known. */
  nextDue: Micros = -Infinity
  /** Those that have something to send at nearly every tick; those that seldom have; and the trains. */
  private readonly clocks = new OutputGroup()
  private readonly trains = new OutputGroup()
  private readonly rest = new OutputGroup()
  private decider: Decider = NOBODY
  /** Neither run nor reset waits for its place on the line. */
  private isSettled = false
  readonly din: MidiClockOutput
  readonly usb: MidiClockOutput
  readonly clock: GateOutput
  readonly run: RunOutput
  readonly reset: ResetOutput
  /** The most negative latency of any output, 0 or less. */
  leastLatency: Micros = 0
  private readonly gates: GateOutput[] = []
  private nextTick: Ticks = 0
  /** Two points of the line when everything was re-timed. */
  private nearTime: Micros = 0
  private nearTick: Ticks = 0
  private farTime: Micros = 0
  private farTick: Ticks = 0

  constructor(
    private readonly line: Timeline,
    private readonly transport: Transport,
    wire: DinWire,
  ) {
    this.din = new MidiClockOutput(OUT_MIDI_DIN, line, transport, wire)
    this.usb = new MidiClockOutput(OUT_MIDI_USB, line, transport, wire)
    this.clock = new GateOutput(OUT_CLOCK, line, transport)
    this.run = new RunOutput(OUT_RUN, line, transport)
    this.reset = new ResetOutput(OUT_RESET, line, transport)
    this.rest.add(this.run)
    this.rest.add(this.reset)
    this.clocks.add(this.din)
    this.clocks.add(this.usb)
    this.clocks.add(this.clock)
  }

  /** One more that starts and stops with the transport. */
  add(output: Output): void {
    this.rest.add(output)
  }

  decideBy(decider: Decider): void {
    this.decider = decider
  }

  /** A train whose owner starts and stops it. In the order of their ports. */
  addTrain(gate: GateOutput): void {
    this.gates.push(gate)
    this.trains.add(gate)
  }

  /** Something has changed since the last `retime`, or without it: their due times are looked at again. */
  touch(): void {
    this.nextDue = -Infinity
    this.clocks.touch()
    this.rest.touch()
    this.trains.touch()
  }

  /** Sends everything due before `horizon`. Costs little while nothing is. */
  commit(horizon: Micros, out: EventSink): void {
    const rest = this.rest
    const clocks = this.clocks
    const trains = this.trains
    let first = rest.nextDue
    if (first < horizon) {
      rest.commit(horizon, out)
      first = rest.nextDue
    }
    if (clocks.nextDue < horizon) clocks.commit(horizon, out)
    if (trains.nextDue < horizon) trains.commit(horizon, out)
    if (clocks.nextDue < first) first = clocks.nextDue
    if (trains.nextDue < first) first = trains.nextDue
    this.nextDue = first
  }

  /** The timeline has changed. */
  retime(): void {
    this.nextDue = -Infinity
    const line = this.line
    this.nearTime = line.floor
    this.nearTick = line.tickAt(line.floor)
    this.farTime = line.floor + FAR_MICROS
    this.farTick = line.tickAt(this.farTime)
    this.isSettled = false
    this.rest.retime()
    this.decider.retime()
    this.clocks.retime()
    this.trains.retime()
  }

  /**
   * The timeline has changed, most probably by a hair: a pulse has come. What is a while away is left as it is, as long as the line
   * has moved by less than that while since all was re-timed; it is looked at again when it comes near.
   */
  retimeNear(): void {
    const line = this.line
    const floor = line.floor
    const nearTime = this.nearTime
    const period = line.period
    const near = line.anchorTime + (this.nearTick - line.anchorTick) * period - nearTime
    const far = line.anchorTime + (this.farTick - line.anchorTick) * period - this.farTime
    const hasMoved = near > HAIR_MICROS || near < -HAIR_MICROS || far > HAIR_MICROS || far < -HAIR_MICROS
    if (hasMoved || floor > nearTime + FAR_MICROS / 2 || period >= UNKNOWN_PERIOD) {
      this.retime()
      return
    }
    this.nextDue = -Infinity
    if (!this.isSettled) {
      this.rest.retime()
      this.isSettled = this.run.isSettled() && this.reset.isSettled()
    }
    this.decider.retime()
    this.clocks.retime()
    this.trains.retimeBefore(floor + WHILE_MICROS)
  }

  start(): void {
    this.nextDue = -Infinity
    this.isSettled = false
    this.rest.start()
    this.decider.start()
    this.clocks.start()
    this.trains.touch()
  }

  stop(): void {
    this.nextDue = -Infinity
    this.firstFreeTick()
    this.isSettled = false
    this.rest.stop()
    this.decider.stop()
    this.clocks.stop()
    this.trains.touch()
  }

  /** The first tick that no output has sent yet. Not for the hot path. */
  firstFreeTick(): Ticks {
    this.mark(this.clock)
    for (let i = 0; i < this.gates.length; i++) this.mark(this.gates[i])
    if (this.din.next !== Infinity && this.din.next > this.nextTick) this.nextTick = this.din.next
    if (this.usb.next !== Infinity && this.usb.next > this.nextTick) this.nextTick = this.usb.next
    return this.nextTick
  }

  /** The first tick that no MIDI output has sent, of those that are running. */
  firstClockFree(): Ticks {
    const din = this.din.next
    const usb = this.usb.next
    if (din === Infinity) return usb === Infinity ? 0 : usb
    return usb === Infinity || din > usb ? din : usb
  }

  /** Nothing of the song is left to send before the clock on `tick`. A pulse that is still high is in nobody's way but its own. */
  isWaitingFor(tick: Ticks): boolean {
    // A pulse that starts the song has more to send.
    if (this.transport.state === ARMED || this.run.due !== Infinity || this.reset.due !== Infinity) return false
    return this.din.isWaitingFor(tick) && this.usb.isWaitingFor(tick)
  }

  /** Writes the events that stand on `tick`, of all that have nothing to send before it, to `words`; returns how many. */
  answer(tick: Ticks, words: EventWord[]): number {
    let count = 0
    if (this.din.next === tick) words[count++] = byteEvent(OUT_MIDI_DIN, MIDI_CLOCK)
    if (this.usb.next === tick) words[count++] = byteEvent(OUT_MIDI_USB, MIDI_CLOCK)
    if (this.clock.isWaitingFor(tick)) words[count++] = this.clock.riseEvent()
    for (let i = 0; i < this.gates.length && count < words.length; i++) {
      if (this.gates[i].isWaitingFor(tick)) words[count++] = this.gates[i].riseEvent()
    }
    return count
  }

  /** What stands on `tick` at port `port` has left, with the pulse at `time`. */
  hasSent(port: number, tick: Ticks, time: Micros, sent: EventSink): void {
    if (port === OUT_MIDI_DIN) this.din.hasSent(tick, time, sent)
    else if (port === OUT_MIDI_USB) this.usb.hasSent(tick, time, sent)
    else if (port === OUT_CLOCK) this.clock.hasSent(tick, time, sent)
    else this.gates[port - OUT_SYNC].hasSent(tick, time, sent)
  }

  private mark(train: GateOutput): void {
    const after = Math.floor(train.lastTick) + 1
    if (after > this.nextTick) this.nextTick = after
  }

  /** When a start can leave: behind the stop and the reset pulse that are on their way. Not for the hot path. */
  startFloor(): Micros {
    return Math.max(this.line.floor, this.run.last, this.reset.rise)
  }

  isSilent(): boolean {
    return this.din.next === Infinity
  }

  /** Nothing goes out, and nothing is about to. Not for the hot path. */
  isIdle(): boolean {
    for (let i = 0; i < this.gates.length; i++) if (!this.gates[i].isSilent()) return false
    const isSilent = this.din.next === Infinity && this.usb.next === Infinity && this.clock.isSilent()
    return isSilent && this.clocks.isIdle() && this.rest.isIdle() && this.trains.isIdle()
  }

  /** A clock that goes on while stopped begins at `tick`, or at the first one that is free. */
  runFrom(tick: Ticks): void {
    const free = this.firstFreeTick()
    const first = Math.ceil(tick > free ? tick : free)
    this.touch()
    this.din.runFrom(first)
    this.usb.runFrom(first)
    this.clock.runFrom(first)
  }

  /** The song was moved while stopped: the gear is told. Sixteenths. */
  locate(sixteenths: number): void {
    this.touch()
    this.din.sendPosition(sixteenths)
    this.usb.sendPosition(sixteenths)
  }

  configure(settings: Settings): void {
    const latency = settings.latencyMicros
    this.leastLatency = leastOf(settings)
    this.configureMidi(this.din, latency["midi-din"], settings)
    this.configureMidi(this.usb, latency["midi-usb"], settings)
    this.clock.latencyMicros = latency.clock
    this.clock.widthMicros = settings.clock.widthMicros
    this.clock.swing = settings.clock.swing
    this.clock.whileStopped = settings.clock.whileStopped
    if (!settings.clock.whileStopped && this.transport.state !== RUNNING) this.clock.runFrom(Infinity)
    this.clock.setDivision(ticksPerPulse(settings.clock.ppqn))
    this.run.latencyMicros = latency.run
    this.reset.latencyMicros = latency.reset
    this.reset.widthMicros = settings.reset.widthMicros
  }

  /** Whether short pulses are committed whole. */
  holdWidths(holds: boolean): void {
    this.clock.isWhole = holds
    for (let i = 0; i < this.gates.length; i++) this.gates[i].isWhole = holds
  }

  private configureMidi(output: MidiClockOutput, latency: Micros, settings: Settings): void {
    output.latencyMicros = latency
    output.catchUpMicros = settings.cv.catchUpMicros
    output.whileStopped = settings.clock.whileStopped
    if (!output.whileStopped && this.transport.state !== RUNNING) output.runFrom(Infinity)
  }
}

/** The most negative latency, 0 at most. */
function leastOf(settings: Settings): Micros {
  const latency = settings.latencyMicros
  let least = Math.min(0, latency["midi-din"], latency["midi-usb"], latency.clock, latency.run, latency.reset, settings.arp.latencyMicros)
  for (let i = 0; i < settings.sync.length; i++) least = Math.min(least, settings.sync[i].latencyMicros)
  return least
}

/**
 * Four channels over one position. The song is cut into parts (16 steps unless set otherwise); at each boundary the pending
 * actions of all channels, a new tempo, a new part length and a new wait are taken up together, on step 1.
 *
 * A boundary is decided once, for all: at the last moment before the first output has to know, which is the commit lead (and the
 * most negative latency) ahead of it. What is pressed later belongs to the next boundary.
 */
import { LEAD_MICROS } from "../backend"
import { OUT_SYNC } from "../event"
import type { Output } from "../output/output"
import type { Outputs } from "../output/outputs"
import { GateOutput } from "../output/gate"
import type { Settings } from "../settings"
import type { ClockSources } from "../source/clock-sources"
import { SOURCE_INTERNAL } from "../source/clock-sources"
import type { Micros, Ticks } from "../time"
import { TICKS_PER_SIXTEENTH } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import { RUNNING } from "../transport"
import { CHANNEL_RUNNING, CHANNEL_STOPPED, Channel, PENDING_NOTHING } from "./channel"

export const CHANNELS = 4
/** A Volca's step is a sixteenth. */
export const TICKS_PER_STEP = TICKS_PER_SIXTEENTH

export class SyncBank implements Output {
  /** The bank itself sends nothing; its gates do. */
  due: Micros = Infinity
  readonly channels: Channel[] = []
  readonly gates: GateOutput[] = []
  /** When the next boundary is decided; Infinity while none is in sight. */
  deadline: Micros = Infinity
  /** Steps in the part that runs, and in the next one. */
  steps = 16
  nextSteps = 16
  /** Parts a pause lasts, and from the next boundary on. */
  wait = 1
  nextWait = 1
  /** BPM to be taken up at the next boundary; 0 for none. */
  targetTempo = 0
  /** The tick on which the running part began. */
  partStart: Ticks = 0
  /** A tempo was asked for while an external clock ruled. */
  refusals = 0
  private readonly isOpen: boolean[] = []
  private boundary: Ticks = Infinity
  /** The next boundary is where the song goes on within a part. */
  private isWithinPart = false

  constructor(
    private readonly line: Timeline,
    private readonly transport: Transport,
    private readonly sources: ClockSources,
    private readonly outputs: Outputs,
    private readonly settings: Settings,
  ) {
    for (let i = 0; i < CHANNELS; i++) {
      this.channels.push(new Channel())
      this.gates.push(new GateOutput(OUT_SYNC + i, line, transport))
      this.isOpen.push(false)
    }
  }

  // Keys

  toggle(index: number): void {
    this.channels[index].toggle()
    this.applyIfIdle()
  }

  /** Pauses a running channel, resumes a paused one, steps a stopped one. */
  pauseOrStep(index: number): void {
    const channel = this.channels[index]
    if (channel.state !== CHANNEL_STOPPED) {
      channel.pause()
      this.applyIfIdle()
      return
    }
    this.gates[index].step(1)
    channel.pulsesOff = (channel.pulsesOff + 1) % this.pulsesPerPart(index)
  }

  /** Sends a stopped channel the pulses that bring its instrument back in step with the others. */
  realign(index: number): void {
    const channel = this.channels[index]
    if (channel.state !== CHANNEL_STOPPED || channel.pulsesOff === 0) return
    this.gates[index].step(this.pulsesPerPart(index) - channel.pulsesOff)
    channel.pulsesOff = 0
  }

  startAll(): void {
    for (let i = 0; i < CHANNELS; i++) this.channels[i].start()
    this.applyIfIdle()
  }

  stopAll(): void {
    for (let i = 0; i < CHANNELS; i++) this.channels[i].stop()
    this.applyIfIdle()
  }

  /** Asks for a tempo, BPM, from the next boundary on. False: an external clock sets the tempo. */
  askTempo(tempo: number): boolean {
    if (this.sources.active !== SOURCE_INTERNAL) {
      this.refusals++
      return false
    }
    this.targetTempo = this.sources.clampTempo(tempo)
    if (this.transport.state !== RUNNING) this.takeUpTempo(this.line.tickAt(this.line.floor))
    return true
  }

  /** Parts a pause lasts, from the next boundary on: 1..99. */
  askWait(wait: number): void {
    this.nextWait = wait < 1 ? 1 : wait > 99 ? 99 : wait
    if (this.transport.state !== RUNNING) this.wait = this.nextWait
  }

  /** Steps in a part, from the next boundary on: 1..64. */
  askSteps(steps: number): void {
    this.nextSteps = steps < 1 ? 1 : steps > 64 ? 64 : steps
    if (this.transport.state !== RUNNING) this.steps = this.nextSteps
  }

  // Transport

  /** The transport starts, restarts or goes on at its start tick. */
  start(): void {
    const transport = this.transport
    this.boundary = transport.startTick
    this.isWithinPart = transport.position > 0
    for (let i = 0; i < CHANNELS; i++) {
      // Another song: the old one's pulses end, the new one's are numbered anew.
      this.gates[i].until = transport.startTick
      this.isOpen[i] = false
    }
    if (!this.line.isKnown() || this.line.timeOf(this.boundary) <= this.line.floor) this.decide()
    else this.retime()
  }

  stop(): void {
    this.boundary = Infinity
    this.deadline = Infinity
    for (let i = 0; i < CHANNELS; i++) {
      this.channels[i].apply()
      this.gates[i].runFrom(Infinity)
      this.isOpen[i] = false
    }
    this.steps = this.nextSteps
    this.wait = this.nextWait
    if (this.targetTempo > 0) this.takeUpTempo(this.line.tickAt(this.line.floor))
  }

  emit(): void {}

  retime(): void {
    this.deadline = Infinity
    if (this.boundary !== Infinity && this.line.isKnown()) {
      this.deadline = this.line.timeOf(this.boundary) - LEAD_MICROS + this.outputs.leastLatency
    }
  }

  /** The boundary's deadline has come: what happens there is settled, for all channels alike. */
  decide(): void {
    const tick = this.boundary
    if (this.isWithinPart) this.enterPart(tick)
    else {
      if (this.targetTempo > 0) this.takeUpTempo(tick)
      this.steps = this.nextSteps
      this.wait = this.nextWait
      this.partStart = tick
      for (let i = 0; i < CHANNELS; i++) {
        // An instrument that is still being stepped is not where the others begin: it waits for the next part.
        const isStepped = this.channels[i].state === CHANNEL_STOPPED && this.gates[i].isSteppingAt(tick)
        if (!isStepped) this.channels[i].boundary(this.wait)
      }
    }
    this.isWithinPart = false
    this.boundary = this.partStart + this.steps * TICKS_PER_STEP
    for (let i = 0; i < CHANNELS; i++) this.open(i, tick)
    this.retime()
  }

  /** The song goes on in the midst of a part: the last boundary before it was as many steps back as the position says. */
  private enterPart(tick: Ticks): void {
    const length = this.steps * TICKS_PER_STEP
    this.partStart = tick - (this.transport.position % length)
  }

  /** A running channel's train goes on to the next boundary, any other's ends at this one. */
  private open(index: number, tick: Ticks): void {
    const gate = this.gates[index]
    const wasOpen = this.isOpen[index]
    const isOpen = this.channels[index].state === CHANNEL_RUNNING
    this.isOpen[index] = isOpen
    if (isOpen) gate.until = this.boundary
    if (isOpen === wasOpen && isOpen) gate.retime()
    else if (isOpen) gate.runFrom(tick)
    else if (!wasOpen) gate.runFrom(Infinity)
  }

  private takeUpTempo(tick: Ticks): void {
    this.settings.tempo = this.targetTempo
    this.sources.setTempoAt(tick, this.targetTempo)
    this.targetTempo = 0
    this.outputs.retime()
  }

  /** With no boundary ahead, nothing is waited for. */
  private applyIfIdle(): void {
    if (this.transport.state === RUNNING) return
    for (let i = 0; i < CHANNELS; i++) if (this.channels[i].pending !== PENDING_NOTHING) this.channels[i].apply()
  }

  /** Pulses that take an instrument once around its part. */
  private pulsesPerPart(index: number): number {
    const pulses = Math.round((this.steps * TICKS_PER_STEP) / this.gates[index].ticksPerPulse)
    return pulses > 1 ? pulses : 1
  }
}

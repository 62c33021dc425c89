/**
 * Four channels over one position. The song is cut into parts (16 steps unless set otherwise); at each boundary the pending
 * actions of all channels, a new tempo, a new part length and a new wait are taken up together, on step 1.
 *
 * A boundary is decided once, for all: at the last moment before the first output has to know, which is the commit lead (and the
 * most negative latency) ahead of it. What is pressed later belongs to the next boundary.
 *
 * While the transport is stopped, what is pending waits for the next boundary too: after Start that is beat 1, after Continue the
 * end of the part that was broken off. Only a stop acts at once there, for no pulse will come. What was broken off and not
 * continued leaves instruments in the midst of their pattern; that is counted in `pulsesOff`, and can be realigned.
 */
import { LEAD_MICROS } from "../backend"
import { OUT_SYNC } from "../event"
import type { Decider, Outputs } from "../output/outputs"
import { GateOutput } from "../output/gate"
import type { Settings } from "../settings"
import type { ClockSources } from "../source/clock-sources"
import { SOURCE_INTERNAL } from "../source/clock-sources"
import type { Micros, Ticks } from "../time"
import { TICKS_PER_SIXTEENTH } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import { MIDI_CONTINUE, RUNNING } from "../transport"
import { CHANNEL_RUNNING, CHANNEL_STOPPED, Channel, PENDING_STOP } from "./channel"

export const CHANNELS = 4
/** A Volca's step is a sixteenth. */
export const TICKS_PER_STEP = TICKS_PER_SIXTEENTH
/** Less than any two pulses are apart, in ticks. */
const JUST = 1e-6

/** The bank itself sends nothing; its gates do. */
export class SyncBank implements Decider {
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
  /** Pulses each running instrument had had of the part at the last start or stop. */
  private readonly played: number[] = []
  /** Where each channel begins after a start. */
  private readonly startTicks: Ticks[] = []
  /** Where in the song the part began (negative: no part has), and on what tick that song. */
  private partPosition: Ticks = -1
  private songBase: Ticks = 0
  /** Where in the part the channels were last opened. */
  private openTick: Ticks = 0
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
      this.played.push(0)
      this.startTicks.push(0)
    }
  }

  // Keys

  toggle(index: number): void {
    this.channels[index].toggle()
    this.stopIfIdle(index)
  }

  /** Pauses a running channel, resumes a paused one, steps a stopped one. */
  pauseOrStep(index: number): void {
    const channel = this.channels[index]
    if (channel.state !== CHANNEL_STOPPED) {
      channel.pause()
      return
    }
    this.gates[index].step(1)
    this.putOff(index, 1)
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
  }

  stopAll(): void {
    for (let i = 0; i < CHANNELS; i++) {
      this.channels[i].stop()
      this.stopIfIdle(i)
    }
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
    this.settings.wait = this.nextWait
    this.settings.changes++
    if (this.partPosition < 0) this.wait = this.nextWait
  }

  /** Steps in a part, from the next boundary on: 1..64. */
  askSteps(steps: number): void {
    this.nextSteps = steps < 1 ? 1 : steps > 64 ? 64 : steps
    this.settings.part.steps = this.nextSteps
    this.settings.changes++
    if (this.partPosition < 0) this.steps = this.nextSteps
  }

  // Transport

  /** The transport starts, restarts or goes on at its start tick. */
  start(): void {
    const transport = this.transport
    const tick = transport.startTick
    for (let i = 0; i < CHANNELS; i++) this.breakOff(i, tick)
    this.findPlace()
    this.boundary = tick
    for (let i = 0; i < CHANNELS; i++) {
      const gate = this.gates[i]
      gate.until = tick
      this.startTicks[i] = gate.startTick()
      const due = this.isWithinPart ? gate.pulsesBetween(this.partStart, this.startTicks[i], transport.songBase) : 0
      if (this.channels[i].state !== CHANNEL_RUNNING) continue
      this.putOff(i, this.played[i] - due)
      this.played[i] = due
    }
    if (this.isInSight() && this.line.timeOf(this.boundary) <= this.line.floor) this.decide()
    else this.retime()
  }

  stop(): void {
    this.boundary = Infinity
    this.deadline = Infinity
    for (let i = 0; i < CHANNELS; i++) {
      const last = this.gates[i].lastTick
      if (last >= this.openTick) this.breakOff(i, last + JUST)
      this.isOpen[i] = false
      this.gates[i].runFrom(Infinity)
    }
    if (this.targetTempo > 0) this.takeUpTempo(this.line.tickAt(this.line.floor))
  }

  retime(): void {
    if (!this.isInSight()) {
      this.deadline = Infinity
      return
    }
    const time = this.line.timeOf(this.boundary)
    this.deadline = time - LEAD_MICROS + this.outputs.leastLatency
    // The pulse of an answered clock came early: what leaves with it is decided with it.
    if (this.sources.answersPulses() && time <= this.line.floor) this.decide()
  }

  /** Is it known when the boundary will be? Not before the clock's next pulse, where that must be waited for. */
  private isInSight(): boolean {
    if (this.boundary === Infinity) return false
    return this.boundary < this.line.limit || (this.sources.answersPulses() && this.line.isKnown())
  }

  /** The boundary's deadline has come: what happens there is settled, for all channels alike. */
  decide(): void {
    const tick = this.boundary
    if (!this.isWithinPart) {
      if (this.targetTempo > 0) this.takeUpTempo(tick)
      this.takeUpSteps()
      this.wait = this.nextWait
      this.partStart = tick
      for (let i = 0; i < CHANNELS; i++) {
        this.played[i] = 0
        // An instrument that is still being stepped is not where the others begin: it waits for the next part.
        const isStepped = this.channels[i].state === CHANNEL_STOPPED && this.gates[i].isSteppingAt(tick)
        if (!isStepped) this.channels[i].boundary(this.wait)
      }
    }
    this.isWithinPart = false
    this.openTick = tick
    this.songBase = this.transport.songBase
    this.partPosition = this.partStart - this.songBase
    this.boundary = this.partStart + this.steps * TICKS_PER_STEP
    for (let i = 0; i < CHANNELS; i++) this.open(i, tick)
    this.retime()
  }

  /** Where a start stands among the parts: on a boundary, in the part that was broken off, or elsewhere in the song. */
  private findPlace(): void {
    const transport = this.transport
    let into = transport.position - this.partPosition
    const length = this.steps * TICKS_PER_STEP
    const isContinued = transport.kind === MIDI_CONTINUE && this.partPosition >= 0
    if (isContinued && into >= -transport.skips && into <= length) this.isWithinPart = into < length
    else {
      this.takeUpSteps()
      this.partPosition = -1
      into = transport.position % (this.steps * TICKS_PER_STEP)
      this.isWithinPart = into > 0
    }
    this.partStart = transport.startTick - into
  }

  private takeUpSteps(): void {
    this.steps = this.nextSteps
    for (let i = 0; i < CHANNELS; i++) if (this.channels[i].pulsesOff !== 0) this.putOff(i, 0)
  }

  /** A channel's part ends before its time: no pulse on `tick` or later. */
  private breakOff(index: number, tick: Ticks): void {
    if (this.isOpen[index]) this.played[index] = this.gates[index].pulsesBetween(this.partStart, tick, this.songBase)
    this.isOpen[index] = false
  }

  private putOff(index: number, pulses: number): void {
    const channel = this.channels[index]
    if (pulses === 0 && channel.pulsesOff === 0) return
    const around = this.pulsesPerPart(index)
    const off = (channel.pulsesOff + pulses) % around
    channel.pulsesOff = off < 0 ? off + around : off
  }

  /** A running channel's train goes on to the next boundary, any other's ends at this one. */
  private open(index: number, tick: Ticks): void {
    const gate = this.gates[index]
    const wasOpen = this.isOpen[index]
    const isOpen = this.channels[index].state === CHANNEL_RUNNING
    this.isOpen[index] = isOpen
    if (isOpen) gate.until = this.boundary
    if (isOpen === wasOpen && isOpen) gate.retime()
    else if (isOpen) gate.runFrom(tick > this.startTicks[index] ? tick : this.startTicks[index])
    else if (!wasOpen) gate.runFrom(Infinity)
  }

  private takeUpTempo(tick: Ticks): void {
    this.settings.tempo = this.targetTempo
    this.settings.changes++
    this.sources.setTempoAt(tick, this.targetTempo)
    this.targetTempo = 0
    this.outputs.retime()
  }

  /** While the transport is stopped a channel stops at once, where it is. */
  private stopIfIdle(index: number): void {
    const channel = this.channels[index]
    if (this.transport.state === RUNNING || channel.pending !== PENDING_STOP) return
    channel.apply()
    this.putOff(index, this.played[index])
    this.played[index] = 0
  }

  /** Pulses that take an instrument once around its part. */
  private pulsesPerPart(index: number): number {
    const pulses = Math.round((this.steps * TICKS_PER_STEP) / this.gates[index].ticksPerPulse)
    return pulses > 1 ? pulses : 1
  }
}

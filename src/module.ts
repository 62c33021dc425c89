/**
 * The module: every part wired to every other, as one processor. Inputs re-anchor the timeline and move the transport; outputs
 * are cursors over it. `render` does what was due in the order of time: deadlines inside (a button has settled, a clock is
 * lost) are acted on at their very moment, so it makes no difference how often anyone asks.
 */
import { LEAD_MICROS } from "./backend"
import { Debounce } from "./debounce"
import type { EventWord } from "./event"
import {
  IN_BUTTON_PLAY,
  IN_BUTTON_TAP,
  IN_CV,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_RESET,
  IN_RUN,
  OUT_CLOCK,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUT_RESET,
  OUT_RUN,
  byteOf,
  lengthOf,
  portOf,
  valueOf,
} from "./event"
import { DinWire } from "./midi/din-wire"
import { Merge } from "./midi/merge"
import { MESSAGE, MidiParser, REAL_TIME, SYSEX } from "./midi/parser"
import { WordQueue } from "./midi/word-queue"
import { GateOutput } from "./output/gate"
import { ResetOutput, RunOutput } from "./output/level"
import { MidiClockOutput } from "./output/midi-clock"
import type { Output } from "./output/output"
import { START_LEAD_MICROS } from "./output/output"
import type { EventSink, Processor } from "./processor"
import type { Settings } from "./settings"
import { changeSettings, standardSettings } from "./settings"
import { ClockSources, SOURCE_AUTO, SOURCE_CV, SOURCE_DIN, SOURCE_INTERNAL, SOURCE_USB } from "./source/clock-sources"
import { EdgeFilter } from "./source/edge-filter"
import { TapTempo } from "./source/tap"
import type { Micros, Ticks } from "./time"
import { DIN_BYTE_MICROS, TICKS_PER_BEAT, TICKS_PER_SIXTEENTH, TICK_MICROS_AT_1_BPM } from "./time"
import { Timeline } from "./timeline"
import { ARMED, MIDI_CLOCK, MIDI_CONTINUE, MIDI_SONG_POSITION, MIDI_START, MIDI_STOP, RUNNING, STOPPED, Transport } from "./transport"

/** With `follow` clocks are committed only this far ahead, so that an early pulse finds little to overtake. */
const FOLLOW_LEAD_MICROS = 2000
/** A reset this long after a pulse still means that pulse. */
const RESET_GRACE_MICROS = 2000
/** Pulses at least this fine (a sixteenth) start a song at once: no note falls between two of them. */
const FINE_TICKS = TICKS_PER_SIXTEENTH
/** With `follow`, waiting bytes leave the wire free from this long before to this long after the expected pulse. */
const GUARD_BEFORE_MICROS = 400
const GUARD_AFTER_MICROS = 5000
/** Tempos the internal clock can be tapped to. */
const SLOWEST_BPM = 20
const FASTEST_BPM = 999.99

export class Module implements Processor {
  readonly settings: Settings = standardSettings()
  readonly line = new Timeline()
  readonly transport = new Transport()
  readonly sources = new ClockSources(this.line, this.transport)
  readonly cvFilter = new EdgeFilter()
  readonly dinParser = new MidiParser()
  readonly usbParser = new MidiParser()
  readonly wire = new DinWire()
  readonly usbQueue = new WordQueue(OUT_MIDI_USB)
  /** Pulses of the ruling source that counted. */
  pulses = 0

  private readonly din = new MidiClockOutput(OUT_MIDI_DIN, this.line, this.transport, this.wire)
  private readonly usb = new MidiClockOutput(OUT_MIDI_USB, this.line, this.transport, this.wire)
  private readonly clock = new GateOutput(OUT_CLOCK, this.line, this.transport)
  private readonly run = new RunOutput(OUT_RUN, this.line, this.transport)
  private readonly reset = new ResetOutput(OUT_RESET, this.line, this.transport)
  private readonly outputs: Output[] = [this.run, this.reset, this.din, this.usb, this.clock]
  private readonly merge = new Merge(this.wire, this.usbQueue)
  private readonly resetFilter = new EdgeFilter()
  private readonly playButton = new Debounce()
  private readonly tapButton = new Debounce()
  private readonly tap = new TapTempo()
  private deadline: Micros = Infinity
  private lead: Micros = LEAD_MICROS
  private nextTick: Ticks = 0
  private leastLatency: Micros = 0
  /** Ticks sent beyond what the MIDI master had counted when it stopped. */
  private ahead: Ticks = 0

  /** `change` is a nested object of settings; throws with the reasons where one is refused. */
  constructor(change: unknown = {}) {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) throw new RangeError(problems.join("; "))
    this.line.floor = LEAD_MICROS
    this.configure(0)
    if (this.settings.transport.start === "auto") this.transport.arm(MIDI_START, false)
    this.line.floor = LEAD_MICROS
    this.decide(false)
  }

  /** Changes settings at `time`, all or none. Returns what is wrong; empty if taken. Render to `time + LEAD_MICROS` first. */
  change(time: Micros, change: unknown): string[] {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) return problems
    this.line.floor = time + this.lead
    this.configure(time)
    this.decide(false)
    return problems
  }

  input(time: Micros, event: EventWord): void {
    const port = portOf(event)
    this.line.floor = time + this.lead
    if (port === IN_CV) this.cvEdge(time, valueOf(event))
    else if (port === IN_MIDI_DIN) this.midiBytes(SOURCE_DIN, this.dinParser, time, event)
    else if (port === IN_MIDI_USB) this.midiBytes(SOURCE_USB, this.usbParser, time, event)
    else if (port === IN_RESET) this.resetFilter.input(time, valueOf(event))
    else if (port === IN_RUN) this.runGate(valueOf(event))
    else if (port === IN_BUTTON_PLAY) this.playButton.input(time, valueOf(event))
    else if (port === IN_BUTTON_TAP) this.tapButton.input(time, valueOf(event))
    this.findDeadline()
  }

  render(until: Micros, out: EventSink): void {
    const now = until - LEAD_MICROS
    while (this.deadline <= now) {
      const moment = this.deadline
      this.commit(moment, out)
      this.line.floor = moment + this.lead
      this.settle(moment)
      this.findDeadline()
    }
    this.commit(now, out)
  }

  private commit(now: Micros, out: EventSink): void {
    const horizon = now + this.lead
    const outputs = this.outputs
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i]
      while (output.due < horizon) output.emit(out)
    }
    if (this.wire.hasWaiting()) this.wire.place(this.sources.answersPulses() ? now + DIN_BYTE_MICROS : horizon, out)
    if (this.usbQueue.hasWaiting()) this.usbQueue.place(horizon, out)
  }

  /** What was waiting for this very moment. */
  private settle(moment: Micros): void {
    if (this.cvFilter.deadline <= moment) {
      const rose = this.cvFilter.settle()
      if (rose >= 0) this.pulse(SOURCE_CV, rose)
    }
    if (this.resetFilter.deadline <= moment) {
      const rose = this.resetFilter.settle()
      if (rose >= 0) this.resetSong(rose)
    }
    if (this.playButton.deadline <= moment && this.playButton.settle()) this.pressPlay()
    if (this.tapButton.deadline <= moment && this.tapButton.settle()) this.pressTap(this.tapButton.changedAt)
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (this.sources.pulseSources[i].deadline <= moment) this.lose(i)
  }

  private findDeadline(): void {
    let first = this.cvFilter.deadline
    if (this.resetFilter.deadline < first) first = this.resetFilter.deadline
    if (this.playButton.deadline < first) first = this.playButton.deadline
    if (this.tapButton.deadline < first) first = this.tapButton.deadline
    const sources = this.sources.pulseSources
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (sources[i].deadline < first) first = sources[i].deadline
    this.deadline = first
  }

  private retime(): void {
    const outputs = this.outputs
    for (let i = 0; i < outputs.length; i++) outputs[i].retime()
  }

  /** What went wrong, and how often. A snapshot, for reports; not for the hot path. */
  counters(): Record<string, number> {
    const sources = this.sources.pulseSources
    return {
      glitches: this.cvFilter.glitches,
      spuriousPulses: sources[SOURCE_CV].spurious + sources[SOURCE_USB].spurious + sources[SOURCE_DIN].spurious,
      missingPulses: sources[SOURCE_CV].missing + sources[SOURCE_USB].missing + sources[SOURCE_DIN].missing,
      sysexTooLong: this.dinParser.tooLong + this.usbParser.tooLong,
      midiBroken: this.dinParser.broken + this.usbParser.broken,
      bytesDropped: this.wire.dropped + this.usbQueue.dropped,
    }
  }

  // Pulses

  private cvEdge(time: Micros, level: number): void {
    if (this.sources.isFollowing) {
      if (this.cvFilter.inputAtOnce(time, level)) {
        this.line.floor = time
        this.pulse(SOURCE_CV, time)
      }
    } else if (this.cvFilter.input(time, level)) this.pulse(SOURCE_CV, time)
  }

  private pulse(source: number, time: Micros): void {
    if (!this.sources.pulse(source, time)) return
    this.pulses++
    this.guardWire(time)
    this.freeRun()
    this.retime()
    this.decide(true)
  }

  private lose(source: number): void {
    const ruler = this.sources.pulseSources[source]
    const awaited = ruler.tick() + ruler.ticksPerPulse
    if (!this.sources.lose(source, this.firstFreeTick())) return
    this.wire.guardFrom = Infinity
    if (!this.sources.runsOn() && this.transport.state === RUNNING) {
      this.stop(awaited)
      this.transport.arm(MIDI_CONTINUE, true)
    }
    this.retime()
  }

  /** With `follow`, keeps the wire free around the next pulse. */
  private guardWire(time: Micros): void {
    const ruler = this.sources.ruler()
    if (!this.sources.answersPulses() || ruler === null || ruler.period() === 0) this.wire.guardFrom = Infinity
    else {
      this.wire.guardFrom = time + ruler.period() - GUARD_BEFORE_MICROS
      this.wire.guardUntil = time + ruler.period() + GUARD_AFTER_MICROS
    }
  }

  /** The first tick that no MIDI output has sent yet. */
  private firstFreeTick(): Ticks {
    if (this.din.next !== Infinity && this.din.next > this.nextTick) this.nextTick = this.din.next
    if (this.usb.next !== Infinity && this.usb.next > this.nextTick) this.nextTick = this.usb.next
    return this.nextTick
  }

  /** A clock that goes on while stopped begins as soon as there is one. */
  private freeRun(): void {
    if (!this.settings.clock.whileStopped || this.din.next !== Infinity) return
    const ruler = this.sources.ruler()
    if (ruler !== null && ruler.period() === 0 && ruler.ticksPerPulse > FINE_TICKS) return
    let tick = ruler !== null && ruler.period() === 0 ? ruler.tick() : this.line.tickAt(this.line.floor)
    if (tick < this.firstFreeTick()) tick = this.nextTick
    tick = Math.ceil(tick)
    this.din.runFrom(tick)
    this.usb.runFrom(tick)
    this.clock.runFrom(tick)
  }

  // Transport

  /** Starts an armed transport on the first pulse it can start on. `isPulse`: a pulse has just come. */
  private decide(isPulse: boolean): void {
    const transport = this.transport
    if (transport.state !== ARMED) return
    const line = this.line
    const ruler = this.sources.ruler()
    const messages = transport.locates ? 2 : 1
    const earliest = line.floor + messages * START_LEAD_MICROS - this.leastLatency
    if (ruler === null) this.begin(Math.ceil(line.tickAt(earliest)), false)
    else if (!ruler.hasPulse()) return
    else if (this.sources.answersPulses() || ruler.period() === 0) {
      if (isPulse && (ruler.ticksPerPulse <= FINE_TICKS || ruler.period() > 0)) this.begin(Math.ceil(ruler.tick()), false)
    } else this.begin(this.pulseFrom(ruler.tick(), ruler.ticksPerPulse, earliest), false)
  }

  /** The first pulse at or after `tick` that does not come before `earliest`. */
  private pulseFrom(tick: Ticks, ticksPerPulse: Ticks, earliest: Micros): Ticks {
    const pulses = Math.ceil((this.line.tickAt(earliest) - tick) / ticksPerPulse)
    return Math.ceil(pulses > 0 ? tick + pulses * ticksPerPulse : tick)
  }

  private begin(tick: Ticks, atOnce: boolean): void {
    this.transport.begin(tick, this.line.floor, atOnce)
    this.startOutputs()
  }

  private startOutputs(): void {
    const outputs = this.outputs
    for (let i = 0; i < outputs.length; i++) outputs[i].start()
  }

  private stop(nextTick: Ticks): void {
    this.ahead = 0
    this.firstFreeTick()
    this.transport.stop(nextTick)
    const outputs = this.outputs
    for (let i = 0; i < outputs.length; i++) outputs[i].stop()
  }

  /** The play button, as the seed has it: off, armed, running. */
  private pressPlay(): void {
    if (this.transport.state === STOPPED) {
      this.transport.arm(MIDI_START, false)
      this.decide(false)
    } else this.stop(this.firstFreeTick())
  }

  private runGate(level: number): void {
    if (level === 0) {
      if (this.transport.state !== STOPPED) this.stop(this.firstFreeTick())
    } else if (this.transport.state === STOPPED) {
      this.transport.arm(this.transport.position > 0 ? MIDI_CONTINUE : MIDI_START, false)
      this.decide(false)
    }
  }

  private pressTap(time: Micros): void {
    const beat = this.tap.tap(time)
    if (beat === 0 || this.sources.active !== SOURCE_INTERNAL) return
    const line = this.line
    const song = this.transport.songBase
    let tempo = Math.round(6e9 / beat) / 100
    if (tempo < SLOWEST_BPM) tempo = SLOWEST_BPM
    if (tempo > FASTEST_BPM) tempo = FASTEST_BPM
    this.settings.tempo = tempo
    const nearest = song + Math.round((line.tickAt(time) - song) / TICKS_PER_BEAT) * TICKS_PER_BEAT
    line.anchor(time, nearest, TICK_MICROS_AT_1_BPM / tempo)
    this.retime()
  }

  /**
   * The song begins anew with the next pulse, or with the one just heard. Where that pulse is already committed, the outputs are
   * told in time for the next sixteenth (Stop, Song Position, Continue): the bar is right, whichever of reset and pulse came first.
   */
  private resetSong(time: Micros): void {
    const transport = this.transport
    if (transport.state !== RUNNING) {
      if (transport.state === ARMED) transport.arm(MIDI_START, false)
      transport.position = 0
      this.din.sendPosition(0)
      this.usb.sendPosition(0)
      this.reset.pulse()
      return
    }
    const line = this.line
    const ruler = this.sources.ruler()
    const earliest = line.floor + START_LEAD_MICROS - this.leastLatency
    let first: Ticks
    if (ruler === null) first = Math.ceil(line.tickAt(earliest))
    else if (time - ruler.lastPulse <= RESET_GRACE_MICROS) first = Math.ceil(ruler.tick())
    else first = Math.ceil(ruler.tick() + ruler.ticksPerPulse)
    const isPredicted = !this.sources.answersPulses() || first <= (ruler === null ? first : ruler.tick())
    if (!isPredicted || line.timeOf(first) >= earliest) transport.restart(first, line.floor)
    else {
      const sixteenths = Math.ceil((line.tickAt(earliest + 2 * START_LEAD_MICROS) - first) / TICKS_PER_SIXTEENTH)
      const position = (sixteenths > 1 ? sixteenths : 1) * TICKS_PER_SIXTEENTH
      transport.relocate(first + position, position, line.floor)
    }
    this.startOutputs()
  }

  // MIDI in

  private midiBytes(source: number, parser: MidiParser, time: Micros, event: EventWord): void {
    const length = lengthOf(event)
    for (let i = 0; i < length; i++) {
      const done = parser.parse(byteOf(event, i))
      if (done === REAL_TIME) this.realTime(source, parser.status, time)
      else if (done === MESSAGE) {
        if (parser.status === MIDI_SONG_POSITION) this.songPosition(source, parser.data1 + parser.data2 * 128)
        else this.merge.message(source === SOURCE_USB, time, parser)
      } else if (done === SYSEX) this.merge.sysex(source === SOURCE_USB, time, parser)
    }
  }

  private realTime(source: number, status: number, time: Micros): void {
    const stamp = source === SOURCE_DIN ? time - DIN_BYTE_MICROS : time
    if (status === MIDI_CLOCK) this.pulse(source, stamp)
    else if (!this.sources.rules(source)) return
    else if (status === MIDI_STOP) {
      if (this.transport.state !== STOPPED) this.stopAsHeard(source)
    } else if (status === MIDI_START || status === MIDI_CONTINUE) {
      const tick = this.firstFreeTick() - (status === MIDI_CONTINUE ? this.ahead : 0)
      this.ahead = 0
      this.sources.restart(source, tick)
      this.transport.arm(status, false)
      this.begin(tick, true)
      this.retime()
    }
  }

  /** MIDI Stop. Clocks sent ahead of it count as the first ones after a Continue: the gear's position stays the master's. */
  private stopAsHeard(source: number): void {
    const ruler = this.sources.pulseSources[source]
    const free = this.firstFreeTick()
    const heard = ruler.hasPulse() ? ruler.tick() + 1 : free
    this.stop(heard)
    this.ahead = free > heard ? free - heard : 0
  }

  private songPosition(source: number, sixteenths: number): void {
    if (!this.sources.rules(source) || this.transport.state === RUNNING) return
    this.transport.position = sixteenths * TICKS_PER_SIXTEENTH
    this.din.sendPosition(sixteenths)
    this.usb.sendPosition(sixteenths)
  }

  // Settings

  private configure(time: Micros): void {
    const settings = this.settings
    const sources = this.sources
    const selected = sourceNumber(settings.source)
    sources.isFlywheel = settings.lost.action === "flywheel"
    sources.isFollowing = settings.cv.policy === "follow" && (selected === SOURCE_CV || selected === SOURCE_AUTO)
    this.lead = sources.isFollowing ? FOLLOW_LEAD_MICROS : LEAD_MICROS
    this.cvFilter.glitchMicros = this.resetFilter.glitchMicros = settings.cv.glitchMicros
    for (let i = 0; i < SOURCE_INTERNAL; i++) {
      const source = sources.pulseSources[i]
      const ppqn = i === SOURCE_CV ? settings.cv.ppqn : TICKS_PER_BEAT
      source.afterPeriods = settings.lost.afterPeriods
      if (source.ticksPerPulse !== TICKS_PER_BEAT / ppqn) source.configure(ppqn)
    }
    const latency = settings.latencyMicros
    this.leastLatency = Math.min(0, latency["midi-din"], latency["midi-usb"], latency.clock, latency.run, latency.reset)
    this.configureOutputs(settings)
    if (selected !== sources.selected || time === 0) sources.select(selected, settings.tempo, this.firstFreeTick(), this.line.floor)
    else if (selected === SOURCE_INTERNAL) sources.setTempo(settings.tempo)
    if (settings.clock.whileStopped) this.freeRun()
    this.retime()
  }

  private configureOutputs(settings: Settings): void {
    this.configureMidi(this.din, settings.latencyMicros["midi-din"])
    this.configureMidi(this.usb, settings.latencyMicros["midi-usb"])
    this.clock.latencyMicros = settings.latencyMicros.clock
    this.clock.widthMicros = settings.clock.widthMicros
    this.clock.swing = settings.clock.swing
    this.clock.whileStopped = settings.clock.whileStopped
    this.clock.configure(settings.clock.ppqn)
    this.run.latencyMicros = settings.latencyMicros.run
    this.reset.latencyMicros = settings.latencyMicros.reset
    this.reset.widthMicros = settings.reset.widthMicros
    this.merge.dinToDin = settings.merge.dinToDin
    this.merge.dinToUsb = settings.merge.dinToUsb
    this.merge.usbToDin = settings.merge.usbToDin
    this.merge.usbToUsb = settings.merge.usbToUsb
  }

  private configureMidi(output: MidiClockOutput, latency: Micros): void {
    output.latencyMicros = latency
    output.catchUpMicros = this.settings.cv.catchUpMicros
    output.whileStopped = this.settings.clock.whileStopped
    if (!output.whileStopped && this.transport.state !== RUNNING) output.runFrom(Infinity)
  }
}

function sourceNumber(name: string): number {
  if (name === "cv") return SOURCE_CV
  if (name === "midi-usb") return SOURCE_USB
  if (name === "midi-din") return SOURCE_DIN
  return name === "internal" ? SOURCE_INTERNAL : SOURCE_AUTO
}

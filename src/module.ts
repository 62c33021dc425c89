/**
 * The module: every part wired to every other, as one processor. Inputs re-anchor the timeline and move the transport; outputs
 * are cursors over it. `render` does what was due in the order of time: deadlines inside (a button has settled, a clock is
 * lost) are acted on at their very moment, so it makes no difference how often anyone asks.
 */
import { LEAD_MICROS } from "./backend"
import { Conductor } from "./conductor"
import { Debounce } from "./debounce"
import type { EventWord } from "./event"
import { IN_BUTTON_PLAY, IN_BUTTON_TAP, IN_CV, IN_MIDI_DIN, IN_MIDI_USB, IN_RESET, IN_RUN, OUT_MIDI_USB, portOf, valueOf } from "./event"
import { DinWire } from "./midi/din-wire"
import { Merge } from "./midi/merge"
import { MidiInput } from "./midi/midi-input"
import { WordQueue } from "./midi/word-queue"
import { Outputs } from "./output/outputs"
import type { EventSink, Processor } from "./processor"
import type { Settings } from "./settings"
import { changeSettings, standardSettings } from "./settings"
import { ClockSources, SOURCE_CV, SOURCE_DIN, SOURCE_INTERNAL, SOURCE_USB, sourceNumber } from "./source/clock-sources"
import { EdgeFilter } from "./source/edge-filter"
import { TapTempo } from "./source/tap"
import type { Micros } from "./time"
import { DIN_BYTE_MICROS, TICKS_PER_BEAT } from "./time"
import { Timeline } from "./timeline"
import { MIDI_START, Transport } from "./transport"

/** With `follow` clocks are committed only this far ahead, so that an early pulse finds little to overtake. */
const FOLLOW_LEAD_MICROS = 2000

export class Module implements Processor {
  readonly settings: Settings = standardSettings()
  readonly line = new Timeline()
  readonly transport = new Transport()
  readonly sources = new ClockSources(this.line, this.transport)
  readonly wire = new DinWire()
  readonly usbQueue = new WordQueue(OUT_MIDI_USB)
  readonly outputs = new Outputs(this.line, this.transport, this.wire)
  readonly conductor = new Conductor(this.line, this.transport, this.sources, this.outputs)
  readonly cvFilter = new EdgeFilter()
  /** Pulses that counted or corrected the ruling clock. */
  pulses = 0

  private readonly merge = new Merge(this.wire, this.usbQueue)
  readonly din = new MidiInput(SOURCE_DIN, this.sources, this.conductor, this.merge)
  readonly usb = new MidiInput(SOURCE_USB, this.sources, this.conductor, this.merge)
  private readonly resetFilter = new EdgeFilter()
  private readonly playButton = new Debounce()
  private readonly tapButton = new Debounce()
  private readonly tap = new TapTempo()
  private deadline: Micros = Infinity
  private lead: Micros = LEAD_MICROS

  /** `change` is a nested object of settings; throws with the reasons where one is refused. */
  constructor(change: unknown = {}) {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) throw new RangeError(problems.join("; "))
    this.line.floor = LEAD_MICROS
    this.configure(true)
    if (this.settings.transport.start === "auto") this.transport.arm(MIDI_START, false)
    this.conductor.decide(false)
  }

  /** Changes settings at `time`, all or none. Returns what is wrong; empty if taken. Render to `time + LEAD_MICROS` first. */
  change(time: Micros, change: unknown): string[] {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) return problems
    this.line.floor = time + this.lead
    this.configure(false)
    this.conductor.decide(false)
    this.findDeadline()
    return problems
  }

  input(time: Micros, event: EventWord): void {
    const port = portOf(event)
    this.line.floor = time + this.lead
    if (port === IN_CV) this.cvEdge(time, valueOf(event))
    else if (port === IN_MIDI_DIN) this.din.input(time, event)
    else if (port === IN_MIDI_USB) this.usb.input(time, event)
    else if (port === IN_RESET) {
      if (this.resetFilter.input(time, valueOf(event))) this.conductor.resetSong(time)
    } else if (port === IN_RUN) this.conductor.runGate(valueOf(event))
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
    this.outputs.commit(horizon, out)
    if (this.wire.hasWaiting()) {
      this.sources.guard(this.wire)
      this.wire.place(this.sources.answersPulses() ? now + DIN_BYTE_MICROS : horizon, out)
    }
    if (this.usbQueue.hasWaiting()) this.usbQueue.place(horizon, out)
  }

  /** What was waiting for this very moment. */
  private settle(moment: Micros): void {
    if (this.cvFilter.deadline <= moment) {
      const rose = this.cvFilter.settle()
      if (rose >= 0) this.cvPulse(rose)
    }
    if (this.resetFilter.deadline <= moment) {
      const rose = this.resetFilter.settle()
      if (rose >= 0) this.conductor.resetSong(rose)
    }
    if (this.playButton.deadline <= moment && this.playButton.settle()) this.conductor.pressPlay()
    if (this.tapButton.deadline <= moment && this.tapButton.settle()) this.pressTap(this.tapButton.changedAt)
    const sources = this.sources.pulseSources
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (sources[i].deadline <= moment) this.conductor.lose(i)
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

  private cvEdge(time: Micros, level: number): void {
    if (!this.sources.isFollowing) {
      if (this.cvFilter.input(time, level)) this.cvPulse(time)
    } else if (this.cvFilter.inputAtOnce(time, level)) {
      // The answer leaves with the pulse itself.
      if (this.sources.active === SOURCE_CV) this.line.floor = time
      this.cvPulse(time)
    }
  }

  private cvPulse(time: Micros): void {
    if (this.conductor.pulse(SOURCE_CV, time)) this.pulses++
  }

  private pressTap(time: Micros): void {
    const beat = this.tap.tap(time)
    if (beat === 0 || this.sources.active !== SOURCE_INTERNAL) return
    this.settings.tempo = this.sources.tapped(time, beat)
    this.outputs.retime()
  }

  private configure(isNew: boolean): void {
    const settings = this.settings
    const sources = this.sources
    const selected = sourceNumber(settings.source)
    sources.isFlywheel = settings.lost.action === "flywheel"
    sources.isFollowing = settings.cv.policy === "follow" && sources.mayBeCv(selected)
    this.lead = sources.isFollowing ? FOLLOW_LEAD_MICROS : LEAD_MICROS
    this.cvFilter.glitchMicros = this.resetFilter.glitchMicros = settings.cv.glitchMicros
    for (let i = 0; i < SOURCE_INTERNAL; i++) {
      const source = sources.pulseSources[i]
      const ppqn = i === SOURCE_CV ? settings.cv.ppqn : TICKS_PER_BEAT
      source.afterPeriods = settings.lost.afterPeriods
      if (source.ticksPerPulse !== TICKS_PER_BEAT / ppqn) source.configure(ppqn)
    }
    this.outputs.configure(settings)
    this.conductor.whileStopped = settings.clock.whileStopped
    if (isNew || selected !== sources.selected) sources.select(selected, settings.tempo, this.outputs.firstFreeTick())
    else if (selected === SOURCE_INTERNAL) sources.setTempo(settings.tempo)
    this.conductor.freeRun()
    this.merge.dinToDin = settings.merge.dinToDin
    this.merge.dinToUsb = settings.merge.dinToUsb
    this.merge.usbToDin = settings.merge.usbToDin
    this.merge.usbToUsb = settings.merge.usbToUsb
    this.outputs.retime()
  }
}

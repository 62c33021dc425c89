/**
 * The module: every part wired to every other, as one processor. Inputs re-anchor the timeline and move the transport; outputs
 * are cursors over it. `render` does what was due in the order of time: deadlines inside (a button has settled, a clock is
 * lost) are acted on at their very moment, so it makes no difference how often anyone asks.
 */
import { ANSWERED, Answers } from "./answers"
import { ArpSysex } from "./arp/arp-sysex"
import { Arpeggiator } from "./arp/arpeggiator"
import { DIVISIONS, DivisionPot } from "./arp/pot"
import { LEAD_MICROS } from "./backend"
import { Conductor } from "./conductor"
import { BUTTON_CHANNEL, BUTTON_PLAY, BUTTON_STEP, BUTTON_TAP, Buttons } from "./control/buttons"
import { Keys } from "./control/keys"
import { MidiControl } from "./control/midi-control"
import { Pots } from "./control/pots"
import type { EventWord } from "./event"
import {
  IN_BUTTON_PLAY,
  IN_CV,
  IN_KEYS,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_POT_ARP,
  IN_POT_TEMPO,
  IN_POT_WAIT,
  IN_REMOTE,
  IN_RESET,
  IN_RUN,
  OUT_MIDI_USB,
  REMOTE_PLAY,
  byteOf,
  portOf,
  valueOf,
} from "./event"
import { DinWire } from "./midi/din-wire"
import { Merge } from "./midi/merge"
import { MidiInput } from "./midi/midi-input"
import { WordQueue } from "./midi/word-queue"
import { ticksPerPulse } from "./output/gate"
import { Outputs } from "./output/outputs"
import type { EventSink, Processor } from "./processor"
import type { Settings } from "./settings"
import { changeSettings, standardSettings } from "./settings"
import { ClockSources, SOURCE_AUTO, SOURCE_CV, SOURCE_DIN, SOURCE_INTERNAL, SOURCE_USB, sourceNumber } from "./source/clock-sources"
import { EdgeFilter } from "./source/edge-filter"
import { TapTempo } from "./source/tap"
import { CHANNELS, SyncBank } from "./sync/bank"
import { CHANNEL_RUNNING, CHANNEL_STOPPED } from "./sync/channel"
import type { Micros } from "./time"
import { DIN_BYTE_MICROS, TICKS_PER_BEAT } from "./time"
import { Timeline } from "./timeline"
import { MIDI_START, RUNNING, Transport } from "./transport"

/** With `follow` clocks are committed only this far ahead, so that an early pulse finds little to overtake. */
const FOLLOW_LEAD_MICROS = 2000

/** Real-time bytes that fit into it are fewer than the wire remembers. */
const WIRE_SLICE_MICROS = 10000

export class Module implements Processor {
  readonly settings: Settings = standardSettings()
  readonly line = new Timeline()
  readonly transport = new Transport()
  readonly sources = new ClockSources(this.line, this.transport)
  readonly wire = new DinWire()
  readonly usbQueue = new WordQueue(OUT_MIDI_USB)
  readonly outputs = new Outputs(this.line, this.transport, this.wire)
  readonly arp = new Arpeggiator(this.line, this.transport, this.sources)
  readonly arpPot = new DivisionPot()
  readonly conductor = new Conductor(this.line, this.transport, this.sources, this.outputs, this.arp)
  readonly answers = new Answers(this.sources, this.outputs)
  readonly bank = new SyncBank(this.line, this.transport, this.sources, this.outputs, this.settings)
  readonly keys = new Keys(this.bank, this.conductor, this.settings)
  readonly cvFilter = new EdgeFilter()
  /** Pulses that counted or corrected the ruling clock. */
  pulses = 0

  private readonly merge = new Merge(this.wire, this.usbQueue)
  private readonly control = new MidiControl(this.bank, this.conductor)
  readonly arpSysex = new ArpSysex(this.arp, this.arpPot, this.settings)
  readonly din = new MidiInput(SOURCE_DIN, this.sources, this.conductor, this.merge, this.control, this.arpSysex)
  readonly usb = new MidiInput(SOURCE_USB, this.sources, this.conductor, this.merge, this.control, this.arpSysex)
  private readonly pots = new Pots(this.bank)
  private readonly resetFilter = new EdgeFilter()
  private readonly buttons = new Buttons()
  private readonly tap = new TapTempo()
  private now: Micros = 0
  private committed: Micros = 0
  private deadline: Micros = Infinity
  private lead: Micros = LEAD_MICROS

  /** `change` is a nested object of settings; throws with the reasons where one is refused. */
  constructor(change: unknown = {}) {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) throw new RangeError(problems.join("; "))
    this.outputs.add(this.arp)
    this.outputs.addTrain(this.arp.gate)
    this.outputs.add(this.bank)
    for (let i = 0; i < CHANNELS; i++) {
      this.outputs.addTrain(this.bank.gates[i])
      this.bank.channels[i].state = this.settings.sync[i].autoStart ? CHANNEL_RUNNING : CHANNEL_STOPPED
    }
    this.line.hearFrom(0, LEAD_MICROS)
    this.configure(true)
    if (this.settings.transport.start === "auto") this.transport.arm(MIDI_START, false)
    this.conductor.decide(false)
    this.findDeadline()
  }

  /** Changes settings at `time`, all or none. Returns what is wrong; empty if taken. Render to `time + LEAD_MICROS` first. */
  change(time: Micros, change: unknown): string[] {
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) return problems
    this.line.hearFrom(time, this.lead)
    this.configure(false)
    this.conductor.decide(false)
    this.findDeadline()
    return problems
  }

  /**
   * The internal clock's line, given from outside (another machine's): tick `songTick` of the running song, or while stopped any tick,
   * stands at `at`, and a tick lasts `periodMicros`. Said at `time`; render to `time + LEAD_MICROS` first. Other sources stay as they are.
   */
  steer(time: Micros, at: Micros, songTick: number, periodMicros: Micros): void {
    if (this.sources.active !== SOURCE_INTERNAL) return
    const line = this.line
    const isRunning = this.transport.state === RUNNING
    line.floor = time + this.lead
    line.anchor(at, isRunning ? this.transport.songBase + songTick : Math.round(line.tickAt(at)), periodMicros)
    this.outputs.retime()
    this.findDeadline()
  }

  /**
   * Starts a stopped song so that its tick `songTick` (a whole sixteenth) stands at `at`, as far ahead as one likes. Only the
   * internal clock can promise that: others start with a pulse of theirs. Render to `time + LEAD_MICROS` first.
   */
  startAt(time: Micros, at: Micros, songTick: number, periodMicros: Micros): void {
    this.line.floor = time + this.lead
    if (this.sources.active === SOURCE_INTERNAL) {
      const free = this.outputs.firstFreeTick()
      const tick = Math.round(this.line.tickAt(at))
      this.line.anchor(at, tick > free ? tick : free, periodMicros)
      this.outputs.retime()
      this.conductor.startOn(this.line.anchorTick, songTick)
    } else this.conductor.remote(REMOTE_PLAY)
    this.findDeadline()
  }

  input(time: Micros, event: EventWord): void {
    const port = portOf(event)
    this.line.hearFrom(time, this.lead)
    if (port === IN_CV) this.cvEdge(time, valueOf(event))
    else if (port === IN_MIDI_DIN) this.din.input(time, event)
    else if (port === IN_MIDI_USB) this.usb.input(time, event)
    else if (port === IN_RESET) {
      if (this.resetFilter.input(time, valueOf(event))) this.conductor.resetSong(time)
    } else if (port === IN_RUN) this.conductor.runGate(valueOf(event))
    else if (port >= IN_BUTTON_PLAY && port < IN_POT_ARP) this.buttons.input(port - IN_BUTTON_PLAY, time, valueOf(event))
    else if (port === IN_POT_ARP) {
      if (this.arpPot.read(valueOf(event))) this.arp.gate.setDivision(DIVISIONS[this.arpPot.index])
    } else if (port === IN_POT_TEMPO) this.pots.tempo(valueOf(event))
    else if (port === IN_POT_WAIT) this.pots.wait(valueOf(event))
    else if (port === IN_KEYS) this.keys.press(byteOf(event, 0))
    else if (port === IN_REMOTE) this.conductor.remote(valueOf(event))
    this.findDeadline()
  }

  render(until: Micros, out: EventSink): void {
    const now = until - LEAD_MICROS
    while (this.deadline <= now) {
      // A deadline that the last input put into the past is acted on now: time does not run backwards.
      const moment = this.deadline > this.now ? this.deadline : this.now
      this.commit(moment, out)
      this.line.hearFrom(moment, this.lead)
      this.settle(moment)
      this.findDeadline()
    }
    this.commit(now, out)
    if (this.sources.isFollowing) this.answers.offer()
  }

  private commit(now: Micros, out: EventSink): void {
    if (now > this.now) this.now = now
    const horizon = now + this.lead
    // The wire remembers a slice's clocks: waiting bytes are laid between them slice by slice.
    while (this.wire.hasWaiting() && this.committed + WIRE_SLICE_MICROS < horizon) {
      this.committed += WIRE_SLICE_MICROS
      this.commitTo(this.committed, out)
    }
    this.commitTo(horizon, out)
    if (horizon > this.committed) this.committed = horizon
  }

  private commitTo(horizon: Micros, out: EventSink): void {
    this.outputs.commit(horizon, out)
    if (this.wire.hasWaiting()) {
      this.sources.guard(this.wire)
      this.wire.place(this.sources.answersPulses() ? horizon - this.lead + DIN_BYTE_MICROS : horizon, out)
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
    while (this.buttons.deadline <= moment) this.pressButton(this.buttons.settle(moment))
    if (this.bank.deadline <= moment) this.bank.decide()
    if (this.arp.deadline <= moment) this.arp.giveUp()
    const sources = this.sources.pulseSources
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (sources[i].deadline <= moment) this.conductor.lose(i)
  }

  private findDeadline(): void {
    let first = this.cvFilter.deadline
    if (this.resetFilter.deadline < first) first = this.resetFilter.deadline
    if (this.buttons.deadline < first) first = this.buttons.deadline
    if (this.bank.deadline < first) first = this.bank.deadline
    if (this.arp.deadline < first) first = this.arp.deadline
    const sources = this.sources.pulseSources
    for (let i = 0; i < SOURCE_INTERNAL; i++) if (sources[i].deadline < first) first = sources[i].deadline
    this.deadline = first
  }

  private cvEdge(time: Micros, level: number): void {
    if (!this.sources.isFollowing) {
      if (this.cvFilter.input(time, level & 1)) this.cvPulse(time)
    } else if (this.cvFilter.inputAtOnce(time, level & 1)) {
      // The answer leaves with the pulse itself.
      if (this.sources.active === SOURCE_CV) this.line.hearFrom(time, 0)
      this.cvPulse(time)
      if ((level & ANSWERED) !== 0) this.answers.take(time)
    }
  }

  private cvPulse(time: Micros): void {
    if (this.conductor.pulse(SOURCE_CV, time)) this.pulses++
  }

  private pressButton(button: number): void {
    if (button < 0) return
    if (button === BUTTON_PLAY) this.conductor.pressPlay()
    else if (button === BUTTON_TAP) this.pressTap(this.buttons.pressedAt(button))
    else if (button < BUTTON_STEP) this.bank.toggle(button - BUTTON_CHANNEL)
    else this.bank.pauseOrStep(button - BUTTON_STEP)
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
    sources.isAuto = selected === SOURCE_AUTO
    sources.isFollowing = settings.cv.policy === "follow" && sources.mayBeCv(selected)
    this.lead = sources.isFollowing ? FOLLOW_LEAD_MICROS : LEAD_MICROS
    this.cvFilter.glitchMicros = this.resetFilter.glitchMicros = settings.cv.glitchMicros
    for (let i = 0; i < SOURCE_INTERNAL; i++) {
      const source = sources.pulseSources[i]
      const ppqn = i === SOURCE_CV ? settings.cv.ppqn : TICKS_PER_BEAT
      source.afterPeriods = settings.lost.afterPeriods
      source.configure(ppqn, sources.runsOn())
    }
    this.outputs.configure(settings)
    this.configureTrains()
    this.conductor.whileStopped = settings.clock.whileStopped
    if (isNew || selected !== sources.selected)
      sources.select(selected, settings.tempo, this.outputs.firstFreeTick(), this.conductor.earliestStart(1))
    else if (selected === SOURCE_INTERNAL) sources.setTempo(settings.tempo)
    this.conductor.freeRun()
    this.arp.clock()
    this.control.channel = settings.control.channel
    this.merge.dinToDin = settings.merge.dinToDin
    this.merge.dinToUsb = settings.merge.dinToUsb
    this.merge.usbToDin = settings.merge.usbToDin
    this.merge.usbToUsb = settings.merge.usbToUsb
    this.outputs.retime()
  }

  private configureTrains(): void {
    const settings = this.settings
    for (let i = 0; i < CHANNELS; i++) {
      const sync = settings.sync[i]
      const gate = this.bank.gates[i]
      gate.widthMicros = sync.widthMicros
      gate.latencyMicros = sync.latencyMicros
      gate.swing = sync.swing
      gate.setPolarity(sync.polarity === "positive" ? 1 : 0)
      gate.setDivision(ticksPerPulse(sync.ppqn))
    }
    this.bank.askSteps(settings.part.steps)
    this.bank.askWait(settings.wait)
    const arp = this.arp
    arp.gate.widthMicros = settings.arp.widthMicros
    arp.gate.latencyMicros = settings.arp.latencyMicros
    arp.gate.setPolarity(settings.arp.polarity === "positive" ? 1 : 0)
    arp.gate.setDivision(DIVISIONS[this.arpPot.index])
    arp.whileStopped = settings.clock.whileStopped
    arp.select(settings.arp.patterns[settings.arp.pattern])
    arp.setMode(settings.arp.mode)
  }
}

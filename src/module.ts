/**
 * The module as one processor. Inputs re-anchor the timeline and move the transport; outputs are cursors over it. `render` does
 * what was due in the order of time: deadlines inside (a button has settled, a clock is lost) are acted on at their very moment,
 * so it makes no difference how often anyone asks.
 */
import { ANSWERED } from "./answers"
import { DIVISIONS } from "./arp/pot"
import { LEAD_MICROS } from "./backend"
import { ConfigPort, type Configurable } from "./config/config-port"
import { configure } from "./configure"
import { countersOf } from "./counters"
import { BUTTON_CHANNEL, BUTTON_PLAY, BUTTON_STEP, BUTTON_TAP } from "./control/buttons"
import type { EventWord } from "./event"
import { AHEAD_MICROS, AHEAD_SLICE_MICROS, AHEAD_TICKS, leadOf, messageAhead, QUEUE_MICROS, TURN_MICROS, WIRE_SLICE_MICROS } from "./lead"
import {
  IN_BUTTON_PLAY,
  IN_CV,
  IN_KEYS,
  IN_MIDI_CONFIG,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_POT_ARP,
  IN_POT_TEMPO,
  IN_POT_WAIT,
  IN_REMOTE,
  IN_RESET,
  IN_RUN,
  OUT_ARP,
  OUT_ARP_DISABLE,
  OUT_SYNC,
  REMOTE_PLAY,
  byteOf,
  valueOf,
} from "./event"
import { Parts } from "./parts"
import type { EventSink, Processor } from "./processor"
import { changeSettings } from "./settings"
import { SOURCE_CV, SOURCE_DIN, SOURCE_INTERNAL, SOURCE_USB } from "./source/clock-sources"
import { CHANNELS } from "./sync/bank"
import { CHANNEL_RUNNING, CHANNEL_STOPPED } from "./sync/channel"
import type { Micros } from "./time"
import { DIN_BYTE_MICROS } from "./time"
import { MIDI_START, RUNNING } from "./transport"

export class Module extends Parts implements Processor, Configurable {
  /** When SysEx that has come in is to be acted on; Infinity while none is. */
  private askedAt: Micros = Infinity
  readonly config = new ConfigPort(this, this.configQueue)
  private readonly selfTest = this.config.selfTest
  /** Pulses that counted or corrected the ruling clock. */
  pulses = 0
  /** What the board counts beside the core, where there is one. */
  board: { counters(): Record<string, number> } | null = null

  /** `change` is a nested object of settings; throws with the reasons where one is refused. */
  constructor(change: unknown = {}) {
    super()
    const problems = changeSettings(this.settings, change)
    if (problems.length > 0) throw new RangeError(problems.join("; "))
    for (let i = 0; i < CHANNELS; i++) {
      this.bank.channels[i].state = this.settings.sync[i].autoStart ? CHANNEL_RUNNING : CHANNEL_STOPPED
    }
    this.line.hearFrom(0, LEAD_MICROS)
    this.configure("all")
    if (this.settings.transport.start === "auto") this.transport.arm(MIDI_START, false)
    this.conductor.decide(false)
    this.findDeadline()
  }

  /** Changes settings at `time`, all or none. Returns what is wrong; empty if taken. Render to `time + LEAD_MICROS` first. */
  change(time: Micros, change: unknown): string[] {
    this.line.hearFrom(time, this.lead)
    const problems = this.takeSettings(change)
    this.findDeadline()
    return problems
  }

  /** The same at the moment that is being acted on. */
  takeSettings(change: unknown): string[] {
    this.isWaiting = true
    const changed = makeKeys()
    const problems = changeSettings(this.settings, change, changed)
    if (problems.length > 0) return problems
    this.configure(changed)
    this.conductor.decide(false)
    return problems
  }

  counters(): Record<string, number> {
    return countersOf(this)
  }

  busyWith(): string {
    if (this.transport.state === RUNNING) return "the transport runs; stop it first"
    this.findDeadline() // the question itself was one
    if (!this.outputs.isIdle()) return "outputs are busy; stop the clock, and turn clock.whileStopped off"
    return this.deadline === Infinity ? "" : "a clock is coming in or a button is held; it takes some seconds to be forgotten"
  }

  restingLevel(output: number): number {
    if (output === OUT_ARP_DISABLE) return this.arp.level
    if (output === OUT_ARP) return 1 - this.arp.gate.active
    return output >= OUT_SYNC && output < OUT_ARP ? 1 - this.bank.gates[output - OUT_SYNC].active : 0
  }

  /**
   * The internal clock's line, given from outside (another machine's): tick `songTick` of the running song, or while stopped any tick,
   * stands at `at`, and a tick lasts `periodMicros`. Said at `time`; render to `time + LEAD_MICROS` first. Other sources stay as they are.
   */
  steer(time: Micros, at: Micros, songTick: number, periodMicros: Micros): void {
    if (this.sources.active !== SOURCE_INTERNAL) return
    const line = this.line
    const isRunning = this.transport.state === RUNNING
    line.hearFrom(time, this.lead)
    line.anchor(at, isRunning ? this.transport.songBase + songTick : Math.round(line.tickAt(at)), periodMicros)
    this.outputs.retime()
    this.findDeadline()
  }

  /**
   * Starts a stopped song so that its tick `songTick` (a whole sixteenth) stands at `at`, as far ahead as one likes. Only the
   * internal clock can promise that: others start with a pulse of theirs. Render to `time + LEAD_MICROS` first.
   */
  startAt(time: Micros, at: Micros, songTick: number, periodMicros: Micros): void {
    this.line.hearFrom(time, this.lead)
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
    const port = event >>> 26
    if (port === IN_MIDI_CONFIG) {
      this.configInput(time, event)
      return
    }
    this.line.hearFrom(time, this.lead)
    if (this.selfTest.isRunning) this.selfTest.input(port, time, event)
    else if (port === IN_CV) this.cvEdge(time, event & 3)
    else if (port === IN_MIDI_DIN || port === IN_MIDI_USB) {
      // Most bytes of a SysEx mean nothing yet.
      if ((port === IN_MIDI_DIN ? this.din : this.usb).input(time, event)) this.changed()
    } else {
      this.inputElsewhere(port, time, event)
      this.changed()
    }
  }

  /** Most packets of a message mean nothing yet, and come close behind each other: they find the horizon far enough. */
  private configInput(time: Micros, event: EventWord): void {
    const line = this.line
    let far = AHEAD_TICKS * line.period
    if (far > AHEAD_MICROS) far = AHEAD_MICROS
    if (line.ahead < time + far && this.lead === LEAD_MICROS) this.lookAhead(time, time + far + AHEAD_SLICE_MICROS)
    if (this.config.input(event)) this.asked(time, time)
  }

  /** SysEx for this module is whole: the next render commits as far as `ahead`, and acts on it. */
  asked(time: Micros, ahead = messageAhead(time, this.line.ahead, this.line.period)): void {
    if (this.line.ahead < ahead && this.lead === LEAD_MICROS) this.lookAhead(time, ahead)
    this.askedAt = time
    if (time < this.deadline) this.deadline = time
  }

  private lookAhead(time: Micros, until: Micros): void {
    const line = this.line
    const limit = line.limit
    line.hearFrom(time, this.lead)
    line.ahead = Math.max(line.ahead, this.sources.reach(until) + this.outputs.leastLatency)
    if (line.limit !== limit) {
      this.outputs.retime()
      this.findDeadline()
    }
    this.isWaiting = true
  }

  /** An input has been acted on: what it did to outputs, queues and deadlines is looked for. */
  private changed(): void {
    this.isWaiting = true
    this.outputs.touch()
    this.findDeadline()
  }

  private inputElsewhere(port: number, time: Micros, event: EventWord): void {
    if (port === IN_RESET) {
      if (this.resetFilter.input(time, valueOf(event))) this.conductor.resetSong(time)
    } else if (port === IN_RUN) this.conductor.runGate(valueOf(event))
    else if (port >= IN_BUTTON_PLAY && port < IN_POT_ARP) this.buttons.input(port - IN_BUTTON_PLAY, time, valueOf(event))
    else if (port === IN_POT_ARP) {
      if (this.arpPot.read(valueOf(event))) this.arp.gate.setDivision(DIVISIONS[this.arpPot.index])
    } else if (port === IN_POT_TEMPO) this.pots.tempo(valueOf(event))
    else if (port === IN_POT_WAIT) this.pots.wait(valueOf(event))
    else if (port === IN_KEYS) this.keys.press(byteOf(event, 0))
    else if (port === IN_REMOTE) this.conductor.remote(valueOf(event))
  }

  render(until: Micros, out: EventSink): void {
    const now = until - LEAD_MICROS
    while (this.deadline <= now) {
      // A deadline that the last input put into the past is acted on now: time does not run backwards.
      const moment = this.deadline > this.now ? this.deadline : this.now
      this.send(moment, out)
      this.line.hearFrom(moment, this.lead)
      this.settle(moment)
      this.findDeadline()
    }
    if (this.isWaiting) this.commit(now, out)
    else {
      // As `send`, without the call.
      const outputs = this.outputs
      const horizon = now + this.lead
      if (now > this.now) this.now = now
      if (outputs.nextDue < horizon) outputs.commit(horizon, out)
    }
    if (this.lead < LEAD_MICROS) this.answers.offer()
  }

  /** Commits what is to be committed by `now`. Most of the time nothing waits: then only what has its own time is sent. */
  private send(now: Micros, out: EventSink): void {
    if (this.isWaiting) {
      this.commit(now, out)
      return
    }
    const outputs = this.outputs
    const horizon = now + this.lead
    if (now > this.now) this.now = now
    if (outputs.nextDue < horizon) outputs.commit(horizon, out)
  }

  /**
   * When the next render is wanted; earlier ones do nothing. Some time before the next event leaves, so that a collection and a turn fit
   * in and one turn still commits all that falls into the rest of the lead; at once where a deadline or a pulse is to be answered, and
   * again in a while where bytes wait for the wire.
   */
  nextTurn(): Micros {
    const lead = this.lead
    const deadline = this.deadline
    let next = this.outputs.nextDue - (lead < LEAD_MICROS ? lead : TURN_MICROS)
    if (deadline < next) next = deadline
    if (this.isWaiting && this.now + QUEUE_MICROS < next) next = this.now + QUEUE_MICROS
    return next
  }

  /** Nothing waits for a USB port. */
  private isQuiet(): boolean {
    return this.usbQueue.count === 0 && this.configQueue.count === 0 && !this.config.isDumping() && !this.selfTest.isRunning
  }

  private commit(now: Micros, out: EventSink): void {
    const horizon = now + this.lead
    // All turns in which nothing waited have committed their lead.
    const before = this.now + this.lead
    if (before > this.committed) this.committed = before < horizon ? before : horizon
    if (now > this.now) this.now = now
    // The wire remembers a slice's clocks: waiting bytes are laid between them slice by slice.
    while (this.wire.count > 0 && this.committed + WIRE_SLICE_MICROS < horizon) {
      this.committed += WIRE_SLICE_MICROS
      this.commitTo(this.committed, out)
    }
    this.commitTo(horizon, out)
    if (horizon > this.committed) this.committed = horizon
    if (this.committed < this.line.ahead) this.commitAhead(out)
    this.isWaiting = this.wire.count > 0 || !this.isQuiet()
  }

  /** A part that begins on the way is decided where it would be: with its horizon. */
  private commitAhead(out: EventSink): void {
    const line = this.line
    const bank = this.bank
    const outputs = this.outputs
    while (this.committed < line.ahead) {
      let horizon = this.committed + AHEAD_SLICE_MICROS
      if (horizon > line.ahead) horizon = line.ahead
      const decision = bank.deadline + LEAD_MICROS
      const isDecided = decision <= horizon
      if (isDecided) horizon = decision > this.committed ? decision : this.committed
      outputs.commit(horizon, out)
      this.committed = horizon
      if (!isDecided) continue
      line.floor = horizon
      bank.decide()
      outputs.touch()
      this.findDeadline()
    }
  }

  private commitTo(horizon: Micros, out: EventSink): void {
    this.outputs.commit(horizon, out)
    if (this.wire.count > 0) {
      this.sources.guard(this.wire)
      this.wire.place(this.sources.answersPulses() ? horizon - this.lead + DIN_BYTE_MICROS : horizon, out)
    }
    if (this.selfTest.isRunning) this.selfTest.place(horizon, out)
    if (this.usbQueue.count > 0) this.usbQueue.place(horizon, out)
    if (this.config.isDumping()) this.config.dump(horizon)
    if (this.configQueue.count > 0) this.configQueue.place(horizon, out)
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
    if (this.bank.deadline <= moment || this.arp.deadline <= moment) {
      if (this.bank.deadline <= moment) this.bank.decide()
      if (this.arp.deadline <= moment) this.arp.giveUp()
      this.outputs.touch()
    }
    if (this.askedAt <= moment) {
      this.askedAt = Infinity
      if (this.din.act(moment)) this.outputs.touch()
      if (this.usb.act(moment)) this.outputs.touch()
      if (this.config.act(moment)) this.outputs.touch()
      this.isWaiting = true
    }
    if (this.selfTest.deadline <= moment) {
      this.config.finishTest(moment)
      this.isWaiting = true
    }
    if (this.cvSource.deadline <= moment) this.conductor.lose(SOURCE_CV)
    if (this.usbSource.deadline <= moment) this.conductor.lose(SOURCE_USB)
    if (this.dinSource.deadline <= moment) this.conductor.lose(SOURCE_DIN)
  }

  private findDeadline(): void {
    let first = this.cvFilter.deadline
    if (this.resetFilter.deadline < first) first = this.resetFilter.deadline
    if (this.buttons.deadline < first) first = this.buttons.deadline
    if (this.bank.deadline < first) first = this.bank.deadline
    if (this.arp.deadline < first) first = this.arp.deadline
    if (this.selfTest.deadline < first) first = this.selfTest.deadline
    if (this.askedAt < first) first = this.askedAt
    if (this.cvSource.deadline < first) first = this.cvSource.deadline
    if (this.usbSource.deadline < first) first = this.usbSource.deadline
    if (this.dinSource.deadline < first) first = this.dinSource.deadline
    this.deadline = first
  }

  private cvEdge(time: Micros, level: number): void {
    const filter = this.cvFilter
    if (this.lead === LEAD_MICROS) {
      if (filter.input(time, level & 1)) {
        this.cvPulse(time)
        this.findDeadline()
      } else if (filter.deadline < this.deadline) this.deadline = filter.deadline
    } else if (filter.inputAtOnce(time, level & 1)) {
      // The answer leaves with the pulse itself.
      if (this.sources.active === SOURCE_CV) this.line.hearFrom(time, 0)
      this.cvPulse(time)
      this.findDeadline()
      if ((level & ANSWERED) !== 0) this.answers.take(time)
    } else if ((level & ANSWERED) !== 0) this.answers.forget()
  }

  private cvPulse(time: Micros): void {
    if (this.conductor.pulse(SOURCE_CV, time)) this.pulses++
  }

  private pressButton(button: number): void {
    if (button < 0) return
    this.outputs.touch()
    if (button === BUTTON_PLAY) this.conductor.pressPlay()
    else if (button === BUTTON_TAP) this.pressTap(this.buttons.pressedAt(button))
    else if (button < BUTTON_STEP) this.bank.toggle(button - BUTTON_CHANNEL)
    else this.bank.pauseOrStep(button - BUTTON_STEP)
  }

  private pressTap(time: Micros): void {
    const beat = this.tap.tap(time)
    if (beat === 0 || this.sources.active !== SOURCE_INTERNAL) return
    this.settings.tempo = this.sources.tapped(time, beat)
    this.settings.changes++
    this.outputs.retime()
  }

  private configure(changed: readonly string[] | "all"): void {
    configure(this, changed)
    this.lead = leadOf(this.sources.isFollowing)
    if (!this.sources.isFollowing) this.answers.count = 0
  }
}

/** Of the settings that a change has changed: cold. */
function makeKeys(): string[] {
  return []
}

/**
 * Decides when the song starts, stops and moves. It hears pulses, buttons, gates and MIDI transport, and speaks to the outputs.
 *
 * A start needs a pulse to stand on. Where pulses are predicted it is the first whose start messages can still leave in time;
 * where they are answered, or the tempo is not known yet, it is the pulse that has just come. A clock finer than a sixteenth
 * starts with its very first pulse, since no note falls before the second; a coarser one waits until its tempo is known.
 */
import type { Arpeggiator } from "./arp/arpeggiator"
import { LEAD_MICROS } from "./backend"
import { REMOTE_CONTINUE, REMOTE_PLAY, REMOTE_STOP } from "./event"
import { ANSWER_MICROS } from "./lead"
import type { Outputs } from "./output/outputs"
import { START_LEAD_MICROS } from "./output/output"
import type { ClockSources } from "./source/clock-sources"
import type { Micros, Ticks } from "./time"
import { TICKS_PER_SIXTEENTH } from "./time"
import { UNKNOWN_PERIOD, type Timeline } from "./timeline"
import type { Transport } from "./transport"
import { ARMED, MIDI_CONTINUE, MIDI_START, RUNNING, STOPPED } from "./transport"

/** A reset this long after a pulse still means that pulse. */
const RESET_GRACE_MICROS = 2000
/** Pulses at least this fine (a sixteenth) start a song at once. */
const FINE_TICKS = TICKS_PER_SIXTEENTH

export class Conductor {
  /** Clocks go on while stopped. */
  whileStopped = false
  /** How soon software answers a pulse that nobody could foresee: what follows from it leaves no sooner. */
  answerMicros: Micros = ANSWER_MICROS
  /** Ticks sent beyond what the MIDI master had counted when it stopped. */
  private ahead: Ticks = 0

  constructor(
    private readonly line: Timeline,
    private readonly transport: Transport,
    private readonly sources: ClockSources,
    private readonly outputs: Outputs,
    private readonly arp: Arpeggiator,
  ) {}

  /** A pulse of source `source` at `time`. True where it belongs to the ruling clock. */
  pulse(source: number, time: Micros): boolean {
    const line = this.line
    const transport = this.transport
    const outputs = this.outputs
    // A pulse that nobody could foresee is answered as soon as software can.
    if (line.period >= UNKNOWN_PERIOD || line.limit <= transport.startTick) this.answerSoon()
    if (!this.sources.pulse(source, time)) return false
    if (this.whileStopped) this.freeRun()
    // A start sets all times itself.
    if (transport.state !== ARMED || !this.decide(true)) outputs.retimeNear()
    if (!this.arp.isSteady()) {
      this.arp.clock()
      outputs.touch()
    }
    return true
  }

  /** Source `source` is lost. */
  lose(source: number): void {
    const ruler = this.sources.pulseSources[source]
    const awaited = ruler.tick() + ruler.ticksPerPulse
    if (!this.sources.lose(source, this.outputs.firstFreeTick())) return
    if (!this.sources.runsOn() && this.transport.state === RUNNING) {
      this.stop(awaited)
      this.transport.arm(MIDI_CONTINUE, true)
    }
    if (!this.sources.runsOn()) this.arp.lose()
    this.outputs.retime()
  }

  /** Starts an armed transport on the first pulse it can start on. `isPulse`: a pulse has just come. True: it has started. */
  decide(isPulse: boolean): boolean {
    const transport = this.transport
    if (transport.state !== ARMED) return false
    const ruler = this.sources.ruler()
    const earliest = this.earliestStart(transport.locates ? 2 : 1)
    if (ruler === null) this.begin(Math.ceil(this.line.tickAt(earliest)), false)
    else if (!ruler.hasPulse()) return false
    else if (this.sources.answersPulses() || ruler.period() === 0) {
      if (isPulse && (ruler.ticksPerPulse <= FINE_TICKS || ruler.period() > 0)) this.begin(Math.ceil(ruler.tick()), false)
    } else {
      const pulses = Math.ceil((this.line.tickAt(earliest) - ruler.tick()) / ruler.ticksPerPulse)
      this.begin(Math.ceil(pulses > 0 ? ruler.tick() + pulses * ruler.ticksPerPulse : ruler.tick()), false)
    }
    return this.transport.isRunning()
  }

  /** A clock that goes on while stopped begins as soon as there is one. */
  freeRun(): void {
    if (!this.whileStopped || !this.outputs.isSilent()) return
    const ruler = this.sources.ruler()
    if (ruler === null || ruler.period() > 0) this.outputs.runFrom(this.line.tickAt(this.line.floor))
    else if (ruler.hasPulse() && ruler.ticksPerPulse <= FINE_TICKS) this.outputs.runFrom(ruler.tick())
  }

  /** Play, as the seed's button has it: off, armed, running. */
  pressPlay(): void {
    if (this.transport.state === STOPPED) {
      this.transport.arm(MIDI_START, false)
      this.decide(false)
    } else this.stop(this.outputs.firstFreeTick())
  }

  /** The run input: high plays from where the song stands, low stops. */
  runGate(level: number): void {
    if (level === 0) {
      if (this.transport.state !== STOPPED) this.stop(this.outputs.firstFreeTick())
    } else if (this.transport.state === STOPPED) {
      this.transport.arm(this.transport.position > 0 ? MIDI_CONTINUE : MIDI_START, false)
      this.decide(false)
    }
  }

  /** Told from afar: stop, play from the beginning (also while running), or go on. */
  remote(command: number): void {
    const transport = this.transport
    if (command === REMOTE_PLAY && transport.state === RUNNING) this.resetSong(this.line.now)
    else if (command === REMOTE_CONTINUE ? transport.state === STOPPED : command === REMOTE_PLAY) {
      const kind = command === REMOTE_PLAY || transport.position === 0 ? MIDI_START : MIDI_CONTINUE
      transport.arm(kind, false)
      this.decide(false)
    } else if (command === REMOTE_STOP && transport.state !== STOPPED) this.stop(this.outputs.firstFreeTick())
  }

  /** Starts on this very tick, from the beginning or with Song Position and Continue. A running song goes on until there. */
  startOn(tick: Ticks, songTick: Ticks): void {
    const transport = this.transport
    if (transport.state === RUNNING) {
      if (songTick > 0) transport.relocate(tick, songTick, this.line.floor)
      else transport.restart(tick, this.line.floor)
      this.outputs.start()
      return
    }
    transport.arm(songTick > 0 ? MIDI_CONTINUE : MIDI_START, songTick > 0)
    transport.position = songTick
    this.begin(tick, false)
  }

  /** MIDI Start or Continue from source `source`: its next clock is where the song goes on. */
  midiStart(source: number, kind: number): void {
    const tick = this.outputs.firstFreeTick()
    if (this.outputs.isSilent()) this.answerSoon()
    this.sources.restart(source, tick)
    this.transport.arm(kind, false)
    this.transport.skips = kind === MIDI_CONTINUE ? this.ahead : 0
    this.begin(tick, true)
    this.transport.skips = 0
    this.ahead = 0
    this.outputs.retime()
  }

  /** MIDI Stop. Clocks sent ahead of it count as the first ones after a Continue: the gear's position stays the master's. */
  midiStop(source: number): void {
    if (this.transport.state === STOPPED) return
    const ruler = this.sources.pulseSources[source]
    const free = this.outputs.firstFreeTick()
    const heard = ruler.hasPulse() ? ruler.tick() + 1 : free
    this.stop(heard)
    this.ahead = free > heard ? free - heard : 0
  }

  /** MIDI Song Position, in sixteenths. A running song is not moved. The gear hears it too, so what it had counted is void. */
  midiLocate(sixteenths: number): void {
    if (this.transport.state === RUNNING) return
    this.ahead = 0
    this.transport.position = sixteenths * TICKS_PER_SIXTEENTH
    this.outputs.locate(sixteenths)
  }

  /**
   * The song begins anew with the next pulse, or with the one just heard. Where that pulse is already committed, the outputs are
   * told in time for a later sixteenth (Stop, Song Position, Continue): the bar is right, whichever of reset and pulse came first.
   */
  resetSong(time: Micros): void {
    const transport = this.transport
    if (transport.state !== RUNNING) {
      if (transport.state === ARMED) transport.arm(MIDI_START, false)
      transport.position = 0
      this.outputs.locate(0)
      this.outputs.reset.pulse()
      return
    }
    const line = this.line
    const ruler = this.sources.ruler()
    const earliest = this.earliestStart(1)
    let first: Ticks = Math.ceil(line.tickAt(earliest))
    let isAwaited = false
    if (ruler !== null) {
      const isHeard = time - ruler.lastPulse <= RESET_GRACE_MICROS
      first = Math.ceil(isHeard ? ruler.tick() : ruler.tick() + ruler.ticksPerPulse)
      isAwaited = !isHeard && this.sources.answersPulses()
    }
    // It begins there already: reset and pulse came together.
    if (ruler !== null && first === transport.startTick && first === transport.songBase) return
    if (isAwaited || line.timeOf(first) >= earliest) transport.restart(first, line.floor)
    else {
      const sixteenths = Math.ceil((line.tickAt(this.earliestStart(3)) - first) / TICKS_PER_SIXTEENTH)
      const position = (sixteenths > 1 ? sixteenths : 1) * TICKS_PER_SIXTEENTH
      transport.relocate(first + position, position, line.floor)
    }
    this.outputs.start()
  }

  /** When a song can stand at the earliest, if so many messages have to leave before it. */
  earliestStart(messages: number): Micros {
    return this.line.floor + messages * START_LEAD_MICROS - this.outputs.leastLatency
  }

  /** What is decided now leaves when software can answer at the soonest, unless pulses themselves are answered. */
  private answerSoon(): void {
    const line = this.line
    const answer = line.now + this.answerMicros
    if (answer < line.floor || line.floor >= line.now + LEAD_MICROS) line.floor = answer
  }

  private begin(tick: Ticks, atOnce: boolean): void {
    this.transport.begin(tick, this.outputs.startFloor(), atOnce)
    this.outputs.start()
  }

  private stop(nextTick: Ticks): void {
    this.ahead = 0
    this.transport.stop(nextTick)
    this.transport.stopTick = this.outputs.firstClockFree()
    this.outputs.stop()
  }
}

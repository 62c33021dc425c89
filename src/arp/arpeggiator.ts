/**
 * The Poly-61M's arpeggiator clock. Pulses stand on multiples of the division, counted from the song's beginning, and the pattern
 * step is the number of the multiple: nothing depends on when the pot was turned or the pattern chosen.
 *
 * Mode 0 clocks as long as there is a clock; the player presses the ARPEGGIATOR button. Mode 1 clocks while the transport runs.
 * Mode 2 begins with the first clock and ends when four clock periods have passed without one. While there is a clock, the
 * instrument's own is switched off.
 */
import { LEAD_MICROS } from "../backend"
import { levelEvent } from "../event"
import { OUT_ARP, OUT_ARP_DISABLE } from "../event"
import { GateOutput } from "../output/gate"
import type { Output } from "../output/output"
import type { EventSink } from "../processor"
import type { ClockSources } from "../source/clock-sources"
import type { Micros } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import { ARMED, RUNNING } from "../transport"
import { maskOf } from "./patterns"

const MODE_TRANSPORT = 1
const MODE_CLOCK = 2
/** Mode 2 stops after so many clock periods without a clock (the seed's figure). */
const MISSING_CLOCKS = 4
/** Pulses this coarse and coarser wait for their tempo: see the conductor. */
const FINE_TICKS = 6

export class Arpeggiator implements Output {
  /** Of the clock-disable output. */
  due: Micros = Infinity
  /** When mode 2 gives up; Infinity while it is not clocking. */
  deadline: Micros = Infinity
  readonly gate: GateOutput
  mode = 0
  /** The internal clock goes on while stopped. */
  whileStopped = false
  /** Of the clock-disable output. */
  level = 0
  private isPresent = false

  constructor(
    private readonly line: Timeline,
    private readonly transport: Transport,
    private readonly sources: ClockSources,
  ) {
    this.gate = new GateOutput(OUT_ARP, line, transport)
  }

  /** A pattern of 1..8 digits. */
  select(pattern: string): void {
    this.gate.setPattern(maskOf(pattern), pattern.length)
  }

  /** 0, 1 or 2. */
  setMode(mode: number): void {
    this.mode = mode
    this.deadline = Infinity
    if (mode === MODE_TRANSPORT && this.transport.state !== RUNNING) this.gate.runFrom(Infinity)
    else this.clock()
  }

  /** One more pulse of the ruling clock changes nothing here. */
  isSteady(): boolean {
    const mode = this.mode
    return this.isPresent && mode !== MODE_CLOCK && (mode === MODE_TRANSPORT || !this.gate.isSilent())
  }

  /** The ruling clock has spoken, or the transport has moved. */
  clock(): void {
    const ruler = this.sources.ruler()
    this.isPresent = this.hasClock()
    this.deadline = Infinity
    if (this.mode === MODE_CLOCK && ruler !== null && ruler.isPresent()) this.deadline = ruler.lastPulse + MISSING_CLOCKS * ruler.period()
    if (this.mode !== MODE_TRANSPORT && this.isPresent && this.gate.isSilent()) this.runFree()
    this.retime()
  }

  /** Mode 2's clock periods have passed. */
  giveUp(): void {
    this.deadline = Infinity
    this.gate.runFrom(Infinity)
  }

  /** The ruling clock is lost and nothing takes its place. */
  lose(): void {
    this.isPresent = false
    this.deadline = Infinity
    this.gate.runFrom(Infinity)
    this.retime()
  }

  start(): void {
    this.gate.start()
    this.clock()
  }

  stop(): void {
    this.gate.whileStopped = this.mode !== MODE_TRANSPORT && this.hasClock()
    this.gate.stop()
    this.clock()
  }

  /** Nobody waits for the clock-disable output: it has the whole lead, also where a pulse is answered sooner. */
  retime(): void {
    if ((this.isPresent ? 1 : 0) === this.level) this.due = Infinity
    else if (this.due === Infinity) this.due = this.line.now + LEAD_MICROS
  }

  emit(out: EventSink): void {
    this.level = this.isPresent ? 1 : 0
    out.schedule(this.due, levelEvent(OUT_ARP_DISABLE, this.level))
    this.retime()
  }

  /** Is there a clock that an instrument could hear? An external one, even while the transport is stopped. */
  private hasClock(): boolean {
    const ruler = this.sources.ruler()
    if (ruler === null) return this.transport.state === RUNNING || this.whileStopped
    return ruler.hasPulse() || (this.sources.runsOn() && this.line.isKnown())
  }

  /** Clocks from the tick that comes next. An armed transport is waited for: it starts the gate itself. */
  private runFree(): void {
    if (this.transport.state === ARMED) return
    const ruler = this.sources.ruler()
    if (ruler === null || ruler.period() > 0) this.gate.runFrom(Math.ceil(this.line.tickAt(this.line.floor)))
    else if (ruler.ticksPerPulse <= FINE_TICKS) this.gate.runFrom(ruler.tick())
  }
}

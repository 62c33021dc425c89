/**
 * The MIDI face of the clock at one port: F8 on every tick, and the messages of a start (F2, then FA or FB) before the tick they
 * belong to. Each tick is sent once and in order; a tick whose time has passed leaves at the floor, at least `catchUpMicros`
 * after the one before.
 *
 * A start's messages come between the last F8 before the start tick and the start tick itself, so the first F8 after FA is
 * beat 1, and at least 1 ms behind it.
 *
 * For the order of the fields and for NEVER see gate.ts.
 */
import { OUT_MIDI_DIN, OUT_MIDI_USB, byteEvent, bytesEvent } from "../event"
import type { DinWire } from "../midi/din-wire"
import type { EventSink } from "../processor"
import type { Micros, Ticks } from "../time"
import type { Timeline } from "../timeline"
import type { Transport } from "../transport"
import { MIDI_CLOCK, MIDI_SONG_POSITION, MIDI_STOP } from "../transport"
import type { Output } from "./output"
import { START_GAP_MICROS, START_LEAD_MICROS } from "./output"

/** The word of a clock at the USB port. */
const USB_CLOCK = OUT_MIDI_USB * 0x4000000 + 0x1000000 + MIDI_CLOCK
const NEVER = Infinity
/** What of a start is still to be sent. */
const PLAYING = 0
const STOP_FIRST = 1
const SEND_POSITION = 2
const SEND_START = 3

export class MidiClockOutput implements Output {
  due: Micros = Infinity
  /** Nothing but clocks to send: no message is pending. */
  private isPlain = true
  /** The next tick to send; Infinity while silent. */
  next: Ticks = Infinity
  private lastClock: Micros = -1e12
  private lastMessage: Micros = -1e12
  catchUpMicros: Micros = 1000
  /** -50000..50000. */
  latencyMicros: Micros = 0
  whileStopped = false
  private stage = PLAYING
  private isStarted = false
  private stopPending = false
  /** The first tick of the last start that is to be sent. */
  private first: Ticks = 0
  /** Song position to send while stopped, in sixteenths; -1 for none. */
  private locate = -1

  constructor(
    private readonly port: number,
    private readonly line: Timeline,
    private readonly transport: Transport,
    private readonly wire: DinWire,
  ) {}

  start(): void {
    const transport = this.transport
    this.stage = SEND_START
    if (transport.locates) this.stage = transport.stopsFirst && this.isStarted ? STOP_FIRST : SEND_POSITION
    const from = transport.startTick + transport.skips
    this.first = from
    if (this.next > from) this.next = from
    this.retimeSpecial()
  }

  stop(): void {
    if (this.isStarted) this.stopPending = true
    else if (!this.whileStopped) this.next = Infinity
    this.stage = PLAYING
    this.retimeSpecial()
  }

  /** While stopped, the clock goes on from `tick`; Infinity silences it. */
  runFrom(tick: Ticks): void {
    this.next = tick
    this.retime()
  }

  /** Tells the gear where the song is (while stopped). Sixteenths, 0..16383. */
  sendPosition(sixteenths: number): void {
    this.locate = sixteenths
    this.retimeSpecial()
  }

  retime(): void {
    if (this.isPlain) this.retimeClock(this.next)
    else this.retimeSpecial()
  }

  private retimeSpecial(): void {
    this.isPlain = this.stage === PLAYING && !this.stopPending && this.locate < 0
    if (this.isPlain || this.isFinishing()) this.retimeClock(this.next)
    else if (this.stopPending || this.locate >= 0) {
      const floor = this.line.floor
      // Clocks that had to be sent first may stand behind the floor.
      this.due = this.lastMessage + START_GAP_MICROS
      if (this.due < this.lastClock) this.due = this.lastClock
      if (this.due < floor) this.due = floor
    } else if (this.next < this.transport.startTick) this.retimeClock(this.next)
    else this.retimeStart()
  }

  /** When the next clock leaves. */
  private retimeClock(next: Ticks): void {
    const line = this.line
    // A silent output's next tick is Infinity, and no limit is more.
    if (next >= line.limit) {
      this.due = NEVER
      return
    }
    let due = line.anchorTime + (next - line.anchorTick) * line.period + this.latencyMicros
    const spaced = this.lastClock + this.catchUpMicros
    if (due < spaced) due = spaced
    const after = this.lastMessage + START_GAP_MICROS
    if (due < after) due = after
    const floor = line.floor
    this.due = due < floor ? floor : due
  }

  /** When the next message of a start leaves. */
  private retimeStart(): void {
    const line = this.line
    const isAtOnce = this.transport.startsAtOnce
    if (this.next === Infinity || (this.next >= line.limit && !isAtOnce)) {
      this.due = Infinity
      return
    }
    let due = isAtOnce ? line.floor : line.timeOf(this.next) + this.latencyMicros
    due -= START_LEAD_MICROS * (4 - this.stage)
    if (due < this.transport.startFloor) due = this.transport.startFloor
    if (due < this.lastClock) due = this.lastClock
    if (due < this.lastMessage + START_GAP_MICROS) due = this.lastMessage + START_GAP_MICROS
    this.due = due < line.floor ? line.floor : due
  }

  /** Silent, or nothing to send before the clock on `tick`. */
  isWaitingFor(tick: Ticks): boolean {
    if (this.stopPending || this.locate >= 0 || this.stage !== PLAYING || this.latencyMicros !== 0) return false
    return this.due === Infinity && (this.next === Infinity || this.next >= tick)
  }

  /** The clock on `tick` has left at `time`. */
  hasSent(tick: Ticks, time: Micros, sent: EventSink): void {
    if (!this.isPlain || this.next !== tick) return
    this.due = time
    this.emit(sent)
  }

  /** It stops, but another output is ahead of it: all stop after the same clock. */
  private isFinishing(): boolean {
    return this.stopPending && this.next < this.transport.stopTick && this.next < this.line.limit
  }

  emit(out: EventSink): void {
    const time = this.due
    if (this.isPlain) {
      const next = this.next + 1
      this.lastClock = time
      this.next = next
      if (this.port === OUT_MIDI_DIN) this.wire.sendRealTime(time, MIDI_CLOCK, out)
      else out.schedule(time, USB_CLOCK)
      this.retimeClock(next)
      return
    }
    if (this.isFinishing()) this.sendClock(time, out)
    else if (this.stopPending) {
      // A start may have been decided since.
      if (!this.whileStopped) this.next = this.stage === PLAYING ? Infinity : this.first
      this.stopPending = false
      this.isStarted = false
      this.sendMessage(time, MIDI_STOP, out)
    } else if (this.locate >= 0) {
      this.sendSongPosition(time, this.locate, out)
      this.locate = -1
    } else if (this.stage !== PLAYING && this.next >= this.transport.startTick) this.emitStart(time, out)
    else this.sendClock(time, out)
    this.retimeSpecial()
  }

  private sendClock(time: Micros, out: EventSink): void {
    this.lastClock = time
    this.next++
    if (this.port === OUT_MIDI_DIN) this.wire.sendRealTime(time, MIDI_CLOCK, out)
    else out.schedule(time, USB_CLOCK)
  }

  private emitStart(time: Micros, out: EventSink): void {
    const stage = this.stage
    this.stage = stage === SEND_START ? PLAYING : stage + 1
    if (stage === STOP_FIRST) this.sendMessage(time, MIDI_STOP, out)
    else if (stage === SEND_POSITION) this.sendSongPosition(time, this.transport.startSixteenths(), out)
    else {
      this.isStarted = true
      this.sendMessage(time, this.transport.kind, out)
    }
  }

  private sendMessage(time: Micros, byte: number, out: EventSink): void {
    this.lastMessage = time
    this.sendRealTime(time, byte, out)
  }

  private sendSongPosition(time: Micros, sixteenths: number, out: EventSink): void {
    const low = sixteenths & 0x7f
    const high = sixteenths >> 7
    this.lastMessage = time
    if (this.port === OUT_MIDI_DIN) {
      this.wire.sendRealTime(time, MIDI_SONG_POSITION, out)
      this.wire.sendRealTime(time, low, out)
      this.wire.sendRealTime(time, high, out)
    } else out.schedule(time, bytesEvent(this.port, 3, MIDI_SONG_POSITION, low, high))
  }

  private sendRealTime(time: Micros, byte: number, out: EventSink): void {
    if (this.port === OUT_MIDI_DIN) this.wire.sendRealTime(time, byte, out)
    else out.schedule(time, byteEvent(this.port, byte))
  }
}

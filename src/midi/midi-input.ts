/**
 * One MIDI input: its bytes become clocks and transport for the conductor, and everything else goes to the merge. SysEx for this module
 * is not acted on as it comes in, but by the next render, at the same moment: see Module on what is committed before.
 */
import type { ArpSysex } from "../arp/arp-sysex"
import { IDENTITY_LENGTH, identity, isIdentityRequest } from "../config/identity"
import type { Conductor } from "../conductor"
import type { MidiControl } from "../control/midi-control"
import type { EventWord } from "../event"
import { REMOTE_CONTINUE, REMOTE_PLAY, REMOTE_STOP, byteOf, lengthOf } from "../event"
import type { ClockSources } from "../source/clock-sources"
import { SOURCE_DIN, SOURCE_USB } from "../source/clock-sources"
import type { Micros } from "../time"
import { DIN_BYTE_MICROS } from "../time"
import { MIDI_CLOCK, MIDI_CONTINUE, MIDI_SONG_POSITION, MIDI_START, MIDI_STOP } from "../transport"
import type { Merge } from "./merge"
import { MESSAGE, MidiParser, NOTHING, REAL_TIME } from "./parser"

/** Who has `act` called, by the next render at `time`. */
export interface Asked {
  asked(time: Micros): void
}

export class MidiInput {
  readonly parser = new MidiParser()
  /** The parser holds SysEx that is to be acted on. */
  private isAsked = false

  /** `source` is SOURCE_DIN or SOURCE_USB. */
  constructor(
    private readonly source: number,
    private readonly sources: ClockSources,
    private readonly conductor: Conductor,
    private readonly merge: Merge,
    private readonly control: MidiControl,
    private readonly arp: ArpSysex,
    private readonly module: Asked,
  ) {}

  /** Bytes that were complete at `time`. False: they completed nothing, and nothing has changed. */
  input(time: Micros, event: EventWord): boolean {
    const parser = this.parser
    const length = lengthOf(event)
    let isMessage = false
    for (let i = 0; i < length; i++) {
      const done = parser.parse(byteOf(event, i))
      if (done === NOTHING) continue
      if (done === REAL_TIME) this.realTime(time)
      else if (done === MESSAGE) this.message(time)
      else if (this.sysex(time, i + 1 === length)) continue
      isMessage = true
    }
    return isMessage
  }

  private realTime(time: Micros): void {
    const status = this.parser.status
    const source = this.source
    // A clock's time is that of its first edge on the wire.
    if (status === MIDI_CLOCK) this.conductor.pulse(source, source === SOURCE_DIN ? time - DIN_BYTE_MICROS : time)
    else if (!this.sources.rules(source)) this.remote(status)
    else if (status === MIDI_STOP) this.conductor.midiStop(source)
    else if (status === MIDI_START || status === MIDI_CONTINUE) this.conductor.midiStart(source, status)
  }

  /** Another clock rules: an input that sends no clock of its own may still start and stop it. */
  private remote(status: number): void {
    if (this.sources.pulseSources[this.source].hasPulse()) return
    if (status === MIDI_START) this.conductor.remote(REMOTE_PLAY)
    else if (status === MIDI_CONTINUE) this.conductor.remote(REMOTE_CONTINUE)
    else if (status === MIDI_STOP) this.conductor.remote(REMOTE_STOP)
  }

  private message(time: Micros): void {
    const parser = this.parser
    if (parser.status === MIDI_SONG_POSITION) {
      if (this.sources.rules(this.source) || !this.sources.pulseSources[this.source].hasPulse())
        this.conductor.midiLocate(parser.data1 + parser.data2 * 128)
    } else if (!this.control.message(parser.status, parser.data1, parser.data2)) {
      this.merge.message(this.source === SOURCE_USB, time, parser)
    }
  }

  /**
   * `isLast`: nothing in the event follows it, as in a USB-MIDI packet; what follows would be read over it. True: the next render acts on
   * it, and nothing has changed yet.
   */
  private sysex(time: Micros, isLast: boolean): boolean {
    const parser = this.parser
    if (!isIdentityRequest(parser.sysex, parser.sysexLength) && !this.arp.isMeant(parser.sysex, parser.sysexLength)) {
      this.merge.sysex(this.source === SOURCE_USB, time, parser)
      return false
    }
    this.isAsked = true
    if (isLast) this.module.asked(time)
    else this.act(time)
    return isLast
  }

  /** Acts on the SysEx that came in at `time`, if any did. True: outputs are to be looked at. */
  act(time: Micros): boolean {
    if (!this.isAsked) return false
    this.isAsked = false
    const parser = this.parser
    const arp = this.arp
    const fromUsb = this.source === SOURCE_USB
    if (isIdentityRequest(parser.sysex, parser.sysexLength)) {
      this.merge.answer(fromUsb, time, identity(), IDENTITY_LENGTH)
      return false
    }
    if (arp.receive(parser.sysex, parser.sysexLength) && arp.answerLength > 0)
      this.merge.answer(fromUsb, time, arp.answer, arp.answerLength)
    return arp.isHeard
  }
}

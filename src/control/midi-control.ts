/**
 * Hands on the channels over MIDI, on one channel of its own (`control.channel`, 16 unless set; 0 is off). What is understood is
 * taken out of the stream, everything else passes.
 *
 *   notes 60..63  start/stop channel 1..4      64..67  pause, resume or step        68  start all   69  stop all
 *         72..75  realign channel 1..4         76      play/stop
 *   CC    102     wait, 1..99                  103     steps in a part, 1..64
 *         104     tempo target, coarse: 20 + 2 x value BPM                          105  the same, fine: + value / 64 BPM
 */
import type { Conductor } from "../conductor"
import type { SyncBank } from "../sync/bank"

const NOTE_ON = 0x90
const NOTE_OFF = 0x80
const CONTROL_CHANGE = 0xb0

export class MidiControl {
  /** 1..16; 0 is off. */
  channel = 16
  private coarse = 50

  constructor(
    private readonly bank: SyncBank,
    private readonly conductor: Conductor,
  ) {}

  /** True if the message was meant for the module. */
  message(status: number, data1: number, data2: number): boolean {
    if (this.channel === 0 || (status & 0x0f) !== this.channel - 1) return false
    const kind = status & 0xf0
    if (kind === CONTROL_CHANGE) return this.controller(data1, data2)
    if (kind !== NOTE_ON && kind !== NOTE_OFF) return false
    if (data1 < 60 || data1 > 76 || data1 === 70 || data1 === 71) return false
    if (kind === NOTE_ON && data2 > 0) this.note(data1)
    return true
  }

  private note(note: number): void {
    if (note < 64) this.bank.toggle(note - 60)
    else if (note < 68) this.bank.pauseOrStep(note - 64)
    else if (note === 68) this.bank.startAll()
    else if (note === 69) this.bank.stopAll()
    else if (note < 76) this.bank.realign(note - 72)
    else this.conductor.pressPlay()
  }

  private controller(number: number, value: number): boolean {
    if (number === 102) this.bank.askWait(value)
    else if (number === 103) this.bank.askSteps(value)
    else if (number === 104) {
      this.coarse = 20 + 2 * value
      this.bank.askTempo(this.coarse)
    } else if (number === 105) this.bank.askTempo(this.coarse + value / 64)
    else return false
    return true
  }
}

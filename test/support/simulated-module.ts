/**
 * A module with USB-MIDI, as a program on a computer sees it: the real core in real time behind two cables, whole messages in and out. What is
 * lost on the way and when it is switched off a test decides.
 */
import { Engine } from "../../host-sim/live/engine"
import { InputList, type NestedSettings, type TimedEvent } from "../../host-sim/input/timed-input"
import { byteOf, IN_MIDI_CONFIG, IN_MIDI_USB, lengthOf, OUT_MIDI_CONFIG, OUT_MIDI_USB, portOf } from "../../src/event"
import { MidiParser, SYSEX } from "../../src/midi/parser"

/** The names are those of the module's USB descriptor. */
export const CABLES = ["tactus clock", "tactus configuration"] as const

export class SimulatedModule {
  /** A message for which this says true is lost. */
  loses: (cable: number, bytes: readonly number[]) => boolean = () => false
  isOn = true
  private readonly engine: Engine
  private readonly start = performance.now()
  private readonly timer: NodeJS.Timeout

  /** `hear` gets each SysEx the module sends; cable 0 or 1. */
  constructor(settings: NestedSettings, hear: (cable: number, bytes: number[]) => void) {
    const parsers = [new MidiParser(), new MidiParser()]
    this.engine = new Engine(settings, (_, word) => {
      const cable = [OUT_MIDI_USB, OUT_MIDI_CONFIG].indexOf(portOf(word))
      if (cable < 0) return
      const parser = parsers[cable]
      for (let i = 0; i < lengthOf(word); i++) {
        if (parser.parse(byteOf(word, i)) !== SYSEX) continue
        const bytes = Array.from(parser.sysex.subarray(0, parser.sysexLength))
        if (this.isOn && !this.loses(cable, bytes)) hear(cable, bytes)
      }
    })
    this.timer = setInterval(() => this.engine.advance(this.now()), 4)
  }

  get settings(): NestedSettings {
    return { ...this.engine.module.settings }
  }

  /** Somebody turns something at the module itself. */
  change(set: NestedSettings): string[] {
    return this.engine.change(this.now(), set)
  }

  receive(cable: number, bytes: readonly number[]): void {
    if (!this.isOn || this.loses(cable, bytes)) return
    const list = new InputList()
    list.bytes(this.now(), [IN_MIDI_USB, IN_MIDI_CONFIG][cable], bytes)
    for (const event of list.sorted()) this.engine.accept(event as TimedEvent)
  }

  close(): void {
    clearInterval(this.timer)
  }

  private now(): number {
    return Math.floor((performance.now() - this.start) * 1000)
  }
}

/**
 * All parts of the module, and who knows whom. Nothing happens here: `Module` makes them work, `configure` sets them. What each turn
 * asks for stands first: XS looks for a property along the list of them.
 */
import { Answers } from "./answers"
import { LEAD_MICROS } from "./backend"
import { ArpSysex } from "./arp/arp-sysex"
import { Arpeggiator } from "./arp/arpeggiator"
import { DivisionPot } from "./arp/pot"
import { Conductor } from "./conductor"
import { Buttons } from "./control/buttons"
import { Keys } from "./control/keys"
import { MidiControl } from "./control/midi-control"
import { Pots } from "./control/pots"
import { OUT_MIDI_CONFIG, OUT_MIDI_USB } from "./event"
import { tellCarrier, type Carrier } from "./midi/carrier"
import { DinWire } from "./midi/din-wire"
import { Merge } from "./midi/merge"
import { MidiInput, type Asked } from "./midi/midi-input"
import { WordQueue } from "./midi/word-queue"
import { Outputs } from "./output/outputs"
import type { Settings } from "./settings"
import { standardSettings } from "./settings"
import { ClockSources, SOURCE_CV, SOURCE_DIN, SOURCE_USB } from "./source/clock-sources"
import { EdgeFilter } from "./source/edge-filter"
import { TapTempo } from "./source/tap"
import { CHANNELS, SyncBank } from "./sync/bank"
import type { Micros } from "./time"
import { Timeline } from "./timeline"
import { Transport } from "./transport"

export abstract class Parts implements Asked {
  /** The moment up to which all is done, and the horizon up to which all is sent. */
  protected now: Micros = 0
  protected committed: Micros = 0
  /** When something inside is to be acted on next. */
  protected deadline: Micros = Infinity
  protected lead: Micros = LEAD_MICROS
  /** Bytes may wait for a wire or a USB port, or an answer is being made. */
  protected isWaiting = true

  readonly line = new Timeline()
  readonly transport = new Transport()
  readonly wire = new DinWire()
  readonly outputs = new Outputs(this.line, this.transport, this.wire)
  readonly sources = new ClockSources(this.line, this.transport)
  readonly cvFilter = new EdgeFilter()
  protected readonly cvSource = this.sources.pulseSources[SOURCE_CV]
  protected readonly usbSource = this.sources.pulseSources[SOURCE_USB]
  protected readonly dinSource = this.sources.pulseSources[SOURCE_DIN]

  readonly settings: Settings = standardSettings()
  readonly usbQueue = new WordQueue(OUT_MIDI_USB)
  readonly configQueue = new WordQueue(OUT_MIDI_CONFIG)
  readonly arp = new Arpeggiator(this.line, this.transport, this.sources)
  readonly conductor = new Conductor(this.line, this.transport, this.sources, this.outputs, this.arp)
  readonly bank = new SyncBank(this.line, this.transport, this.sources, this.outputs, this.settings)
  readonly answers = new Answers(this.sources, this.outputs)

  readonly merge = new Merge(this.wire, this.usbQueue)
  readonly control = new MidiControl(this.bank, this.conductor)
  readonly arpPot = new DivisionPot()
  readonly arpSysex = new ArpSysex(this.arp, this.arpPot, this.settings)
  readonly din = new MidiInput(SOURCE_DIN, this.sources, this.conductor, this.merge, this.control, this.arpSysex, this)
  readonly usb = new MidiInput(SOURCE_USB, this.sources, this.conductor, this.merge, this.control, this.arpSysex, this)

  readonly resetFilter = new EdgeFilter()
  readonly buttons = new Buttons()
  readonly tap = new TapTempo()
  readonly pots = new Pots(this.bank)
  readonly keys = new Keys(this.bank, this.conductor, this.settings)

  /** Who carries SysEx that is not for this module, where the back end can. */
  carrier: Carrier | null = null

  constructor() {
    this.outputs.add(this.arp)
    this.outputs.decideBy(this.bank)
    for (let i = 0; i < CHANNELS; i++) this.outputs.addTrain(this.bank.gates[i])
    this.outputs.addTrain(this.arp.gate)
  }
  abstract asked(time: Micros): void

  /** From now on the back end carries it. */
  carryBy(carrier: Carrier): void {
    this.carrier = carrier
    tellCarrier(carrier, this.settings)
  }
}

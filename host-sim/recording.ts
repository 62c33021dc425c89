/**
 * A run of the simulator as it is remembered: what went in, what came out, and under which settings. Everything the output
 * files say (tempo, phase error, beats, transport) is read from these events afterwards, so a run replayed from a module's
 * own trace is measured the same way as a simulated one.
 *
 * Events lie in flat columns, 12 bytes each: an hour at 120 BPM with two MIDI outputs and a 24 PPQN input is about 700,000
 * events, 8 MB, and no object per event.
 *
 * Times are those of the wire, as in TRACE.jsonl and events.jsonl: a MIDI DIN event stands at the START of its first byte.
 * (The core hears a DIN byte when it is complete, 320 us later: whoever records it takes them off again.)
 */
import { portOf, type EventWord } from "../src/event"
import type { Micros } from "../src/time"

/** Anything JSON can say: settings as the user wrote them. */
export type SettingsObject = { readonly [name: string]: unknown }

/** A `{"t": …, "set": {…}}` line of a trace. */
export interface SettingsChange {
  readonly time: Micros
  readonly set: SettingsObject
}

export interface PortEvents {
  readonly times: Float64Array
  readonly words: Int32Array
}

/** What the six bits of a word's port can say. */
const PORT_COUNT = 64

/** Events in time order (ties keep the order of arrival), times in whole microseconds. */
export class EventColumn {
  private timeColumn = new Float64Array(1024)
  private wordColumn = new Int32Array(1024)
  private count = 0
  private inOrder = true
  private ports: PortEvents[] | null = null

  get length(): number {
    return this.count
  }

  /** Amortised constant time. Out of order is fine, and costs one sort at the next reading. */
  add(time: Micros, word: EventWord): void {
    if (this.count === this.timeColumn.length) this.grow()
    const rounded = Math.round(time)
    if (this.count > 0 && rounded < this.timeColumn[this.count - 1]) this.inOrder = false
    this.timeColumn[this.count] = rounded
    this.wordColumn[this.count] = word
    this.count++
    this.ports = null
  }

  /** Times of all events, a view: not to be kept across an `add`. */
  get times(): Float64Array {
    this.sort()
    return this.timeColumn.subarray(0, this.count)
  }

  /** Words of all events, a view: not to be kept across an `add`. */
  get words(): Int32Array {
    this.sort()
    return this.wordColumn.subarray(0, this.count)
  }

  /** The events of one port, in order, as columns of their own; views, as above. The first call sorts out all ports at once. */
  ofPort(port: number): PortEvents {
    this.ports ??= this.splitByPort()
    return this.ports[port] ?? { times: new Float64Array(), words: new Int32Array() }
  }

  *[Symbol.iterator](): Generator<{ time: Micros; word: EventWord }> {
    const { times, words } = this
    for (let i = 0; i < times.length; i++) yield { time: times[i], word: words[i] }
  }

  private splitByPort(): PortEvents[] {
    const { times, words } = this
    const counts = new Int32Array(PORT_COUNT)
    for (let i = 0; i < words.length; i++) counts[portOf(words[i])]++
    const ports = Array.from(counts, (count) => ({ times: new Float64Array(count), words: new Int32Array(count) }))
    counts.fill(0)
    for (let i = 0; i < words.length; i++) {
      const port = portOf(words[i])
      const index = counts[port]++
      ports[port].times[index] = times[i]
      ports[port].words[index] = words[i]
    }
    return ports
  }

  private grow(): void {
    const times = new Float64Array(this.count * 2)
    const words = new Int32Array(this.count * 2)
    times.set(this.timeColumn)
    words.set(this.wordColumn)
    this.timeColumn = times
    this.wordColumn = words
  }

  private sort(): void {
    if (this.inOrder) return
    const order = Array.from({ length: this.count }, (_, i) => i).sort((a, b) => this.timeColumn[a] - this.timeColumn[b])
    const times = Float64Array.from(order, (i) => this.timeColumn[i])
    const words = Int32Array.from(order, (i) => this.wordColumn[i])
    this.timeColumn = times
    this.wordColumn = words
    this.inOrder = true
  }
}

export class Recording {
  readonly inputs = new EventColumn()
  readonly outputs = new EventColumn()
  readonly settingsChanges: SettingsChange[] = []
  /** What went wrong and how often (a full queue, an overlong SysEx, …), by name; copied into the report. */
  readonly counters: Record<string, number> = {}
  /** The virtual time at which the run ended. */
  until: Micros = 0

  constructor(
    /** What the user ran: the scenario's name or the input file's, for titles. */
    readonly title: string,
    /** Every setting in force at the start, defaults included, nested as in SETTINGS.json. */
    readonly settings: SettingsObject,
  ) {}

  addInput(time: Micros, word: EventWord): void {
    this.inputs.add(time, word)
  }

  addOutput(time: Micros, word: EventWord): void {
    this.outputs.add(time, word)
  }

  addSettings(time: Micros, set: SettingsObject): void {
    this.settingsChanges.push({ time: Math.round(time), set })
  }
}

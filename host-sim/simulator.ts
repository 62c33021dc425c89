/**
 * Virtual time: the core runs as fast as it can, each input comes at its own time, and each output is delivered at its time to the
 * microsecond. Nothing here reads a clock, so the same inputs always give the same recording.
 */
import { feed, LEAD_MICROS } from "../src/backend"
import { countersOf } from "../src/counters"
import type { EventWord } from "../src/event"
import { IN_MIDI_DIN, portOf } from "../src/event"
import { Module } from "../src/module"
import type { EventSink } from "../src/processor"
import { standardSettings, changeSettings } from "../src/settings"
import { DIN_BYTE_MICROS, type Micros } from "../src/time"
import type { TimedInput } from "./input/timed-input"
import { takeLine } from "../src/net/module-hand"
import { OrderedQueue } from "./ordered-queue"
import { Recording, type SettingsObject } from "./recording"

/** How much virtual time passes between two looks at the queue; it changes nothing but memory. */
const STEP_MICROS = 20000

export interface SimulationOptions {
  /** What is run, for titles. */
  readonly title?: string
  /** Told the virtual time now and then. */
  readonly progress?: (time: Micros) => void
}

/** A back end in virtual time. */
class VirtualSink implements EventSink {
  readonly queue = new OrderedQueue()

  schedule(time: Micros, event: EventWord): boolean {
    this.queue.push(time, event)
    return true
  }
}

/** Runs the module on `inputs` (in time order) to the virtual time `until`. `settings` is a nested object; throws RangeError where one is refused. */
export function simulate(
  inputs: readonly TimedInput[],
  settings: SettingsObject,
  until: Micros,
  options: SimulationOptions = {},
): Recording {
  const module = new Module(settings)
  const inForce = standardSettings()
  changeSettings(inForce, settings)
  const recording = new Recording(options.title ?? "simulation", inForce as unknown as SettingsObject)
  const sink = new VirtualSink()
  const record = (time: Micros, word: EventWord) => recording.addOutput(time, word)
  let refusedSettings = 0
  let next = 0
  for (let now = 0; now < until;) {
    now = Math.min(now + STEP_MICROS, until)
    for (; next < inputs.length && inputs[next].time < now; next++) {
      const input = inputs[next]
      if (input.set !== undefined) {
        module.render(input.time + LEAD_MICROS, sink)
        if (module.change(input.time, input.set).length > 0) refusedSettings++
        recording.addSettings(input.time, input.set)
      } else if (input.line !== undefined) takeLine(module, sink, input.time, input.line)
      else {
        feed(module, sink, input.time, input.event)
        recording.addInput(portOf(input.event) === IN_MIDI_DIN ? input.time - DIN_BYTE_MICROS : input.time, input.event)
      }
    }
    module.render(now + LEAD_MICROS, sink)
    sink.queue.deliver(now, record)
    options.progress?.(now)
  }
  recording.until = until
  Object.assign(recording.counters, countersOf(module), { refusedSettings })
  return recording
}

/**
 * The whole core in virtual time, as it is shipped: pulses in at the CV jack, MIDI clocks out, each at the time to which
 * it was committed 8 ms ahead. The core's own times, before a back end rounds them to whole microseconds.
 */
import { feed, LEAD_MICROS } from "../../src/backend"
import { byteOf, IN_CV, lengthOf, levelEvent, OUT_MIDI_USB, portOf, type EventWord } from "../../src/event"
import { Module } from "../../src/module"
import type { EventSink } from "../../src/processor"
import type { Micros } from "../../src/time"
import { MIDI_CLOCK } from "../../src/transport"

const PULSE_MICROS = 1000

class ClockSink implements EventSink {
  readonly clocks: Micros[] = []

  schedule(time: Micros, event: EventWord): boolean {
    if (portOf(event) === OUT_MIDI_USB && lengthOf(event) === 1 && byteOf(event, 0) === MIDI_CLOCK) this.clocks.push(time)
    return true
  }
}

/** Times of the clocks that the core sends up to `until` for `pulses`, which must be in order. */
export function clocksFor(pulses: readonly Micros[], ppqn: number, until: Micros): Micros[] {
  const module = new Module({ source: "cv", cv: { ppqn } })
  const sink = new ClockSink()
  for (let i = 0; i < pulses.length; i++) {
    const rise = pulses[i]
    const fall = Math.min(rise + PULSE_MICROS, i + 1 < pulses.length ? (rise + pulses[i + 1]) / 2 : Infinity)
    feed(module, sink, rise, levelEvent(IN_CV, 1))
    feed(module, sink, fall, levelEvent(IN_CV, 0))
  }
  module.render(until + LEAD_MICROS, sink)
  return sink.clocks.filter((time) => time < until)
}

/** Times of the internal clock's ticks. */
export function internalClocks(bpm: number, until: Micros): Micros[] {
  const module = new Module({ source: "internal", tempo: bpm })
  const sink = new ClockSink()
  module.render(until + LEAD_MICROS, sink)
  return sink.clocks.filter((time) => time < until)
}

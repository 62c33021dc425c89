/**
 * The simulator's run of what is played into the chip, and with each event how long before its time it was decided. What is decided
 * eight milliseconds ahead stands on its microsecond; what answers an input sooner than a turn of TypeScript takes cannot.
 */
import { feed, LEAD_MICROS } from "../../src/backend"
import type { EventWord } from "../../src/event"
import { BOARD_ANSWER_MICROS } from "../../src/lead"
import { Module } from "../../src/module"
import type { TimedEvent } from "../../host-sim/input/timed-input"
import type { TimedWord } from "./compare"

/** How exactly the lead is known. */
const STEP_MICROS = 500

export interface Decided extends TimedWord {
  readonly lead: number
}

/** Everything the core has delivered before `until`, in order of time. `settings`: what it begins with. */
export function decide(inputs: readonly TimedEvent[], until: number, settings: unknown = {}): Decided[] {
  const module = new Module(settings)
  module.conductor.answerMicros = BOARD_ANSWER_MICROS
  const decided: Decided[] = []
  let now = 0
  const sink = {
    schedule: (time: number, word: EventWord) => decided.push({ time: Math.round(Math.max(time, now)), word, lead: time - now }) > 0,
  }
  const renderTo = (time: number) => {
    while (now < time) {
      now = Math.min(now + STEP_MICROS, time)
      module.render(now + LEAD_MICROS, sink)
    }
  }
  for (const { time, event } of inputs) {
    if (time >= until) break
    renderTo(time)
    feed(module, sink, time, event)
  }
  renderTo(until)
  return decided.filter(({ time }) => time < until).sort((one, other) => one.time - other.time)
}

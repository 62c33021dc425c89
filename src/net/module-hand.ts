/**
 * The hand that plays a module from afar: OSC, a shared timeline, a recording. Each thing is told at its time, after what was to be
 * committed before it, and in order (what comes too late is told as soon as still possible). Whoever listens hears exactly what the
 * module was told, which is all it takes to play the session again.
 */
import { feed, LEAD_MICROS } from "../backend"
import type { EventWord } from "../event"
import type { Module } from "../module"
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import type { GivenLine, NestedSettings, TimedInput } from "../timed-input"

export class ModuleHand {
  /** Told of everything that the module is told. */
  onInput: (input: TimedInput) => void = () => undefined
  private last: Micros = 0

  constructor(
    readonly module: Module,
    private readonly out: EventSink,
  ) {}

  event(at: Micros, event: EventWord): void {
    const time = this.inOrder(at)
    feed(this.module, this.out, time, event)
    this.onInput({ time, event })
  }

  /** Returns what is wrong; empty if taken. */
  set(at: Micros, set: NestedSettings): string[] {
    const time = this.inOrder(at)
    this.module.render(time + LEAD_MICROS, this.out)
    const problems = this.module.change(time, set)
    if (problems.length === 0) this.onInput({ time, set })
    return problems
  }

  line(at: Micros, line: GivenLine): void {
    const time = this.inOrder(at)
    takeLine(this.module, this.out, time, line)
    this.onInput({ time, line })
  }

  private inOrder(time: Micros): Micros {
    return (this.last = Math.max(this.last, time))
  }
}

/** A line given from outside, taken by the module at `time`. */
export function takeLine(module: Module, out: EventSink, time: Micros, line: GivenLine): void {
  module.render(time + LEAD_MICROS, out)
  if (line.starts) module.startAt(time, line.at, line.tick, line.period)
  else module.steer(time, line.at, line.tick, line.period)
}

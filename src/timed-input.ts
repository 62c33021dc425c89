/**
 * What a module can be told, each at its time: an input's event, a change of settings, a line given from outside. Types alone; who tells
 * it a list of them (a simulation, a recording, a network) tells it the same.
 */
import type { EventWord } from "./event"
import type { Micros } from "./time"

/** Settings as a user writes them: nested, and only what changes. */
export type NestedSettings = { readonly [key: string]: unknown }

export interface TimedEvent {
  readonly time: Micros
  readonly event: EventWord
  readonly set?: undefined
  readonly line?: undefined
}

export interface TimedSettings {
  readonly time: Micros
  readonly set: NestedSettings
  readonly event?: undefined
  readonly line?: undefined
}

/** Where another machine (or a recording that is played) has the song: its tick `tick` stands at `at`, ticks last `period`, both us. */
export interface GivenLine {
  readonly at: Micros
  readonly tick: number
  readonly period: Micros
  /** Whether the song starts there; else the one that runs is kept on this line. */
  readonly starts: boolean
}

export interface TimedLine {
  readonly time: Micros
  readonly line: GivenLine
  readonly event?: undefined
  readonly set?: undefined
}

export type TimedInput = TimedEvent | TimedSettings | TimedLine

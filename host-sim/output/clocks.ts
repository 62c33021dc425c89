/**
 * The clocks of a run with their place in the song, and the transport between them, as a MIDI device hears them on one output
 * port: the first F8 after FA is tick 0, FB goes on where the last clock (or F2) left off. Before any FA, and after FC, clocks
 * carry no place.
 *
 * The port is midi-din where that has clocks, else midi-usb. Its latency offset (settings, latencyMicros.<port>) is taken off
 * again, so that times here are those the clock means.
 */
import { byteOf, lengthOf, OUT_MIDI_DIN, OUT_MIDI_USB, OUTPUT_PORTS, portOf } from "../../src/event"
import { TICKS_PER_SIXTEENTH, type Micros, type Ticks } from "../../src/time"
import type { Recording, SettingsObject } from "../recording"

export type TransportChange = "start" | "continue" | "stop"

export interface TransportEvent {
  readonly time: Micros
  readonly change: TransportChange
  /** How many clocks of the run came before. */
  readonly clockIndex: number
  /** Where the song stands: the place of the next clock. */
  readonly tick: Ticks
}

export interface Clocks {
  /** Name of the port they were read from; null where no MIDI output has clocks. */
  readonly port: string | null
  readonly times: Float64Array
  /** Place of each clock in the song, -1 while the song stands still. */
  readonly ticks: Int32Array
  readonly transport: readonly TransportEvent[]
  /** Latency offset of each output. */
  readonly latencies: Readonly<Record<string, Micros>>
}

export function clocksOf(recording: Recording): Clocks {
  const port = [OUT_MIDI_DIN, OUT_MIDI_USB].find((candidate) => hasClocks(recording, candidate))
  const latencies = Object.fromEntries(OUTPUT_PORTS.map((name) => [name, numberSetting(recording.settings, "latencyMicros", name)]))
  if (port === undefined) return { port: null, times: new Float64Array(), ticks: new Int32Array(), transport: [], latencies }
  const latency = latencies[OUTPUT_PORTS[port]]
  const { times, words } = recording.outputs.ofPort(port)
  const clockTimes: number[] = []
  const ticks: number[] = []
  const transport: TransportEvent[] = []
  let tick = 0
  let playing = false
  const changeTo = (change: TransportChange, time: Micros) => {
    playing = change !== "stop"
    if (change === "start") tick = 0
    transport.push({ time, change, clockIndex: clockTimes.length, tick })
  }
  for (let i = 0; i < times.length; i++) {
    const word = words[i]
    if (lengthOf(word) === 0) continue
    const time = times[i] - latency
    const byte = byteOf(word, 0)
    if (byte === 0xf8) {
      clockTimes.push(time)
      ticks.push(playing ? tick++ : -1)
    } else if (byte === 0xfa) changeTo("start", time)
    else if (byte === 0xfb) changeTo("continue", time)
    else if (byte === 0xfc) changeTo("stop", time)
    else if (byte === 0xf2 && lengthOf(word) === 3) tick = (byteOf(word, 1) + byteOf(word, 2) * 128) * TICKS_PER_SIXTEENTH
  }
  return { port: OUTPUT_PORTS[port], times: Float64Array.from(clockTimes), ticks: Int32Array.from(ticks), transport, latencies }
}

function hasClocks(recording: Recording, port: number): boolean {
  return recording.outputs.words.some((word) => portOf(word) === port && lengthOf(word) === 1 && byteOf(word, 0) === 0xf8)
}

/** A number deep in the settings, 0 where there is none. */
export function numberSetting(settings: SettingsObject, ...path: string[]): number {
  const value = path.reduce<unknown>((node, name) => (node as SettingsObject | undefined)?.[name], settings)
  return typeof value === "number" ? value : 0
}

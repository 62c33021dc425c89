/**
 * report.json: a run in figures. Every name and unit in it is explained in ../report.md; all of it is read from the events, so
 * it says what a listener at the jacks would measure, not what the core believes.
 */
import { INPUT_PORTS, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import { DIN_BYTE_MICROS, TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT } from "../../src/time"
import { version } from "../../package.json"
import type { EventColumn, Recording } from "../recording"
import type { Clocks } from "./clocks"
import { byteMicrosOf, MidiStream } from "./midi-stream"
import { beginningsOf, type Reading } from "./reading"
import { intervalsOf, statisticsOf, type Statistics } from "./statistics"

export function writeReport(reading: Reading, write: (text: string) => void): void {
  write(JSON.stringify(reportOf(reading), null, 2) + "\n")
}

export function reportOf(reading: Reading) {
  const { recording, clocks } = reading
  return {
    title: recording.title,
    version: { tactus: version, node: process.versions.node },
    untilMicros: recording.until,
    inputs: countsOf(recording.inputs, INPUT_PORTS),
    outputs: countsOf(recording.outputs, OUTPUT_PORTS),
    transport: clocks.transport.map(({ time, change, tick }) => ({ micros: time, change, beat: tick / TICKS_PER_BEAT })),
    clock: clockFigures(reading),
    phaseError: phaseFigures(reading),
    wire: wireFigures(recording),
    counters: recording.counters,
    settings: recording.settings,
    settingsChanges: recording.settingsChanges.map(({ time, set }) => ({ micros: time, set })),
  }
}

/** Port, then message or edge, then how many. Ports without events are left out. */
function countsOf(column: EventColumn, portNames: readonly string[]): Record<string, Record<string, number>> {
  const messages = portNames.map(() => new Int32Array(256))
  const values = portNames.map(() => new Int32Array(2))
  const streams = portNames.map(
    (name, port) => new MidiStream(byteMicrosOf(name), { message: (_time, bytes) => void messages[port][bytes[0]]++ }),
  )
  const { times, words } = column
  for (let i = 0; i < times.length; i++) {
    const port = portOf(words[i])
    if (portNames[port] === "keys") values[port][1]++
    else if (lengthOf(words[i]) === 0) values[port][valueOf(words[i]) === 1 ? 1 : 0]++
    else streams[port].add(times[i], words[i])
  }
  const counts: Record<string, Record<string, number>> = {}
  const count = (port: string, what: string, howMany: number) => {
    if (howMany === 0) return
    const ofPort = (counts[port] ??= {})
    ofPort[what] = (ofPort[what] ?? 0) + howMany
  }
  portNames.forEach((name, port) => {
    messages[port].forEach((howMany, status) => count(name, messageName(status), howMany))
    values[port].forEach((howMany, level) => count(name, edgeName(name, level), howMany))
  })
  return counts
}

function edgeName(port: string, value: number): string {
  if (port === "keys") return "characters"
  if (port.startsWith("pot-")) return "values"
  return value === 1 ? "rising" : "falling"
}

const CHANNEL_MESSAGES = ["noteOff", "noteOn", "polyPressure", "controlChange", "programChange", "channelPressure", "pitchBend"]
const SYSTEM_MESSAGES: Record<number, string> = {
  0xf0: "sysEx",
  0xf1: "timeCode",
  0xf2: "songPosition",
  0xf3: "songSelect",
  0xf6: "tuneRequest",
  0xf8: "clock",
  0xfa: "start",
  0xfb: "continue",
  0xfc: "stop",
  0xfe: "activeSensing",
  0xff: "systemReset",
}

function messageName(status: number): string {
  return status >= 0xf0 ? (SYSTEM_MESSAGES[status] ?? "undefined") : (CHANNEL_MESSAGES[(status >> 4) - 8] ?? "undefined")
}

function clockFigures({ clocks, intervals }: Reading) {
  const beats = beatIntervalsOf(clocks)
  return {
    port: clocks.port,
    intervalMicros: rounded(intervals),
    beatsPerMinute: rounded(statisticsOf(beats.map((micros) => (TICK_MICROS_AT_1_BPM * TICKS_PER_BEAT) / micros))),
    firstMicros: clocks.times[0] ?? null,
    lastMicros: clocks.times[clocks.times.length - 1] ?? null,
  }
}

/** Lengths of whole beats: 24 clocks of the song without a pause between. */
function beatIntervalsOf(clocks: Clocks): number[] {
  const { times, ticks } = clocks
  const beginnings = beginningsOf(clocks)
  const lengths: number[] = []
  let since = 0
  for (let i = 0; i < times.length; i++) {
    if (beginnings.has(i)) since = i
    const first = i - TICKS_PER_BEAT
    if (first >= since && ticks[first] >= 0 && ticks[first] % TICKS_PER_BEAT === 0 && ticks[i] >= 0) lengths.push(times[i] - times[first])
  }
  return lengths
}

function phaseFigures({ pulses, phaseErrors, phase, settledPhase }: Reading) {
  const { micros, unmatchedPulses } = phaseErrors
  const surplus = pulses.perBeat > TICKS_PER_BEAT ? pulses.times.length / 2 : 0
  return {
    port: pulses.port,
    pulsesPerBeat: pulses.perBeat,
    pulses: pulses.times.length,
    pulsesWithoutClock: Math.max(0, Math.floor(unmatchedPulses.length - surplus)),
    pulseIntervalMicros: rounded(statisticsOf(intervalsOf(pulses.times))),
    micros: rounded(phase),
    settledMicros: rounded(settledPhase),
    absoluteMicros: rounded(statisticsOf(micros.map(Math.abs))),
  }
}

/** Whether the MIDI DIN wire was possible at all: no byte may begin while another is on it. */
function wireFigures(recording: Recording) {
  const { times, words } = recording.outputs.ofPort(OUTPUT_PORTS.indexOf("midi-din"))
  let overlaps = 0
  let bytes = 0
  let free = -Infinity
  let least = Infinity
  for (let i = 0; i < times.length; i++) {
    if (times[i] < free) overlaps++
    if (i > 0) least = Math.min(least, times[i] - free + DIN_BYTE_MICROS)
    bytes += lengthOf(words[i])
    free = times[i] + lengthOf(words[i]) * DIN_BYTE_MICROS
  }
  return {
    dinBytes: bytes,
    dinOverlaps: overlaps,
    dinLeastSpacingMicros: times.length > 1 ? least : null,
    dinBusyShare: recording.until > 0 ? Number(((bytes * DIN_BYTE_MICROS) / recording.until).toFixed(6)) : 0,
  }
}

/** To a nanosecond (or a millionth of a BPM): more digits than that mean nothing. */
function rounded(statistics: Statistics | null): Statistics | null {
  if (statistics === null) return null
  const entries = Object.entries(statistics).map(([name, value]) => [name, Number((value as number).toFixed(6))])
  return Object.fromEntries(entries) as Statistics
}

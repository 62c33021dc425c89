/**
 * clock.mid: the run as a Standard MIDI File (format 1, 960 ticks a quarter) to be opened in a DAW. Clock bytes may not stand
 * in such a file; what they say is the tempo map, and the file's times are the run's times. Tracks:
 *   tempo       the tempo map, and markers where the song starts, goes on, stops or jumps
 *   beats       a wood block on each beat, the first of four higher, to be heard against a recording
 *   midi-… out  what else went out of that port (the pass-through)
 */
import { writeMidi, type MidiEvent } from "midi-file"
import { byteOf, lengthOf, OUTPUT_PORTS } from "../../src/event"
import { TICKS_PER_BEAT, type Micros } from "../../src/time"
import type { Recording } from "../recording"
import { byteMicrosOf, MidiStream } from "./midi-stream"
import type { Reading } from "./reading"
import { songLayoutOf } from "./song-layout"
import { tempoMapOf, TICKS_PER_QUARTER, ticksAt, type TempoChange } from "./tempo-map"

/** An event at a file tick; ties keep their order. */
type Placed = readonly [tick: number, event: Untimed<MidiEvent>]
type Untimed<Event> = Event extends unknown ? Omit<Event, "deltaTime"> : never

export function writeClockMidi({ recording, clocks }: Reading, write: (bytes: Uint8Array) => void): void {
  const { anchors, clockTicks, quartersPerBeat } = songLayoutOf(clocks)
  const tempo = tempoMapOf(anchors)
  const lastTick = Math.max(...ticksAt(tempo, [recording.until]), clockTicks.at(-1) ?? 0)
  const heading: Placed[] = [
    [0, { type: "trackName", text: latin(recording.title) }],
    [0, { type: "timeSignature", numerator: 4, denominator: 4, metronome: TICKS_PER_BEAT, thirtyseconds: 8 }],
  ]
  const changes = tempo.map(({ tick, microsPerQuarter }): Placed => [tick, { type: "setTempo", microsecondsPerBeat: microsPerQuarter }])
  const stopTicks = ticksAt(
    tempo,
    Array.from(clocks.transport, ({ time }) => time),
  )
  const markers = clocks.transport.map(({ change, tick, clockIndex }, i): Placed => {
    const place = change === "stop" ? stopTicks[i] : (clockTicks[clockIndex] ?? stopTicks[i])
    return [
      place,
      { type: "marker", text: change === "start" ? "start" : `${change} at beat ${Number((tick / TICKS_PER_BEAT).toFixed(3))}` },
    ]
  })
  const tracks = [
    [...heading, ...changes, ...markers],
    [[0, { type: "trackName", text: "beats" }] as Placed, ...beatNotes(clocks.ticks, clockTicks, quartersPerBeat, lastTick)],
    ...OUTPUT_PORTS.map((name, port) => throughTrack(recording, name, port, tempo)).filter((track) => track.length > 0),
  ]
  for (const chunk of encoded(tracks.map((track) => timed(track, lastTick)))) write(chunk)
}

const HEADER_BYTES = 14
const TRACK_HEADER_BYTES = 8
const EVENTS_AT_ONCE = 256

/**
 * The library copies a whole track at each event (8 s for an hour of beats), so it gets a few events at a time, and the
 * bodies of its tracks are joined here.
 */
function encoded(tracks: readonly MidiEvent[][]): Uint8Array[] {
  const encode = (events: MidiEvent[]) =>
    Uint8Array.from(writeMidi({ header: { format: 1, numTracks: 1, ticksPerBeat: TICKS_PER_QUARTER }, tracks: [events] }))
  const chunks: Uint8Array[] = [encode([]).subarray(0, HEADER_BYTES)]
  // The library counts the tracks it is given.
  new DataView(chunks[0].buffer).setUint16(10, tracks.length)
  for (const events of tracks) {
    const parts: Uint8Array[] = []
    for (let i = 0; i < events.length; i += EVENTS_AT_ONCE)
      parts.push(encode(events.slice(i, i + EVENTS_AT_ONCE)).subarray(HEADER_BYTES + TRACK_HEADER_BYTES))
    const heading = encode([]).slice(HEADER_BYTES)
    new DataView(heading.buffer).setUint32(
      4,
      parts.reduce((sum, part) => sum + part.length, 0),
    )
    chunks.push(heading, ...parts)
  }
  return chunks
}

/** General MIDI percussion: channel 10, high and low wood block. */
const PERCUSSION_CHANNEL = 9
const HIGH_WOOD_BLOCK = 76
const LOW_WOOD_BLOCK = 77

function beatNotes(ticks: Int32Array, clockTicks: readonly number[], quartersPerBeat: number, lastTick: number): Placed[] {
  const length = (TICKS_PER_QUARTER / 4) * quartersPerBeat
  const notes: Placed[] = []
  ticks.forEach((tick, i) => {
    if (tick < 0 || tick % TICKS_PER_BEAT !== 0) return
    const isBar = tick % (TICKS_PER_BEAT * 4) === 0
    const note = { channel: PERCUSSION_CHANNEL, noteNumber: isBar ? HIGH_WOOD_BLOCK : LOW_WOOD_BLOCK }
    notes.push([clockTicks[i], { type: "noteOn", ...note, velocity: isBar ? 110 : 80 }])
    notes.push([Math.min(clockTicks[i] + length, lastTick), { type: "noteOff", ...note, velocity: 0 }])
  })
  return notes
}

/** Channel messages and SysEx that went out of a port, at the nearest file tick; empty if there were none. */
function throughTrack(recording: Recording, name: string, port: number, tempo: readonly TempoChange[]): Placed[] {
  const messages: { time: Micros; event: Untimed<MidiEvent> }[] = []
  const stream = new MidiStream(byteMicrosOf(name), {
    message: (time, bytes) => {
      const event = fileEvent(bytes)
      if (event !== null) messages.push({ time, event })
    },
  })
  const { times, words } = recording.outputs.ofPort(port)
  for (let i = 0; i < times.length; i++) {
    const isRealTime = lengthOf(words[i]) === 1 && byteOf(words[i], 0) >= 0xf8
    if (!isRealTime) stream.add(times[i], words[i])
  }
  if (messages.length === 0) return []
  messages.sort((a, b) => a.time - b.time)
  const ticks = ticksAt(
    tempo,
    messages.map(({ time }) => time),
  )
  return [[0, { type: "trackName", text: `${name} out` }], ...messages.map(({ event }, i): Placed => [ticks[i], event])]
}

/** Null for what may not stand in a file. */
function fileEvent(bytes: readonly number[]): Untimed<MidiEvent> | null {
  const [status, first, second] = bytes
  const channel = status & 15
  switch (status >> 4) {
    case 0x8:
      return { type: "noteOff", channel, noteNumber: first, velocity: second }
    case 0x9:
      return { type: "noteOn", channel, noteNumber: first, velocity: second }
    case 0xa:
      return { type: "noteAftertouch", channel, noteNumber: first, amount: second }
    case 0xb:
      return { type: "controller", channel, controllerType: first, value: second }
    case 0xc:
      return { type: "programChange", channel, programNumber: first }
    case 0xd:
      return { type: "channelAftertouch", channel, amount: first }
    case 0xe:
      return { type: "pitchBend", channel, value: first + second * 128 - 0x2000 }
    default:
      return status === 0xf0 ? { type: "sysEx", data: bytes.slice(1) } : null
  }
}

function timed(track: readonly Placed[], lastTick: number): MidiEvent[] {
  let now = 0
  const inOrder = [...track].sort(([a], [b]) => a - b)
  const events = inOrder.map(([tick, event]) => {
    const deltaTime = tick - now
    now = tick
    return { deltaTime, ...event } as MidiEvent
  })
  return [...events, { deltaTime: Math.max(0, lastTick - now), type: "endOfTrack" }]
}

/** The library writes a character a byte; UTF-8 is what today's DAWs read. */
function latin(text: string): string {
  return Buffer.from(text).toString("latin1")
}

/**
 * What is played to the firmware, and what its load says of the price of one event: scenes that differ in one kind of event, so that
 * the rest cancels. Settings go in as the panel would send them, over SysEx (src/config/config-port.ts).
 */
import { byteEvent, bytesEvent, IN_CV, IN_MIDI_CONFIG, IN_MIDI_DIN, IN_MIDI_USB, levelEvent, type EventWord } from "../../src/event"
import { DIN_BYTE_MICROS, TICKS_PER_BEAT } from "../../src/time"

export interface Played {
  readonly time: number
  readonly event: EventWord
}

export interface Scene {
  readonly name: string
  readonly about: string
  readonly inputs: readonly Played[]
}

/** Settings are in, everything runs, and storing them has not begun (three seconds after they came): measured from here on. */
export const MEASURED_FROM = 2_000_000
const SETTINGS_AT = 150_000
const PACKET_MICROS = 300
const FIRST_PULSE = 400_000
const END = 6_000_000
const SYSEX_BYTES = 60
const FLOOD_MICROS = SYSEX_BYTES * DIN_BYTE_MICROS + 800

const BEATS_PER_SECOND = 2
const FINE = { clock: { ppqn: 24 }, sync: Array.from({ length: 4 }, () => ({ ppqn: 24, widthMicros: 2000 })) }

function packets(time: number, bytes: readonly number[], port: number, apart: number): Played[] {
  const played: Played[] = []
  for (let i = 0; i < bytes.length; i += 3) {
    const part = bytes.slice(i, i + 3)
    played.push({ time: time + (i / 3) * apart, event: bytesEvent(port, part.length, part[0], part[1] ?? 0, part[2] ?? 0) })
  }
  return played
}

function settings(change: object): Played[] {
  const text = [...JSON.stringify(change)].map((letter) => letter.charCodeAt(0))
  return packets(SETTINGS_AT, [0xf0, 0x7d, 0x74, 0x63, 0x05, ...text, 0xf7], IN_MIDI_CONFIG, PACKET_MICROS)
}

function pulses(micros: number): Played[] {
  const played: Played[] = []
  for (let time = FIRST_PULSE; time < END; time += micros) {
    played.push({ time: Math.round(time), event: levelEvent(IN_CV, 1) }, { time: Math.round(time) + 4000, event: levelEvent(IN_CV, 0) })
  }
  return played
}

function flood(sysex: (time: number, bytes: readonly number[]) => Played[]): Played[] {
  const bytes = [0xf0, 0x7d, ...Array.from({ length: SYSEX_BYTES - 3 }, (_, i) => i), 0xf7]
  const played: Played[] = []
  for (let time = FIRST_PULSE; time < END; time += FLOOD_MICROS) played.push(...sysex(time, bytes))
  return played
}

export const SCENES: readonly Scene[] = [
  { name: "idle", about: "stopped, no input", inputs: [] },
  { name: "bar", about: "120 BPM, one CV pulse a beat, standard settings", inputs: pulses(500_000) },
  { name: "internal", about: "120 BPM, internal clock, standard settings", inputs: settings({ source: "internal" }) },
  { name: "fine", about: "the same, clock and four syncs at 24 a beat", inputs: settings({ source: "internal", ...FINE }) },
  { name: "pulsed", about: "120 BPM, 24 CV pulses a beat", inputs: [...settings({ cv: { ppqn: 24 } }), ...pulses(500_000 / 24)] },
  {
    name: "fast",
    about: "300 BPM, internal clock, clock and four syncs at 24 a beat",
    inputs: settings({ source: "internal", tempo: 300, ...FINE }),
  },
  {
    name: "din",
    about: "stopped, SysEx on DIN without a pause",
    inputs: flood((time, bytes) => bytes.map((byte, i) => ({ time: time + i * DIN_BYTE_MICROS, event: byteEvent(IN_MIDI_DIN, byte) }))),
  },
  {
    name: "usb",
    about: "stopped, as much SysEx on USB",
    inputs: flood((time, bytes) => packets(time, bytes, IN_MIDI_USB, 3 * DIN_BYTE_MICROS)),
  },
]

/** Microseconds of core 0 in a second, by scene, to microseconds an event. */
export function prices(load: Readonly<Record<string, number>>): { about: string; micros: number }[] {
  const clocks = BEATS_PER_SECOND * TICKS_PER_BEAT
  const bytes = (1e6 / FLOOD_MICROS) * SYSEX_BYTES
  // The clock output has 4 pulses a beat by itself and each sync 2; a pulse is two edges.
  const edges = 2 * BEATS_PER_SECOND * (24 - 4 + 4 * (24 - 2))
  return [
    { about: "a second in which nothing happens", micros: load.idle },
    { about: "a clock, standard settings: DIN, USB, and its share of gates", micros: (load.internal - load.idle) / clocks },
    { about: "a clock with everything at 24 a beat", micros: (load.fine - load.idle) / clocks },
    { about: "one more edge of a gate (clock, sync, arp) beside it", micros: (load.fine - load.internal) / edges },
    { about: "a CV pulse, both its edges", micros: (load.pulsed - load.internal) / clocks },
    { about: "a SysEx byte from DIN, and where it is merged to", micros: (load.din - load.idle) / bytes },
    { about: "a SysEx byte from USB, and where it is merged to", micros: (load.usb - load.idle) / bytes },
  ]
}

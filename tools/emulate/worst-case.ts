/**
 * The load the firmware is measured under: four syncs and the clock output at 24 PPQN, the arpeggiator's finest division, DIN and USB
 * clocks, 300 BPM by the internal clock; foreign SysEx back to back on DIN (3,125 bytes a second) and as much on USB; the settings
 * changed and acknowledged every second. Garbage collections are forced beside (probe.ts), one a beat. The song starts by itself when
 * the internal clock has been chosen.
 */
import { byteEvent, byteOf, IN_MIDI_DIN, IN_MIDI_USB, IN_POT_ARP, lengthOf, levelEvent, OUT_CLOCK, OUT_RUN } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import type { TimedEvent } from "../../host-sim/input/timed-input"
import type { TimedWord } from "./compare"
import { packetsOf, settingsEvents } from "./configuration"

export const BEAT_MICROS = 60e6 / 300
const FLOOD_MICROS = 1e6
const SECOND = 1e6
/** More than a chip's edge is from the simulator's. */
const HAIR_MICROS = 10
const PACKET_MICROS = 3 * DIN_BYTE_MICROS
/** A multiple of three, so that both inputs take the same time over one. */
const FOREIGN_BYTES = 63

/** When everything is under way. A board's arpeggiator pot has arrived: it is smoothed, and passes through the divisions between (1.12 s, seen). */
export const WORST_CASE_BEGINS = 1.5e6

export function worstCase(until: number): TimedEvent[] {
  const fine = { ppqn: 24, widthMicros: 4000 }
  const events: TimedEvent[] = [
    { time: 20000, event: levelEvent(IN_POT_ARP, 1000) },
    ...settingsEvents(150000, { source: "internal", tempo: 300, clock: { ppqn: 24 } }),
    ...settingsEvents(200000, { sync: [fine, fine, fine, fine] }),
  ]
  for (let second = 2; second * SECOND < until; second++)
    events.push(...settingsEvents(second * SECOND + 333333, { wait: 1 + (second % 99), sync: [{ name: `Write ${second}` }] }))
  for (let n = 0, time = FLOOD_MICROS; time < until; n++, time += FOREIGN_BYTES * DIN_BYTE_MICROS) {
    foreign(0, n).forEach((byte, at) => events.push({ time: time + at * DIN_BYTE_MICROS, event: byteEvent(IN_MIDI_DIN, byte) }))
    packetsOf(0, IN_MIDI_USB, foreign(1, n)).forEach(({ event }, at) => events.push({ time: time + at * PACKET_MICROS, event }))
  }
  return events.filter(({ time }) => time < until).sort((one, other) => one.time - other.time)
}

/**
 * Both runs once everything is under way, the chip's and the simulator's, up to where both are. The internal clock begins when its
 * setting has been taken, some hundred microseconds later on a chip with a bus, and the song with one of its ticks: the simulator's
 * song is moved to the chip's. SysEx has its own time, and is left whole.
 */
export function underWay<T extends TimedWord>(chip: readonly TimedWord[], simulator: readonly T[]): { seen: TimedWord[]; decided: T[] } {
  const shift = Math.round(songStart(chip) - songStart(simulator))
  const end = Math.min(lastFall(chip), lastFall(simulator) + shift) + HAIR_MICROS
  const isOfBeat = ({ word }: TimedWord) => lengthOf(word) === 0 || byteOf(word, 0) >= 0xf8
  const isUnderWay = (one: TimedWord) => !isOfBeat(one) || (one.time >= WORST_CASE_BEGINS && one.time < end)
  return {
    seen: chip.filter(isUnderWay),
    decided: simulator.map((one) => (isOfBeat(one) ? { ...one, time: one.time + shift } : one)).filter(isUnderWay),
  }
}

/** The first rise of the run output; 0 of a song that has not begun. */
function songStart(run: readonly TimedWord[]): number {
  return run.find(({ word }) => word === levelEvent(OUT_RUN, 1))?.time ?? 0
}

/** Of the clock output, which falls last of all that belongs to a tick. */
function lastFall(run: readonly TimedWord[]): number {
  return run.reduce((last, { time, word }) => (word === levelEvent(OUT_CLOCK, 0) ? Math.max(last, time) : last), 0)
}

/** Message `n` of an input: no two are alike. */
function foreign(input: number, n: number): number[] {
  const head = [0xf0, 0x43, input, n & 0x7f, n >> 7]
  return [...head, ...Array.from({ length: FOREIGN_BYTES - head.length - 1 }, (_, at) => at), 0xf7]
}

/**
 * The load the firmware is measured under: four syncs and the clock output at 24 PPQN, the arpeggiator's finest division, DIN and USB
 * clocks, 300 BPM by the internal clock; foreign SysEx back to back on DIN (3,125 bytes a second) and as much on USB; the settings
 * changed and acknowledged every second. Garbage collections are forced beside (probe.ts), one a beat.
 */
import { byteEvent, IN_BUTTON_PLAY, IN_MIDI_DIN, IN_MIDI_USB, IN_POT_ARP, levelEvent } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import type { TimedEvent } from "../../host-sim/input/timed-input"
import { packetsOf, settingsEvents } from "./configuration"

export const BEAT_MICROS = 60e6 / 300
const PLAY_MICROS = 600000
const FLOOD_MICROS = 1e6
const SECOND = 1e6
const PACKET_MICROS = 3 * DIN_BYTE_MICROS
const FOREIGN_BYTES = 60

/** When everything is under way. */
export const WORST_CASE_BEGINS = 1.1e6

export function worstCase(until: number): TimedEvent[] {
  const pressed: TimedEvent[] = [
    { time: PLAY_MICROS, event: levelEvent(IN_BUTTON_PLAY, 1) },
    { time: PLAY_MICROS + 100000, event: levelEvent(IN_BUTTON_PLAY, 0) },
    { time: 300000, event: levelEvent(IN_POT_ARP, 1000) },
  ]
  const fine = { ppqn: 24, widthMicros: 4000 }
  const events = [
    ...settingsEvents(150000, { source: "internal", tempo: 300, clock: { ppqn: 24 } }),
    ...settingsEvents(200000, { sync: [fine, fine, fine, fine] }),
    ...pressed,
  ]
  for (let second = 2; second * SECOND < until; second++)
    events.push(...settingsEvents(second * SECOND + 333333, { wait: 1 + (second % 99), sync: [{ name: `Write ${second}` }] }))
  const foreign = [0xf0, 0x43, ...Array.from({ length: FOREIGN_BYTES }, (_, at) => at), 0xf7]
  for (let at = 0, time = FLOOD_MICROS; time < until; at++, time += DIN_BYTE_MICROS)
    events.push({ time, event: byteEvent(IN_MIDI_DIN, foreign[at % foreign.length]) })
  const packets = packetsOf(0, IN_MIDI_USB, foreign)
  for (let at = 0, time = FLOOD_MICROS; time < until; at++, time += PACKET_MICROS)
    events.push({ time, event: packets[at % packets.length].event })
  return events.sort((one, other) => one.time - other.time)
}

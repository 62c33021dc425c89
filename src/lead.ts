/**
 * How far ahead the module decides beside the ordinary lead of backend.ts, and how often it wants to be asked. Each figure is a trade of
 * promptness against what a turn of TypeScript costs on the slowest board.
 */
import { LEAD_MICROS } from "./backend"
import type { Micros } from "./time"

/** With `follow` clocks are committed only this far ahead, so that an early pulse finds little to overtake. */
const FOLLOW_LEAD_MICROS: Micros = 2000

export function leadOf(follows: boolean): Micros {
  return follows ? FOLLOW_LEAD_MICROS : LEAD_MICROS
}

/** From a turn's beginning to the next event: a collection and a long turn on an RP2040 fit in (2.5 and 2.7 ms, measured). */
export const TURN_MICROS: Micros = 6000

/** How often waiting bytes are looked at: a queue of them is committed this much, or more, at a time. */
export const QUEUE_MICROS: Micros = 3000

/**
 * What is asked at the configuration port takes TypeScript longer than its lead: 40 ms for the longest write. So with each packet there
 * events are committed this far ahead of its stamp first (and up to a slice more), a slice at a time and in the order of time, so that
 * none of them is late; what was asked then holds from behind that horizon, and so does everything else that happens before it (commit,
 * never retract). It is a matter of stamps alone, so the simulator does the same. A board's queues hold what `AHEAD_TICKS` bring. Not with
 * answered pulses: nothing can be committed before a pulse is there.
 */
export const AHEAD_MICROS: Micros = 80000
export const AHEAD_TICKS = 12
export const AHEAD_SLICE_MICROS: Micros = 4000

/**
 * What is asked at a playing port (the arpeggiator's SysEx, an identity request) takes 4 ms and may bring a collection. Each such message
 * has so much committed beyond what is, once it is whole, and all of them so much at the most: what changes the arpeggiator in play is soon
 * heard, and its 19 patterns at once find time enough.
 */
const AHEAD_MESSAGE_MICROS: Micros = 12000
const AHEAD_MESSAGES_MICROS: Micros = 100000

/** How far is to be committed for a message at `time`, where it is `ahead` already. Cold. */
export function messageAhead(time: Micros, ahead: Micros, period: Micros): Micros {
  const furthest = time + Math.min(AHEAD_TICKS * period, AHEAD_MESSAGES_MICROS)
  return Math.min(Math.max(time + LEAD_MICROS, ahead) + AHEAD_MESSAGE_MICROS, furthest)
}

/** Real-time bytes that fit into it are fewer than the wire remembers. */
export const WIRE_SLICE_MICROS: Micros = 10000

/** How soon software answers a pulse that nobody could foresee, the first of a clock: a computer does. */
export const ANSWER_MICROS: Micros = 1000

/** A board: a turn that starts the song keeps an RP2040 for nearly as long, and what it decides is to leave together. */
export const BOARD_ANSWER_MICROS: Micros = 10000

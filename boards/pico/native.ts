/**
 * The native layer's functions (binding.c) by name. Times are `Micros`, events are words of src/event.ts. None of them throws
 * once the board is set up, except where a port or pin does not exist.
 */
import type { EventWord } from "../../src/event"
import type { Micros } from "../../src/time"

/** Takes the chip; `pump` is called soon after something has arrived, and when `sleep` said. */
export const open = native("xs_tactus_open") as (pump: () => void) => void
export const output = native("xs_tactus_output") as (port: number, pin: number) => void
export const input = native("xs_tactus_input") as (port: number, pin: number, inverted: boolean) => void
export const din = native("xs_tactus_din") as (transmitPin: number, receivePin: number) => void
export const panel = native("xs_tactus_panel") as (clock: number, latch: number, buttons: number, lights: number) => void
export const holdOff = native("xs_tactus_hold_off") as (input: number, micros: number) => void
/** 1: delivery runs on core 1; 0: it answered not, and core 0's interrupts do its work. */
export const run = native("xs_tactus_run") as () => number

/** Negative until the core's time begins, 0.135 s after power-up. */
export const now = native("xs_tactus_now") as () => Micros
/** The next input in the order of time, -1 for none; `takenAt` is its time. */
export const take = native("xs_tactus_take") as () => EventWord
export const takenAt = native("xs_tactus_taken_at") as () => Micros
/** False: the ring was full, and counted. A time that is past leaves at once. */
export const schedule = native("xs_tactus_schedule") as (time: Micros, event: EventWord) => boolean
/** `pump` is wanted again at `until` (to a millisecond), or when something arrives. Said in each turn. */
export const sleep = native("xs_tactus_sleep") as (until: Micros) => void
/** The first `count` of `words` leave with the next rising edge of `input`. 0 disarms. */
export const arm = native("xs_tactus_arm") as (input: number, words: readonly EventWord[], count: number) => boolean
/** SysEx that is not for us goes round TypeScript: see src/midi/carrier.ts. */
export const carry = native("xs_tactus_carry") as (routes: number, throughMicros: Micros, heads: readonly number[]) => void
/** No byte but a clock's is on the DIN wire from `from` to `until`; Infinity: no such time. */
export const guard = native("xs_tactus_guard") as (from: Micros, until: Micros) => void

/** Shifts through the panel's registers and reads one pot; once the board runs it does so by itself. */
export const poll = native("xs_tactus_poll") as () => void
export const lights = native("xs_tactus_lights") as (bits: number) => void
/** Buttons held down: bit 0 play, 1 tap, 2..5 channels, 6..9 steps. */
export const held = native("xs_tactus_held") as () => number
/** Counts since start: 0 refused, 1 late, 2 captures lost, 3 DIN errors, 4 USB lost, 5 wake-ups lost; 6: µs, the latest departure; of
 *  SysEx carried 7 bytes without room, 8 messages too long, 9 messages broken. */
export const fault = native("xs_tactus_fault") as (kind: number) => number
/** Starts the watchdog. It is fed while the main loop and core 1 turn. */
export const watchdog = native("xs_tactus_watchdog") as (milliseconds: number) => void

/** What was stored last, undefined where nothing is. */
export const stored = native("xs_tactus_stored") as () => string | undefined
/** Begins to store; core 0 goes on with it in steps of a millisecond. False: longer than 2047 bytes, or the last one is not done yet. */
export const store = native("xs_tactus_store") as (text: string) => boolean
export const storing = native("xs_tactus_storing") as () => boolean

/**
 * The one timebase of the core: microseconds since start as a double. It never wraps, so no comparison needs care, and on XS
 * a double costs 1.6 times an int and allocates nothing. Audio samples, NTP and wall time are converted in the adapters.
 */

/** Microseconds since the device started, a non-negative double. */
export type Micros = number

/** A position in MIDI clocks, 24 to the quarter note; fractions are positions between clocks. */
export type Ticks = number

/** MIDI clocks in a quarter note (MIDI 1.0, "24 clocks per quarter note"). */
export const TICKS_PER_BEAT = 24

/** MIDI clocks in a sixteenth, the unit of song position (MIDI 1.0, F2). */
export const TICKS_PER_SIXTEENTH = 6

/** Microseconds of one MIDI clock at 1 BPM: `60e6 / 24`. Divided by BPM it is the period of a clock. */
export const TICK_MICROS_AT_1_BPM = 2500000

/** Microseconds one byte takes on a MIDI DIN wire: 10 bits at 31250 baud. */
export const DIN_BYTE_MICROS = 320

/** Tempos of the internal clock, and of a song that many play, BPM: as the setting `tempo` has them. */
export const SLOWEST_BPM = 20
export const FASTEST_BPM = 999.99

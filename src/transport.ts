/**
 * Where the song is, and how it starts. Stopped -> armed (waiting for a pulse it can start on) -> running, as in the seed; a lost
 * clock sends a running transport back to armed, so that it goes on when the pulses return.
 *
 * `songBase` is the tick on which the song's position 0 stands: position = tick - songBase. Ticks never run backwards, songs may.
 */
import type { Micros, Ticks } from "./time"
import { TICKS_PER_SIXTEENTH } from "./time"

export const STOPPED = 0
export const ARMED = 1
export const RUNNING = 2

export const MIDI_CLOCK = 0xf8
export const MIDI_START = 0xfa
export const MIDI_CONTINUE = 0xfb
export const MIDI_STOP = 0xfc
export const MIDI_SONG_POSITION = 0xf2

/** Song position is two seven-bit bytes of sixteenths; past it a song counts from 0 again. */
const LONGEST_SONG_SIXTEENTHS = 0x4000

export class Transport {
  state = STOPPED
  /** How an armed transport will start: MIDI_START or MIDI_CONTINUE. */
  kind = MIDI_START
  /** Where the song stands while stopped, in ticks. */
  position: Ticks = 0
  songBase: Ticks = 0
  /** The tick of the last start. */
  startTick: Ticks = 0
  /** When the last start was decided: nothing of it leaves before. */
  startFloor: Micros = 0
  /** The start tick's time is not known yet: the start message leaves at once. */
  startsAtOnce = false
  /** The outputs are running and must be stopped before the song can be moved. */
  stopsFirst = false

  /** The start says where the song is (F2): the outputs' own count is not to be trusted. */
  locates = false

  /** The tick before which every output has sent its clocks when it stops. */
  stopTick: Ticks = 0
  /** Clocks of the start that the gear already has: they are not sent again. */
  skips: Ticks = 0

  isRunning(): boolean {
    return this.state === RUNNING
  }

  /** Waits for a pulse. `kind` is MIDI_START or MIDI_CONTINUE; `locates` sends the song position along. */
  arm(kind: number, locates: boolean): void {
    this.state = ARMED
    this.kind = kind
    this.locates = locates
    if (kind === MIDI_START) this.position = 0
  }

  /** Runs from `tick` on. Where the position is sent it is the next whole sixteenth, all that MIDI can say. */
  begin(tick: Ticks, floor: Micros, atOnce: boolean): void {
    this.stopsFirst = this.state === RUNNING
    this.state = RUNNING
    this.startTick = tick
    this.startFloor = floor
    this.startsAtOnce = atOnce
    if (this.locates) this.position = Math.ceil(this.position / TICKS_PER_SIXTEENTH - 1e-9) * TICKS_PER_SIXTEENTH
    this.songBase = tick - this.position
  }

  /** Restarts a running song from its beginning at `tick`. */
  restart(tick: Ticks, floor: Micros): void {
    this.kind = MIDI_START
    this.locates = false
    this.position = 0
    this.begin(tick, floor, false)
  }

  /** Moves a running song: it stands at `position` (a whole sixteenth, in ticks) on `tick`. */
  relocate(tick: Ticks, position: Ticks, floor: Micros): void {
    this.kind = MIDI_CONTINUE
    this.locates = true
    this.position = position
    this.begin(tick, floor, false)
  }

  /** Stops; the song stays where the next tick would have been. */
  stop(nextTick: Ticks): void {
    if (this.state === RUNNING) this.position = nextTick > this.songBase ? nextTick - this.songBase : 0
    this.state = STOPPED
  }

  /** The start's song position in sixteenths, 0..16383. */
  startSixteenths(): number {
    return (this.position / TICKS_PER_SIXTEENTH) % LONGEST_SONG_SIXTEENTHS
  }
}

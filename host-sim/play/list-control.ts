/**
 * The hand on a list: what is asked for by OSC, on the panel or with a button becomes the next state, for all machines at one moment.
 *
 *     /tactus/playlist/start [i]       from the beginning, or from this track (1 is the first)
 *     /tactus/playlist/stop            keeps the place
 *     /tactus/playlist/resume          goes on from there
 *     /tactus/playlist/next  previous  a track on or back
 *     /tactus/playlist/volume [f]      percent for all; without an argument: asks
 *     /tactus/playlist/status          is answered: state (s), title (s), track and tracks (ii), place and length (ff), next start (t),
 *                                      volume (i), error of the shared clock in microseconds (f)
 *
 * A timetag says when; without one, or too short a one, it is after `NOTICE_MICROS`, in which every machine hears of it.
 */
import type { OscMessage } from "../../src/osc/message"
import { isImmediately, sharedOfTimetag, timetagFraction, timetagSeconds, type SharedMicros } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import type { Button } from "./buttons"
import type { ListState } from "./list-state"

const PREFIX = "/tactus/playlist/"
const FURTHEST_MICROS = 86_400_000_000

/** Longer than a card is fed ahead, and than it takes to tell everybody three times. */
const NOTICE_MICROS = 1_000_000

/** A track that has just begun is begun anew by "previous"; only then the one before. */
const JUST_BEGUN_SECONDS = 3

/** Of a button for the volume, percent. */
const VOLUME_STEP = 5

export const ACTIONS = ["start", "stop", "resume", "next", "previous", "volume"] as const
export type Action = (typeof ACTIONS)[number]

export interface ListStatus {
  readonly state: "waits" | "plays" | "stopped" | "played"
  readonly title: string
  /** From 1. */
  readonly track: number
  readonly tracks: number
  readonly seconds: number
  readonly length: number
  /** When it begins, or began. */
  readonly start: SharedMicros
  readonly volume: number
  /** Error of the shared clock, and how far the sound is from it, us. */
  readonly clockMicros: number
  readonly offMicros: number
}

/** What is played here. */
export interface Played {
  readonly tracks: number
  state(): ListState
  set(state: ListState): void
  /** What is heard at a moment. */
  heardAt(at: SharedMicros): { track: number; seconds: number } | undefined
  status(): ListStatus
}

export class ListControl {
  private readonly writer = new OscWriter(1024)

  constructor(
    private readonly played: Played,
    private readonly name: string,
    private readonly now: () => SharedMicros,
  ) {}

  /** Returns what is wrong; undefined where it is done. */
  do(action: Action, value?: number, wanted: SharedMicros = 0): string | undefined {
    const { played } = this
    const state = played.state()
    const soonest = this.now() + NOTICE_MICROS
    if (wanted > soonest + FURTHEST_MICROS) return `${action}: more than a day ahead`
    const at = Math.round(Math.max(wanted, soonest))
    const heard = (state.isPlaying && at >= state.at ? played.heardAt(at) : undefined) ?? state
    const next = (change: Partial<ListState>): undefined =>
      void played.set({ ...state, ...change, number: state.number + 1, by: this.name })
    const move = (track: number): string | undefined => {
      if (!(track >= 0 && track < played.tracks)) return `${action}: there is no track ${track + 1}; expected 1..${played.tracks}`
      return next({ at, track, seconds: 0 })
    }
    switch (action) {
      case "start":
        if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= played.tracks))
          return `start: expected a track, 1..${played.tracks}`
        return next({ isPlaying: true, at, track: (value ?? 1) - 1, seconds: 0 })
      case "stop":
        return state.isPlaying ? next({ isPlaying: false, at, track: heard.track, seconds: heard.seconds }) : undefined
      case "resume":
        return state.isPlaying ? undefined : next({ isPlaying: true, at })
      case "next":
        return move(heard.track + 1)
      case "previous":
        return move(heard.seconds > JUST_BEGUN_SECONDS ? heard.track : Math.max(0, heard.track - 1))
      case "volume":
        if (value === undefined || !(value >= 0 && value <= 100)) return "volume: expected 0..100 percent"
        return next({ volume: Math.round(value) })
    }
  }

  /** A button at this machine, for all of them. */
  press(button: Button): string | undefined {
    const { isPlaying, volume } = this.played.state()
    switch (button) {
      case "play":
        return this.do(isPlaying ? "stop" : "resume")
      case "up":
        return this.do("volume", Math.min(100, volume + VOLUME_STEP))
      case "down":
        return this.do("volume", Math.max(0, volume - VOLUME_STEP))
      default:
        return this.do(button)
    }
  }

  /** True where the message was for a list; a fault is answered with `/tactus/error`. */
  hear(message: OscMessage, seconds: number, fraction: number, reply: (packet: Uint8Array) => void): boolean {
    if (!message.addressHas(0, PREFIX)) return false
    const word = message.address().slice(PREFIX.length)
    const value = message.argumentCount > 0 ? message.number(0) : undefined
    const action = ACTIONS.find((each) => each === word)
    if (word === "state") return true
    // With arguments it is the answer of another machine, which answered in turn would go back and forth for ever.
    if (word === "status") {
      if (message.argumentCount === 0) this.answerStatus(reply)
    } else if (action === "volume" && value === undefined) this.answer(reply, PREFIX + "volume", this.played.state().volume)
    else {
      const at = isImmediately(seconds, fraction) ? 0 : sharedOfTimetag(seconds, fraction)
      const problem = action ? this.do(action, value, at) : `${PREFIX}${word}: expected one of ${[...ACTIONS, "status"].join(", ")}`
      if (problem !== undefined) this.answer(reply, "/tactus/error", problem)
    }
    return true
  }

  private answerStatus(reply: (packet: Uint8Array) => void): void {
    const { writer } = this
    const status = this.played.status()
    writer.begin()
    writer.message(PREFIX + "status", "ssiifftif")
    writer.string(status.state)
    writer.string(status.title.slice(0, 200))
    writer.int(status.track)
    writer.int(status.tracks)
    writer.float(status.seconds)
    writer.float(status.length)
    writer.words(timetagSeconds(status.start), timetagFraction(status.start))
    writer.int(status.volume)
    writer.float(status.clockMicros)
    reply(writer.bytes.slice(0, writer.finish()))
  }

  private answer(reply: (packet: Uint8Array) => void, address: string, value: string | number): void {
    const { writer } = this
    writer.begin()
    writer.message(address, typeof value === "number" ? "i" : "s")
    if (typeof value === "number") writer.int(value)
    else writer.string(value)
    reply(writer.bytes.slice(0, writer.finish()))
  }
}

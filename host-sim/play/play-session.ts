/**
 * A list being played: what the machines have agreed on becomes decks on the card, and with a module the song that it plays. Here the
 * parts meet; none of them knows of another.
 */
import { LEAD_MICROS } from "../../src/backend"
import type { SharedMicros } from "../../src/osc/timetag"
import type { TimelineChange } from "../../src/net/shared-timeline"
import { decode, type Recording, SAMPLE_RATE } from "./decode"
import type { ListChannel } from "./list-channel"
import type { ListStatus, Played } from "./list-control"
import type { Deck, ListPlayer } from "./list-player"
import { isSamePlace, type ListState } from "./list-state"
import { ListTimeline } from "./list-timeline"
import type { Track } from "./playlist"
import { Program } from "./program"

/** Recordings that stay in memory so that going on or back needs no decoding. */
const RECORDINGS_KEPT = 3

export interface Clock {
  now(): SharedMicros
  errorMicros(): number
}

/** Where a module hears of its song: changes of a timeline of which `newestTerm` is the last term known. */
export interface Follower {
  readonly name: string
  newestTerm(): number
  hear(change: TimelineChange): void
}

export class PlaySession implements Played {
  /** Told when the list is at its end. */
  onEnd: () => void = () => undefined
  /** Told of each recording that cannot be decoded, in a sentence, as soon as that is known: half a minute before its turn. */
  onSkipped: (sentence: string) => void = () => undefined

  private applied: ListState | undefined
  private timeline: ListTimeline | undefined
  private isRunning = false
  private hasEnded = false
  private readonly skipped = new Set<string>()
  private readonly kept = new Map<string, Promise<Recording>>()

  constructor(
    private readonly list: readonly Track[],
    private readonly channel: Pick<ListChannel, "state" | "set" | "onState">,
    private readonly player: ListPlayer,
    private readonly clock: Clock,
    private readonly follower?: Follower,
    private readonly decoding = decode,
  ) {
    channel.onState = (state) => this.apply(state)
    player.onEnd = () => {
      this.hasEnded = true
      this.onEnd()
    }
    this.apply(channel.state)
  }

  get tracks(): number {
    return this.list.length
  }

  state(): ListState {
    return this.channel.state
  }

  set(state: ListState): void {
    this.channel.set(state)
  }

  heardAt(at: SharedMicros): { track: number; seconds: number } | undefined {
    const { deck } = this.player
    const found = deck && at >= deck.start ? deck.program.at(this.player.placeAt(deck, at)) : undefined
    return found && { track: found.number, seconds: found.seconds }
  }

  /** To be called some ten times a second: tracks that have been loaded since bring their songs. */
  pump(): void {
    const { deck } = this.player
    if (!deck) return
    for (const sentence of deck.program.skipped) {
      if (!this.skipped.has(sentence)) this.onSkipped(sentence)
      this.skipped.add(sentence)
    }
    if (this.follower) for (const change of this.timeline?.changes(deck.program) ?? []) this.follower.hear(change)
  }

  /** Where to go on from after all has ended. */
  resumePoint(): { track: string; seconds: number } | undefined {
    const { isPlaying, track, seconds } = this.state()
    const heard = isPlaying ? this.heardAt(this.clock.now()) : { track, seconds }
    return heard && { track: this.list[heard.track].path, seconds: heard.seconds }
  }

  status(): ListStatus {
    const now = this.clock.now()
    const state = this.state()
    const { deck } = this.player
    const begins = now < state.at
    const place = deck && state.isPlaying ? Math.max(this.player.placeAt(deck, now), deck.fromSeconds * SAMPLE_RATE) : 0
    // Behind the end it is the last track still, to its end.
    const isBehind = deck !== undefined && place >= deck.program.end
    const found = deck && state.isPlaying ? deck.program.at(isBehind ? deck.program.end - 1 : place) : undefined
    return {
      state: !state.isPlaying ? "stopped" : this.hasEnded || isBehind ? "played" : begins ? "waits" : "plays",
      title: found?.track.title ?? this.list[state.track]?.title ?? "",
      track: (found?.number ?? state.track) + 1,
      tracks: this.list.length,
      seconds: found?.seconds ?? state.seconds,
      length: found?.length ?? 0,
      start: state.at,
      volume: state.volume,
      clockMicros: this.clock.errorMicros(),
      offMicros: this.player.errorSeconds * 1e6,
    }
  }

  private apply(state: ListState): void {
    const { applied } = this
    this.applied = state
    this.player.gain = state.volume / 100
    if (applied && isSamePlace(applied, state)) return
    this.hasEnded = false
    const deck = state.isPlaying && state.track < this.list.length ? this.deckOf(state) : undefined
    this.player.change(state.at, deck)
    this.lead(state, deck)
  }

  private deckOf({ at, track, seconds }: ListState): Deck {
    return { program: new Program(this.list, track, seconds, (path) => this.decoded(path)), start: at, fromSeconds: seconds }
  }

  private lead(state: ListState, deck: Deck | undefined): void {
    const { follower } = this
    if (!follower) return
    const term = follower.newestTerm() + 1
    const wasRunning = this.isRunning
    this.isRunning = deck !== undefined
    this.timeline = deck && new ListTimeline(follower.name, term, state.at - state.seconds * 1e6, state.at, wasRunning)
    if (!deck) follower.hear(ListTimeline.leave(follower.name, term, Math.max(state.at, this.clock.now() + LEAD_MICROS)))
  }

  private decoded(path: string): Promise<Recording> {
    const known = this.kept.get(path) ?? this.decoding(path)
    this.kept.delete(path)
    this.kept.set(path, known)
    known.catch(() => this.kept.delete(path))
    while (this.kept.size > RECORDINGS_KEPT) this.kept.delete(this.kept.keys().next().value as string)
    return known
  }
}

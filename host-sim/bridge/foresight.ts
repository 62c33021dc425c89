/**
 * A card is heard `aheadMicros` after its pulse was decided. With the internal clock that is no matter: everything else waits as long. An external
 * clock waits for nobody, so its pulses are decided ahead for the cards: by a second module that lives `aheadMicros` in the future, on the
 * line of the first one prolonged. It hears the same keys, notes and settings, and is steered onto the line with every report.
 *
 * What nobody can foresee is late. A start is heard late by that much: the pulses that were missed follow in a quick row, and the
 * instrument is on its step. A stop too: the cards play on for that long, and a Continue leaves out what they have played already. A tempo
 * that changes by a share is off by that share of `aheadMicros` until the cards have it (6 ms for 1 %). A song that is moved while it runs
 * (reset) begins anew where it can.
 *
 * Where a leader's song plays the module, its changes are told ahead, and what is told early enough is foreseen: start, stop and
 * tempo are on time.
 */
import { LEAD_MICROS } from "../../src/backend"
import { byteOf, bytesEvent, type EventWord, IN_BUTTON_CHANNEL, IN_KEYS, IN_MIDI_DIN, IN_MIDI_USB, IN_POT_TEMPO } from "../../src/event"
import { IN_POT_WAIT, IN_REMOTE, lengthOf, levelEvent, portOf, REMOTE_STOP } from "../../src/event"
import { Module } from "../../src/module"
import { TICK_MICROS_AT_1_BPM, TICKS_PER_BEAT, TICKS_PER_SIXTEENTH, type Micros, type Ticks } from "../../src/time"
import type { NestedSettings } from "../input/timed-input"
import type { Update } from "../live/engine"
import { ModuleHand } from "../../src/net/module-hand"
import { OrderedQueue } from "../ordered-queue"

/** While it stands it stays behind by so much, so that a start in the past can be given to it as one to come. */
const BEHIND_MICROS = 300_000
/** A song that is elsewhere by more than this has been moved. */
const MOVED_TICKS = TICKS_PER_SIXTEENTH / 2
/** Between telling it of a start and the start. */
const START_MICROS = 20_000
const FIRST_REAL_TIME = 0xf8
/** The transport and the tempo are the first module's: these keys would move them. */
const TRANSPORT_KEYS = new Set([..." 97+-><(&"].map((key) => key.charCodeAt(0)))

export class Foresight {
  private readonly queue = new OrderedQueue()
  private readonly hand: ModuleHand
  private now: Micros = 0
  private isPlaying = false
  /** Where the first module's song stood when it was first seen to run, and when; its line may not be known yet. */
  private begun: { readonly tick: Ticks; readonly time: Micros } | undefined
  /** Of the song, the first tick that the cards have not been given. */
  private given: Ticks = 0
  private held: NestedSettings
  /** When a leader's change is that has been foreseen and is still to come. */
  private foreseen: Micros | undefined

  /** `settings` are the first module's; `deliver` hears the outputs, in order, each with the time at which it is to be heard. */
  constructor(
    settings: NestedSettings,
    private readonly aheadMicros: Micros,
    private readonly deliver: (time: Micros, word: EventWord) => void,
  ) {
    this.held = settings
    this.hand = new ModuleHand(new Module(asGiven(settings)), { schedule: (time, word) => (this.queue.push(time, word), true) })
  }

  /** It plays beside the first module, and no pulse is missing. */
  isSteady = false

  /** The first module holds other settings. */
  change(settings: NestedSettings): void {
    const differs = Object.entries(settings).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(this.held[name]))
    this.held = settings
    this.hand.set(this.now, asGiven(Object.fromEntries(differs)))
  }

  /** The first module has told what it does. */
  follow(update: Update): void {
    const { state, time, inputs, isInternal } = update
    for (const input of inputs) {
      const event = input.event === undefined ? undefined : aboutChannels(input.event)
      if (event !== undefined) this.hand.event(this.now, event)
    }
    const tick = state.beat * TICKS_PER_BEAT
    const runs = state.transport === "running"
    if (isInternal) this.given = runs ? tick + ticksIn(this.aheadMicros, state.tempo) : tick
    // Another clock has been chosen and has not been heard yet: until then the song stands.
    const isAwaited = state.lock === "silent" && !this.isPlaying
    if (state.source === "internal" && this.foresee(update, runs)) return
    if (!runs || isInternal || isAwaited) {
      this.stop()
      this.advance(time - BEHIND_MICROS)
      return
    }
    this.begun ??= { tick: Math.floor(tick / TICKS_PER_SIXTEENTH + 1e-6) * TICKS_PER_SIXTEENTH, time }
    if (state.tempo === null) return
    const period = TICK_MICROS_AT_1_BPM / state.tempo
    const timeOf = (wanted: Ticks) => time + (wanted - tick) * period
    // While pulses are missing the line runs on as it is: the first module waits for them, the cards cannot.
    const isHeard = state.lock === "locked" || state.lock === "learning" || state.lock === "free"
    this.isSteady = this.isPlaying && isHeard
    if (this.isPlaying && isHeard && Math.abs(this.songTick() - (tick + (this.now - time) / period)) > MOVED_TICKS) this.move()
    if (!this.isPlaying) this.start(timeOf, period)
    else if (isHeard) this.steer(timeOf, period)
    this.advance(time + this.aheadMicros)
    this.given = this.songTick()
  }

  /** A leader's next change falls into what is decided now. False: it does not, or there is none. */
  private foresee({ coming, time }: Update, runs: boolean): boolean {
    const until = time + this.aheadMicros
    const isForeseen = coming !== undefined && coming.time < until + START_MICROS
    if (this.foreseen !== undefined) {
      // The first module comes to it 600 ms later.
      if (time < this.foreseen + LEAD_MICROS) {
        this.advance(until)
        return true
      }
      this.foreseen = undefined
    }
    if (!isForeseen || (!runs && !coming.isRunning)) return false
    const { tick, periodMicros: period } = coming
    const at = Math.max(coming.time, this.now)
    if (!coming.isRunning) {
      this.advance(at)
      this.stop()
    } else if (this.isPlaying) {
      this.advance(at - START_MICROS)
      this.hand.line(this.now, { at: coming.time, tick, period, starts: false })
    } else {
      this.advance(at - START_MICROS)
      if (coming.time < this.now + START_MICROS) return false
      this.isPlaying = true
      this.hand.line(this.now, { at: coming.time, tick, period, starts: true })
    }
    this.foreseen = coming.time
    this.advance(until)
    return true
  }

  private start(timeOf: (tick: Ticks) => Micros, period: Micros): void {
    const { tick } = this.begun as { tick: Ticks }
    // What the cards have played of the song already is left out, after a Continue and where the internal clock ruled before.
    let first = tick > 0 && this.given > tick ? Math.ceil(this.given / TICKS_PER_SIXTEENTH) * TICKS_PER_SIXTEENTH : tick
    while (timeOf(first) < this.now + START_MICROS) first += TICKS_PER_SIXTEENTH
    this.isPlaying = true
    this.hand.line(this.now, { at: timeOf(first), tick: first, period, starts: true })
  }

  private steer(timeOf: (tick: Ticks) => Micros, period: Micros): void {
    const tick = Math.ceil(this.songTick())
    this.hand.line(this.now, { at: timeOf(tick), tick, period, starts: false })
  }

  private stop(): void {
    if (this.isPlaying) this.hand.event(this.now, levelEvent(IN_REMOTE, REMOTE_STOP))
    this.isPlaying = this.isSteady = false
    this.begun = undefined
  }

  /** The song has been moved: begun anew (then from its first tick), or put elsewhere. */
  private move(): void {
    const { begun } = this
    this.stop()
    this.begun = begun && { ...begun, tick: 0 }
  }

  private songTick(): Ticks {
    const { line, transport } = this.hand.module
    return line.tickAt(this.now) - transport.songBase
  }

  private advance(until: Micros): void {
    if (until <= this.now) return
    this.now = until
    this.hand.module.render(until + LEAD_MICROS, { schedule: (time, word) => (this.queue.push(time, word), true) })
    this.queue.deliver(until, this.deliver)
  }
}

/** The same settings for a module that is led by hand. */
function asGiven(settings: NestedSettings): NestedSettings {
  const { source, tempo, transport, clock, ...rest } = settings as Record<string, object>
  void source
  void tempo
  return {
    ...rest,
    source: "internal",
    transport: { ...transport, start: "button" },
    clock: { ...clock, whileStopped: false },
  }
}

/** What an input says about the channels. The clock, the transport and the configuration are the first module's own affair. */
function aboutChannels(word: EventWord): EventWord | undefined {
  const port = portOf(word)
  if (port === IN_KEYS) return TRANSPORT_KEYS.has(byteOf(word, 0)) ? undefined : word
  if (port === IN_MIDI_DIN || port === IN_MIDI_USB) return withoutRealTime(word)
  return port >= IN_BUTTON_CHANNEL && port <= IN_POT_WAIT && port !== IN_POT_TEMPO ? word : undefined
}

function withoutRealTime(word: EventWord): EventWord | undefined {
  const bytes = Array.from({ length: lengthOf(word) }, (_, i) => byteOf(word, i)).filter((byte) => byte < FIRST_REAL_TIME)
  const [byte0, byte1 = 0, byte2 = 0] = bytes
  return bytes.length === 0 ? undefined : bytesEvent(portOf(word), bytes.length, byte0, byte1, byte2)
}

function ticksIn(micros: Micros, tempo: number | null): Ticks {
  return tempo === null ? 0 : (micros * tempo) / TICK_MICROS_AT_1_BPM
}

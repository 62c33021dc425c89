/**
 * One card, one process: what hangs in a driver hangs here and nowhere else, and can be killed. It tries to open its card until that is
 * there, watches the card ask for frames, and plays what it is handed. A card that has stopped taking frames, or has lost some,
 * is not repaired: the process says so, and the bridge replaces it by a new one.
 *
 * Each pulse is one buffer that starts on its frame, so it is whole whenever it comes.
 */
import type { AudioBuffer, AudioContext } from "node-web-audio-api"
import type { Micros } from "../../src/time"
import { hurry } from "../live/hurry"
import { SAMPLE_RATE } from "../play/decode"
import { GulpWatch } from "../cards/gulp-watch"
import { findCard, openContext, type OutputCard, outputCards } from "../cards/output-cards"
import { SaidLatency } from "../cards/said-latency"
import type { FromCard, ToCard } from "./card-messages"
import { CardPlayer } from "./card-player"
import { monotonicMicros } from "./monotonic"

const ROUND_MILLIS = 5
const RETRY_MILLIS = 150
const STATUS_MICROS = 50_000
/** Drivers settle in this time; what was learned before is forgotten. */
const START_UP_MICROS = 2_500_000
/** A card that takes nothing for so long has gone. */
const STALL_MICROS = 400_000
/** The same just after it was opened. */
const OPENING_MICROS = 1_500_000

function say(message: FromCard): void {
  if (process.connected) process.send?.(message)
}

class CardProcess {
  private readonly player: CardPlayer
  private readonly watch: GulpWatch
  private readonly opened = monotonicMicros()
  private readonly buffers = new Map<string, AudioBuffer>()
  private readonly said = new SaidLatency()
  private reported = 0
  private hasStarted = false

  constructor(
    private readonly context: AudioContext,
    private readonly name: string,
    private readonly gulpSeconds: number,
    rate: number,
  ) {
    this.player = new CardPlayer(SAMPLE_RATE, (side, frame, frames, level) => this.play(side, frame, frames, level), rate)
    this.watch = new GulpWatch(context, SAMPLE_RATE, monotonicMicros, ({ local, frames, latencyMicros }) => {
      this.said.hear(latencyMicros)
      if (!this.failsAsRunaway(local, frames)) this.player.read(local, frames)
    })
    this.watch.run()
    setInterval(() => this.round(), ROUND_MILLIS)
  }

  hear(message: ToCard): void {
    if (message.kind === "latency") this.player.latencyMicros = message.micros
    else if (message.kind === "pulses") {
      const { pulses } = message
      for (let at = 0; at < pulses.length; at += 4)
        this.player.add(pulses[at], { time: pulses[at + 1], widthMicros: pulses[at + 2], level: pulses[at + 3] })
    }
  }

  private round(): void {
    const now = monotonicMicros()
    const { clock } = this.player
    if (!this.hasStarted && now - this.opened > START_UP_MICROS) {
      this.hasStarted = true
      this.said.clear()
      clock.renew()
      clock.interruptions = 0
    }
    const { asked } = this.watch
    if (now - Math.max(asked, this.opened) > (asked > 0 ? STALL_MICROS : OPENING_MICROS)) return this.fail("takes no more samples")
    // By the library's bare count: while a driver spins, its gulps are not to be told from each other.
    if (this.failsAsRunaway(now, this.context.currentTime * SAMPLE_RATE)) return
    if (this.hasStarted && clock.interruptions > 0) return this.fail("has lost samples (an underrun)")
    this.player.advance(now)
    if (now - this.reported > STATUS_MICROS) this.report(now)
  }

  private failsAsRunaway(now: Micros, frames: number): boolean {
    if (!this.hasStarted || !this.player.hasRunAway(now, frames)) return false
    this.fail("throws away what it is given")
    return true
  }

  private report(now: Micros): void {
    this.reported = now
    const { clock, tracks } = this.player
    say({
      kind: "status",
      name: this.name,
      isReady: clock.isSet,
      ppm: clock.rate * 1e6,
      watchedMicros: clock.spanMicros,
      latencyMicros: this.said.micros ?? 0,
      heard: this.player.heardBy(Math.min(now, this.watch.asked + this.gulpSeconds * 1e6)),
      late: tracks[0].late + tracks[1].late,
    })
  }

  private fail(problem: string): void {
    this.report(monotonicMicros())
    say({ kind: "broken", problem })
    process.disconnect()
    process.exit()
  }

  private play(side: number, frame: number, frames: number, level: number): void {
    const source = this.context.createBufferSource()
    source.buffer = this.bufferFor(side, frames, level)
    source.connect(this.context.destination)
    source.start(frame / SAMPLE_RATE)
  }

  private bufferFor(side: number, frames: number, level: number): AudioBuffer {
    const key = `${side} ${frames} ${level}`
    let buffer = this.buffers.get(key)
    if (!buffer) {
      if (this.buffers.size > 100) this.buffers.clear() // widths that change with the tempo
      buffer = this.context.createBuffer(2, frames, SAMPLE_RATE)
      buffer.copyToChannel(new Float32Array(frames).fill(level), side)
      this.buffers.set(key, buffer)
    }
    return buffer
  }
}

async function open(wanted: string, gulpSeconds: number, rate: number): Promise<CardProcess> {
  for (;;) {
    let cards: OutputCard[] = []
    let problem = "is not there"
    try {
      cards = await outputCards()
      const card = findCard(cards, wanted)
      if (card) {
        hurry() // also for the threads that the library begins now
        return new CardProcess(await openContext(card.id, gulpSeconds), card.name, gulpSeconds, rate)
      }
    } catch (error) {
      problem = `does not open: ${(error as Error).message.split("\n")[0].slice(0, 200)}`
    }
    say({ kind: "absent", problem, cards })
    await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS))
  }
}

let card: CardProcess | undefined
process.on("message", (message: ToCard) => {
  if (message.kind === "list") void outputCards().then((cards) => say({ kind: "cards", cards }))
  else if (message.kind === "open") {
    void open(message.card, message.gulpSeconds, message.rate).then((opened) => (card = opened))
  } else card?.hear(message)
})
process.on("disconnect", () => process.exit())

/**
 * With `follow` the next clock is fired by its pulse. Software cannot do that within a microsecond, so it says beforehand which
 * events a pulse shall fire, and a board's capture interrupt fires them. The pulse then arrives with the mark ANSWERED, and the
 * core takes what it would have sent as sent. A back end that cannot fire anything never marks, and the core sends by itself.
 *
 * Answers are offered only while every clock before the pulse is out of the way: an early pulse finds none, and is caught up with. An
 * output that is still high, or has something of its own to send first, is not among them: it follows as software can.
 */
import { IN_CV, OUT_CLOCK, type EventWord } from "./event"
import type { Outputs } from "./output/outputs"
import type { EventSink } from "./processor"
import { SOURCE_CV, type ClockSources } from "./source/clock-sources"
import type { Micros } from "./time"

/** Added to the level (1) of a CV edge that was answered on capture. */
export const ANSWERED = 2
const MOST_ANSWERS = 8

/** The next rising edge of `input` fires the first `count` of `words`. False, and nothing changed: a pulse has come that is not heard of. */
export type Arm = (input: number, words: readonly EventWord[], count: number) => boolean

class Sent implements EventSink {
  schedule(): boolean {
    return true
  }
}

export class Answers {
  /** What the next pulse shall fire: the first `count` of `words`. */
  count = 0
  readonly words: EventWord[] = []
  private armedCount = 0
  private armed: EventWord[] = []
  private spare: EventWord[] = []
  private arm: Arm = () => false
  private readonly sent = new Sent()

  constructor(
    private readonly sources: ClockSources,
    private readonly outputs: Outputs,
  ) {
    for (let i = 0; i < MOST_ANSWERS; i++) {
      this.words.push(0)
      this.armed.push(0)
      this.spare.push(0)
    }
  }

  /** Finds out what the next pulse shall fire. */
  offer(): void {
    this.count = 0
    if (!this.sources.answersPulses()) return
    const cv = this.sources.ruler()
    if (cv === null || !cv.isPresent()) return
    const tick = cv.tick() + cv.ticksPerPulse
    if (this.outputs.isWaitingFor(tick)) this.count = this.outputs.answer(tick, this.words)
  }

  /** The board's way to arm its input; without one nothing is ever answered on capture. */
  armBy(arm: Arm): void {
    this.arm = arm
  }

  /**
   * Keeps the input armed with what is offered. Where a pulse has come that is not heard of yet, what is offered was meant for that one,
   * and it may have fired what was armed before: all stays as it is, and the next turn hears.
   */
  keepArmed(): void {
    const count = this.count
    let isNew = count !== this.armedCount
    if (count === 0 && !isNew) return
    const words = this.words
    const armed = this.armed
    for (let i = 0; i < count && !isNew; i++) isNew = armed[i] !== words[i]
    if (!isNew || !this.arm(IN_CV, words, count)) return
    for (let i = 0; i < count; i++) armed[i] = words[i]
    this.armedCount = count
  }

  /**
   * The pulse at `time` has fired what was armed, and nothing else that it may have brought about. Turns are long: as soon as the clocks
   * are taken as sent the next are armed, and the rest comes after.
   */
  take(time: Micros): void {
    const fired = this.armed
    const count = this.armedCount
    const tick = this.sources.pulseSources[SOURCE_CV].tick()
    const outputs = this.outputs
    const sent = this.sent
    this.armed = this.spare
    this.spare = fired
    this.armedCount = 0
    let i = 0
    for (; i < count && fired[i] >>> 26 < OUT_CLOCK; i++) outputs.hasSent(fired[i] >>> 26, tick, time, sent)
    this.offer()
    this.keepArmed()
    for (; i < count; i++) outputs.hasSent(fired[i] >>> 26, tick, time, sent)
    outputs.touch() // the next turn is to offer the rest, whatever is due
  }

  /** A pulse has fired what was armed, but is none. */
  forget(): void {
    this.armedCount = 0
  }
}

/**
 * Pulses in, a straight line out: position p of the pulse grid is predicted at `fitTime + (p - fitCount) * period`. `LineFit` makes the
 * line; this file decides which position a pulse has. Where a pulse stands is measured in periods since the line's
 * last position, r = 1 being exactly as predicted.
 *
 *   0.6 <= r <= 1.4   the next pulse. If it was suspiciously early and one closer to the prediction follows, that one takes its place.
 *   r < 0.6           ignored for now. It is spurious, or the tempo has at least doubled. The rival reading (every pulse is real) wins
 *                     when the intervals agree with each other and a pulse does not fit the line, so a doubled tempo is
 *                     believed at its third pulse; or after four periods in a row with extra pulses. The ignored ones then
 *                     count, all at once: none is lost.
 *   r > 1.4           pulses are missing, or the tempo has dropped.
 *     fine clock      (4 a beat and more) close to 2, 3 or 4: missing pulses are bridged, the count advances by 2, 3 or 4. Three
 *                     such gaps of the same size in a row are a slower tempo: the count goes back by what was bridged.
 *     coarse clock    (under 4 a beat) close to 2, 3 or 4: the count advances by one, as if the tempo had dropped. If the next
 *                     interval shows the old tempo, the pulses were missing after all: the old line is taken up again and the
 *                     count advances by them too.
 *     longer gaps     count as one pulse of the same tempo after a pause; a second one of that size is a slower tempo.
 *     anything else   a slower tempo: the line is drawn anew through the last two pulses.
 *
 * "Close" and "suspicious" mean 12 % of a period or 5 standard deviations of the jitter, whichever is more (at most
 * 60 %, so that a swung clock keeps all its pulses); what is close is the next pulse. The first four pulses after a reset are all
 * believed. A step of tempo inside 0.6..1.4 is no matter of counting: the line's watches find it.
 * Time and memory per pulse are constant, nothing is allocated after construction.
 */
import type { Micros } from "../time"
import { LineFit } from "./line-fit"
import { Rival } from "./rival"

const GATE = 0.4
const CLOSE = 0.12
const CLOSE_SDS = 5
/** A swung clock keeps its pulses, but never does one stand close to the place of another. */
const CLOSE_LIMIT = 0.6
const LONGEST_BRIDGE = 4
const GAPS_TO_BELIEVE = 3
const IGNORED_TO_BELIEVE = 4
const AGREED_TO_BELIEVE = 4
const YOUNG = 4
const FINE_PULSES_PER_BEAT = 4
/** What one pulse can say to the line, in standard deviations: one late pulse is no change on a fine clock, on a coarse one it is. */
const FINE_LIMIT = 6
const COARSE_LIMIT = 1000

export class PulseFollower {
  /** Pulse positions since reset: the first pulse is 0; -1 before it. */
  count = -1
  /** A period is known, so that predictions can be trusted. */
  locked = false
  /** Of the last pulse that counted. */
  readonly line = new LineFit()
  /** The line before the last doubtful pulse. */
  private readonly before = new LineFit()
  private readonly rival = new Rival()
  private fine = true
  /** The last pulse of any kind, and the last one that counted. */
  private latest: Micros = 0
  private counted: Micros = 0
  /** The last counted pulse was suspiciously early: `before` is the line without it. */
  private replaceable = false
  /** Pulses that may have been missing before the last counted one (coarse clock); `before` is the line of the old tempo. */
  private pending = 0
  /** Gaps of the same size in a row, their size, and where the first began. */
  private gaps = 0
  private gapSize = 0
  private gapBase: Micros = 0
  private gapCount = 0
  /** Pulses ignored in periods in a row, and where the first of these began. */
  private ignored = 0
  private ignoredInPeriod = false
  private crowdBase: Micros = 0
  private crowdCount = 0

  /** Pulses in a beat, only to know a fine clock from a coarse one. Call before the first pulse; `reset` keeps it. */
  configure(pulsesPerBeat: number): void {
    this.fine = pulsesPerBeat >= FINE_PULSES_PER_BEAT
  }

  get fitTime(): Micros {
    return this.line.time
  }

  get fitCount(): number {
    return this.count
  }

  /** Period of one pulse, µs; 0 until two pulses have come. */
  get period(): Micros {
    return this.line.period
  }

  /** Jitter of the input, sd in µs; never under 8. */
  get noise(): Micros {
    return this.line.jitter.sd
  }

  /** The source is lost: forget all. */
  reset(): void {
    this.count = -1
    this.locked = false
    this.line.restart(0, 0, 0)
    this.settle()
  }

  /** A pulse at `time`, later than the one before. Returns by how many positions the count advances (see above): 0 ignored, 1 the next one,
   *  more with missing or formerly ignored ones, 0 or less where a bridged gap turns out to be a slower tempo. */
  pulse(time: Micros): number {
    const count = this.count
    if (count < 1) this.first(time)
    else if (time > this.latest) this.judge(time)
    return this.count - count
  }

  private judge(time: Micros): void {
    const line = this.line
    const interval = time - this.latest
    this.latest = time
    if (this.pending > 0) this.recover(time)
    const offset = (time - line.time) / line.period - 1
    const close = this.isClose(offset)
    const rival = this.rival
    if (rival.pulses > 0) rival.add(time, interval, line.jitter.sd)
    if (this.replaceable && this.replaces(time)) return this.replace(time)
    if (rival.agreed > 0) {
      if (!close || rival.agreed >= AGREED_TO_BELIEVE) return this.redraw(time, rival.period, rival.pulses + 1, 1 + this.ignored)
      if (this.ignored === 0) rival.drop()
    }
    if (close || (offset >= -GATE && offset <= GATE)) this.accept(time, offset, close)
    else if (this.count < YOUNG) this.lastTwo(time)
    else if (offset < 0) this.early(time)
    else this.gap(time, offset)
  }

  private isClose(offset: number): boolean {
    const period = this.line.period
    let tolerance = CLOSE_SDS * this.line.jitter.sd
    if (tolerance < CLOSE * period) tolerance = CLOSE * period
    else if (tolerance > CLOSE_LIMIT * period && this.count >= YOUNG) tolerance = CLOSE_LIMIT * period
    const away = offset * period
    return away < tolerance && away > -tolerance
  }

  private first(time: Micros): void {
    const line = this.line
    if (this.count < 0) line.restart(time, 0, 1)
    else {
      const period = time - this.counted
      if (period <= 0) return
      line.restart(time, period, 2)
      line.jitter.restart(period)
      line.jitter.add(period)
      this.locked = true
    }
    this.latest = time
    this.counted = time
    this.count += 1
  }

  /** The next pulse. */
  private accept(time: Micros, offset: number, close: boolean): void {
    const line = this.line
    this.replaceable = false
    if (!close && this.rival.pulses === 0) this.rival.start(this.counted, time - this.counted)
    if (offset < 0 && !(close && (this.fine || offset * line.period > -CLOSE_SDS * line.jitter.sd))) {
      this.before.copy(line)
      this.replaceable = true
    }
    if (!this.ignoredInPeriod && this.rival.ignored === 0) this.ignored = 0
    this.ignoredInPeriod = false
    this.gaps = 0
    line.jitter.add(time - this.counted)
    line.add(time, this.fine ? FINE_LIMIT : COARSE_LIMIT)
    this.counted = time
    this.count += 1
  }

  /** Stands this pulse where the last counted one, which was early, ought to have stood? */
  private replaces(time: Micros): boolean {
    const before = this.before
    const expected = before.time + before.period
    const late = time - expected
    if (this.isClose(late / this.line.period)) return true
    const early = expected - this.counted
    return this.rival.pulses === 0 && late < early && -late < early
  }

  /** It takes the place of the last counted one, which joins the ignored. */
  private replace(time: Micros): void {
    const line = this.line
    line.copy(this.before)
    this.ignore(line.time, this.count - 1)
    line.jitter.skip()
    line.add(time, this.fine ? FINE_LIMIT : COARSE_LIMIT)
    this.counted = time
    this.replaceable = false
  }

  /** Too early to be the next pulse. */
  private early(time: Micros): void {
    if (this.rival.pulses === 0) this.rival.start(this.counted, time - this.counted)
    this.ignore(this.counted, this.count)
    if (this.ignored < IGNORED_TO_BELIEVE) return
    const pulses = this.count + this.ignored - this.crowdCount
    this.redraw(time, (time - this.crowdBase) / pulses, pulses, this.ignored)
  }

  /** One more ignored pulse, after one at `base` that counts as position `count`. */
  private ignore(base: Micros, count: number): void {
    if (this.ignored === 0) {
      this.crowdBase = base
      this.crowdCount = count
    }
    this.ignored += 1
    this.ignoredInPeriod = true
    if (this.rival.pulses > 0) this.rival.ignored += 1
  }

  /** Later than the next pulse. */
  private gap(time: Micros, offset: number): void {
    const size = Math.floor(offset + 1.5)
    const fits = size > 1 && this.isClose(offset + 1 - size)
    if (this.gaps === 0 || size !== this.gapSize) {
      this.gaps = 0
      this.gapSize = size
      this.gapBase = this.counted
      this.gapCount = this.count
    }
    this.gaps += 1
    if (size > LONGEST_BRIDGE && this.gaps === 1) this.pause(time)
    else if (size > LONGEST_BRIDGE || !fits) this.lastTwo(time)
    else if (!this.fine) this.doubt(time, size)
    else if (this.gaps === GAPS_TO_BELIEVE) {
      const advance = this.gapCount + GAPS_TO_BELIEVE - this.count
      this.redraw(time, (time - this.gapBase) / GAPS_TO_BELIEVE, GAPS_TO_BELIEVE + 1, advance)
    } else {
      this.bridge(time, size)
      this.rival.drop()
      this.counted = time
      this.count += size
    }
  }

  /** `size` pulses up to `time`, all but the last of them missing, evenly spaced. */
  private bridge(time: Micros, size: number): void {
    const line = this.line
    const from = line.time
    const step = (time - from) / size
    line.jitter.skip()
    for (let i = 1; i < size; i += 1) line.add(from + i * step, FINE_LIMIT)
    line.add(time, FINE_LIMIT)
  }

  /** Coarse clock: `size` old periods have passed. For now it is one new one. */
  private doubt(time: Micros, size: number): void {
    const before = this.before
    before.copy(this.line)
    this.redraw(time, time - this.counted, 2, 1)
    this.pending = size - 1
  }

  /** Coarse clock: does the pulse after a gap show the old tempo? Then the missing ones count. */
  private recover(time: Micros): void {
    const missing = this.pending
    this.pending = 0
    const line = this.line
    const period = this.before.period
    const offset = (time - this.counted) / period - 1
    if (offset > CLOSE || offset < -CLOSE) return
    line.copy(this.before)
    this.bridge(this.counted, missing + 1)
    this.count += missing
  }

  /** The same tempo after a pause: phase from this pulse, period from before. */
  private pause(time: Micros): void {
    const gaps = this.gaps
    this.redraw(time, this.line.period, 2, 1)
    this.gaps = gaps
  }

  /** The next pulse, far from where it was expected: a new line through the last two. */
  private lastTwo(time: Micros): void {
    const interval = time - this.counted
    this.line.jitter.add(interval)
    this.redraw(time, interval, 2, 1)
  }

  /** A new line through a pulse at `time`, borne by `pulses`; the count moves by `advance`. */
  private redraw(time: Micros, period: Micros, pulses: number, advance: number): void {
    this.line.restart(time, period, pulses)
    this.line.jitter.skip()
    this.settle()
    this.latest = time
    this.counted = time
    this.count += advance
  }

  /** No doubt is left about earlier pulses. */
  private settle(): void {
    this.rival.drop()
    this.replaceable = false
    this.pending = 0
    this.gaps = 0
    this.ignored = 0
    this.ignoredInPeriod = false
  }
}

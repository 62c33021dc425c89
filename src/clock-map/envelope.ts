/**
 * What a window of exchanges says about another clock. A packet can be late but never early, so each one bounds the offset from
 * one side: theirs minus ours on the way out is at least the offset, on the way back at most. The true line (offset and rate)
 * lies in the corridor between the two envelopes; the one taken leaves the widest gap to both, which is the likeliest where
 * delays are exponential, and needs the quickest packets only. Their excess over the shortest falls with 1/N, where an average
 * falls with 1/sqrt(N): with 2 ms of jitter, tens of microseconds after a minute.
 *
 * The window is 64 bins, each holding the best packet of either direction. When they are used up neighbours merge and bins grow,
 * from a quarter of a second to two: quick at the start, two minutes long at last, and always the same memory. Longer would
 * straighten out the crystal's own wander. A machine with little time has fewer bins, and looks for its line a step at a time.
 */

const BINS = 64
const FIRST_BIN_MICROS = 250_000
const LONGEST_WINDOW_MICROS = 128_000_000

/** Halvings of the range of rates searched: 400 ppm / 2^24 is far below a crystal's wander. */
const SEARCH_STEPS = 24

/** Under three seconds a crystal cannot be told from the jitter: the rate stays what it was. */
const LEAST_SPAN_MICROS = 3_000_000

/** After a window this long its rate is worth keeping for the next one, within 20 ppm. */
const KNOWN_SPAN_MICROS = 20_000_000
const KNOWN_RANGE = 2e-5

export class Envelope {
  /** Offset (theirs minus ours, us) at `referenceMicros`, and its change per local microsecond. */
  offsetMicros = 0
  rate = 0
  referenceMicros = 0
  /** Twice the shortest one-way delay that fits: half of it is how wrong asymmetry can make the offset. */
  gapMicros = 0
  /** Local time from the first to the last exchange in the window. */
  spanMicros = 0
  /** Exchanges in the window. */
  count = 0

  private binMicros = FIRST_BIN_MICROS
  private readonly outTimes: Float64Array
  private readonly outBounds: Float64Array
  private readonly backTimes: Float64Array
  private readonly backBounds: Float64Array
  private readonly counts: Float64Array
  private used = 0
  private binStart = 0

  private searchCentre = 0
  /** The search under way: steps left, the range of rates, and the moment around which the line is to hold. */
  private steps = 0
  private low = 0
  private high = 0
  private around = 0

  /** `searchRange` is the largest rate between two clocks that is believed (400 ppm: two crystals at 200); `bins` an even number. */
  constructor(
    private searchRange = 4e-4,
    private readonly bins = BINS,
  ) {
    this.outTimes = new Float64Array(bins)
    this.outBounds = new Float64Array(bins)
    this.backTimes = new Float64Array(bins)
    this.backBounds = new Float64Array(bins)
    this.counts = new Float64Array(bins)
  }

  /** Forgets the exchanges: the other clock has been stepped. Its rate, if known, is remembered. */
  clear(): void {
    if (this.spanMicros > KNOWN_SPAN_MICROS) {
      this.searchCentre = this.rate
      this.searchRange = KNOWN_RANGE
    }
    this.used = 0
    this.count = 0
    this.steps = 0
    this.spanMicros = 0
    this.binMicros = FIRST_BIN_MICROS
  }

  /**
   * One exchange: sent and received on our clock at `sent` and `received`, on theirs `theirArrival` and `theirDeparture`.
   * Costs a comparison; `fit` costs a few thousand operations and is called when an answer is wanted.
   */
  add(sent: number, theirArrival: number, theirDeparture: number, received: number): void {
    if (this.used === 0) this.binStart = sent
    if (this.used === 0 || sent >= this.binStart + this.binMicros) this.openBin(sent)
    const bin = this.used - 1
    const out = theirArrival - sent
    const back = theirDeparture - received
    // Within a bin the best is told along the known rate, so that a long bin does not always choose its first or last packet.
    if (this.counts[bin] === 0 || out - this.rate * (sent - this.outTimes[bin]) < this.outBounds[bin]) {
      this.outTimes[bin] = sent
      this.outBounds[bin] = out
    }
    if (this.counts[bin] === 0 || back - this.rate * (received - this.backTimes[bin]) > this.backBounds[bin]) {
      this.backTimes[bin] = received
      this.backBounds[bin] = back
    }
    this.counts[bin]++
    this.count++
    this.spanMicros = received - this.outTimes[0]
  }

  /** Finds the line with the widest gap, valid around `referenceMicros`, which becomes now. */
  fit(now: number): void {
    this.beginFit(now)
    while (this.narrow()) continue
  }

  /** The same a step at a time: `narrow` goes on with it, and the line stays as it was until it is found. */
  beginFit(now: number): void {
    this.around = now
    this.low = this.searchCentre - this.searchRange
    this.high = this.searchCentre + this.searchRange
    this.steps = SEARCH_STEPS
  }

  /** One step: two comparisons for each bin. False: the line is found, or none was looked for. */
  narrow(): boolean {
    if (this.steps === 0) return false
    // The gap is concave in the rate, and its slope is the distance between the two packets that touch the line.
    const rate = (this.low + this.high) / 2
    const out = this.touchingOut(rate)
    const back = this.touchingBack(rate)
    if (this.backTimes[back] > this.outTimes[out]) this.low = rate
    else this.high = rate
    this.steps--
    if (this.steps > 0) return true
    this.settle()
    return false
  }

  private settle(): void {
    if (this.spanMicros >= LEAST_SPAN_MICROS) this.rate = (this.low + this.high) / 2
    const around = this.around
    const rate = this.rate
    const out = this.touchingOut(rate)
    const back = this.touchingBack(rate)
    const upper = this.outBounds[out] - rate * (this.outTimes[out] - around)
    const lower = this.backBounds[back] - rate * (this.backTimes[back] - around)
    this.referenceMicros = around
    this.offsetMicros = (upper + lower) / 2
    this.gapMicros = upper - lower
  }

  private touchingOut(rate: number): number {
    let best = 0
    let least = Infinity
    for (let bin = 0; bin < this.used; bin++) {
      const bound = this.outBounds[bin] - rate * (this.outTimes[bin] - this.around)
      if (bound < least) {
        least = bound
        best = bin
      }
    }
    return best
  }

  private touchingBack(rate: number): number {
    let best = 0
    let most = -Infinity
    for (let bin = 0; bin < this.used; bin++) {
      const bound = this.backBounds[bin] - rate * (this.backTimes[bin] - this.around)
      if (bound > most) {
        most = bound
        best = bin
      }
    }
    return best
  }

  private openBin(start: number): void {
    if (this.used === this.bins) {
      if (this.binMicros * this.bins < LONGEST_WINDOW_MICROS) this.mergeBins()
      else this.dropFirstBin()
    }
    this.binStart = start
    this.counts[this.used++] = 0
  }

  private mergeBins(): void {
    for (let bin = 0; bin < this.bins / 2; bin++) {
      const first = bin * 2
      const second = first + 1
      const out =
        this.outBounds[second] - this.rate * (this.outTimes[second] - this.outTimes[first]) < this.outBounds[first] ? second : first
      const back =
        this.backBounds[second] - this.rate * (this.backTimes[second] - this.backTimes[first]) > this.backBounds[first] ? second : first
      this.outTimes[bin] = this.outTimes[out]
      this.outBounds[bin] = this.outBounds[out]
      this.backTimes[bin] = this.backTimes[back]
      this.backBounds[bin] = this.backBounds[back]
      this.counts[bin] = this.counts[first] + this.counts[second]
    }
    this.used = this.bins / 2
    this.binMicros *= 2
  }

  private dropFirstBin(): void {
    this.count -= this.counts[0]
    this.used--
    this.outTimes.copyWithin(0, 1)
    this.outBounds.copyWithin(0, 1)
    this.backTimes.copyWithin(0, 1)
    this.backBounds.copyWithin(0, 1)
    this.counts.copyWithin(0, 1)
  }
}

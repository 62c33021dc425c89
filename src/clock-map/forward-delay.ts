/**
 * Forward synchronisation: what is sent carries `now + D` and is executed then, so the network's jitter does not reach the ear.
 * D is the trade: too short and packets come late, too long and a hand on a knob feels it. It is taken from a histogram of measured
 * one-way delays, at the fraction of late packets one is willing to have, with the error of both clocks on top. The bins are
 * quarter octaves, so D is at most 19 % longer than it had to be; old delays fade out over some thousands.
 */

const BINS = 64
const FIRST_BIN_MICROS = 32
const BINS_PER_OCTAVE = 4
const HALVE_AFTER = 2048

export class ForwardDelay {
  private readonly weights = new Float64Array(BINS)
  private total = 0

  /** Whether any delay has been seen. */
  get hasMeasured(): boolean {
    return this.total > 0
  }

  /** A packet took this long from their hand to ours (or ours to theirs) on the shared clock. */
  observe(oneWayMicros: number): void {
    this.weights[binOf(oneWayMicros)]++
    if (++this.total < HALVE_AFTER) return
    this.total = 0
    for (let bin = 0; bin < BINS; bin++) {
      this.weights[bin] /= 2
      this.total += this.weights[bin]
    }
  }

  /**
   * D for at most this fraction of late packets. With fewer packets seen than it takes to see one late, twice the worst is
   * taken; with none, 100 ms.
   */
  choose(targetLoss: number, clockErrorMicros: number): number {
    if (this.total === 0) return 100_000 + clockErrorMicros
    const allowed = targetLoss * this.total
    let late = 0
    let bin = BINS - 1
    while (bin > 0 && late + this.weights[bin] <= allowed) late += this.weights[bin--]
    const isTailKnown = allowed >= 1
    return upperEdge(bin) * (isTailKnown ? 1 : 2) + clockErrorMicros
  }

  /** The consequence of a fixed D: the fraction of packets that would come late. */
  lossAt(delayMicros: number, clockErrorMicros: number): number {
    if (this.total === 0) return 0
    let late = 0
    for (let bin = 0; bin < BINS; bin++) if (upperEdge(bin) + clockErrorMicros > delayMicros) late += this.weights[bin]
    return late / this.total
  }
}

function binOf(micros: number): number {
  if (!(micros > FIRST_BIN_MICROS)) return 0
  return Math.min(BINS - 1, Math.ceil(Math.log2(micros / FIRST_BIN_MICROS) * BINS_PER_OCTAVE))
}

function upperEdge(bin: number): number {
  return FIRST_BIN_MICROS * Math.pow(2, bin / BINS_PER_OCTAVE)
}

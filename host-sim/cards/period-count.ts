/**
 * How many frames a card has asked for, exactly. The library renders quanta of 128 frames and counts those; a driver that wants another
 * number at a time gets it, and the rest of the last quantum waits in the library. PulseAudio wants 1365 (a third of 4096): the count is
 * 0 to 127 frames ahead of the card, each time by another number, up to 2.7 ms.
 *
 * But a driver always wants the same number, its period. So what it was given is a whole number of periods, and the library's count is
 * that rounded up to quanta. Of all periods that the first steps allow, those that would have been rounded otherwise fall behind; after a hundred
 * readings one is left. Until then it is the usual one among the best, for the library asks for a power of two and drivers give that or, like
 * PulseAudio, a third of the next; any other is as good as the bare count. Where none explains what is seen (several gulps at once in the
 * beginning, or a driver that wants now this, now that) it is looked for anew, and half a quantum is taken off meanwhile.
 */

export const QUANTUM_FRAMES = 128

/** The middle one of so many steps is near the period. */
const FIRST_STEPS = 7
/** Once it falls so many readings behind the best, a period stays out. */
const MOST_MISSES = 4
/** None fits where the best was wrong in more than this share of so many readings. */
const WORST_SHARE = 0.3
const LEAST_READINGS = 16
/** Readings count half after so many. */
const MEMORY = 200

export class PeriodCount {
  /** Frames of one period; undefined while it is not known. */
  period: number | undefined

  private steps: number[] = []
  /** For each period from `smallest` on: readings that it does not explain. */
  private misses: number[] = []
  private smallest = 0
  private readings = 0
  private last = 0

  /**
   * The library has rendered so many frames, more than at the last reading. Returns those that the card had been given before it asked for
   * the latest; undefined where it was looked at in the middle of it.
   */
  read(rendered: number): number | undefined {
    const step = rendered - this.last
    this.last = rendered
    if (this.misses.length > 0) this.strike(rendered)
    else this.begin(step)
    this.period = this.likeliest()
    const { period } = this
    if (period === undefined) return rendered - step - QUANTUM_FRAMES / 2
    return isRounded(rendered, period) ? (Math.floor(rendered / period) - 1) * period : undefined
  }

  /** False where it is looked at in the middle of a period. */
  isWhole(rendered: number): boolean {
    const { period } = this
    return period === undefined || isRounded(rendered, period)
  }

  private begin(step: number): void {
    this.steps.push(step)
    if (this.steps.length < FIRST_STEPS) return
    const middle = this.steps.sort((one, other) => one - other)[FIRST_STEPS >> 1]
    this.steps = []
    this.smallest = Math.max(QUANTUM_FRAMES, middle - QUANTUM_FRAMES + 1)
    this.misses = Array.from({ length: middle + QUANTUM_FRAMES - this.smallest }, () => 0)
    this.readings = 0
  }

  private strike(rendered: number): void {
    this.readings++
    const misses = this.misses.map((count, index) => (isRounded(rendered, this.smallest + index) ? count : count + 1))
    const least = Math.min(...misses)
    if (this.readings >= LEAST_READINGS && least > WORST_SHARE * this.readings) {
      this.misses = []
      return
    }
    const isOld = this.readings >= MEMORY
    if (isOld) this.readings /= 2
    this.misses = misses.map((count) => Math.min(count - least, MOST_MISSES) + (isOld ? least / 2 : least))
  }

  private likeliest(): number | undefined {
    if (this.misses.length === 0) return undefined
    const least = Math.min(...this.misses)
    const best = this.misses.flatMap((count, index) => (count === least ? [this.smallest + index] : []))
    return best.find(isUsual) ?? best[best.length >> 1]
  }
}

/** A power of two, or a third of one. */
function isUsual(period: number): boolean {
  return Number.isInteger(Math.log2(period)) || Number.isInteger(Math.log2(3 * period + 1)) || Number.isInteger(Math.log2(3 * period + 2))
}

/** Are so many frames a whole number of periods, rounded up to quanta? */
function isRounded(rendered: number, period: number): boolean {
  return Math.ceil((Math.floor(rendered / period) * period) / QUANTUM_FRAMES) * QUANTUM_FRAMES === rendered
}

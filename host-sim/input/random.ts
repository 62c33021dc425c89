/**
 * Chance that repeats: the same seed gives the same numbers on every machine. Scenarios, benches and tests draw their jitter
 * from here. Mulberry32 (Tommy Ettinger, public domain), which passes gjrand's tests for the few million draws we take.
 */
export class Random {
  #state: number
  #spare: number | undefined

  /** `seed` is any whole number. */
  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** 0 or more, below 1. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** Normal, mean 0, standard deviation 1 (polar method of Marsaglia). */
  gaussian(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    for (;;) {
      const x = 2 * this.uniform() - 1
      const y = 2 * this.uniform() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square)
        this.#spare = y * scale
        return x * scale
      }
    }
  }

  /** Normal with `sigma`, drawn again until it lies within `clip` (which must be positive). */
  clippedGaussian(sigma: number, clip: number): number {
    for (;;) {
      const drawn = sigma * this.gaussian()
      if (Math.abs(drawn) <= clip) return drawn
    }
  }
}

/**
 * Machines and the wires between them in virtual time, from one seed: crystals that are off and wander, packets that are delayed,
 * lost, doubled and overtaken. True time is microseconds from 0; nobody but the test can see it.
 */

/** A small seeded generator (mulberry32), 0 <= x < 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** A clock whose rate is off by `ppm` and swings by `wanderPpm` with a period, as a crystal in a warming case does. */
export class Crystal {
  constructor(
    private readonly ppm: number,
    private readonly startMicros: number,
    private readonly wanderPpm = 0,
    private readonly periodMicros = 1_800_000_000,
  ) {}

  read(trueMicros: number): number {
    const turn = (2 * Math.PI) / this.periodMicros
    const swing = (this.wanderPpm / turn) * (1 - Math.cos(turn * trueMicros))
    return this.startMicros + trueMicros + (trueMicros * this.ppm + swing) / 1e6
  }
}

export interface Wire {
  /** Shortest one-way delay; `jitterMicros` more at most, evenly spread. */
  delayMicros: number
  jitterMicros: number
  /** Probabilities. */
  loss: number
  duplication: number
}

interface Planned {
  time: number
  order: number
  run: () => void
}

/** Runs what is planned in order of true time. */
export class VirtualNetwork {
  now = 0
  sent = 0
  lost = 0
  private planned: Planned[] = []
  private order = 0

  constructor(private readonly random: () => number) {}

  at(time: number, run: () => void): void {
    this.planned.push({ time, order: this.order++, run })
    for (let child = this.planned.length - 1; child > 0;) {
      const parent = (child - 1) >> 1
      if (!this.before(child, parent)) break
      this.swap(child, parent)
      child = parent
    }
  }

  send(wire: Wire, receive: () => void): void {
    this.sent++
    if (this.random() < wire.loss) {
      this.lost++
      return
    }
    this.at(this.now + wire.delayMicros + this.random() * wire.jitterMicros, receive)
    if (this.random() < wire.duplication) this.at(this.now + wire.delayMicros + this.random() * wire.jitterMicros, receive)
  }

  runUntil(end: number): void {
    while (this.planned.length > 0 && this.planned[0].time < end) {
      const next = this.takeFirst()
      this.now = next.time
      next.run()
    }
    this.now = end
  }

  private takeFirst(): Planned {
    const first = this.planned[0]
    const last = this.planned.pop() as Planned
    if (this.planned.length > 0) {
      this.planned[0] = last
      for (let parent = 0; ;) {
        let least = parent
        for (const child of [2 * parent + 1, 2 * parent + 2]) if (child < this.planned.length && this.before(child, least)) least = child
        if (least === parent) break
        this.swap(parent, least)
        parent = least
      }
    }
    return first
  }

  private before(one: number, other: number): boolean {
    const [first, second] = [this.planned[one], this.planned[other]]
    return first.time < second.time || (first.time === second.time && first.order < second.order)
  }

  private swap(one: number, other: number): void {
    ;[this.planned[one], this.planned[other]] = [this.planned[other], this.planned[one]]
  }
}

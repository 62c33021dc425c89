/** The count: which pulses are real. Every pulse of the source has its position, whatever was missing, added or doubted on the way. */
import assert from "node:assert/strict"
import fc from "fast-check"
import { PulseFollower } from "../../src/follower/pulse-follower"
import { pulsesOf, START, timeOfBeat, type Input } from "../../tools/bench/input"

interface Followed {
  follower: PulseFollower
  /** What each pulse returned. */
  advances: number[]
}

function follow(ppqn: number, times: readonly number[]): Followed {
  const follower = new PulseFollower()
  follower.configure(ppqn)
  const advances: number[] = []
  for (const time of times) {
    const before = follower.count
    const advance = follower.pulse(time)
    assert.equal(follower.count, before + advance)
    advances.push(advance)
  }
  return { follower, advances }
}

/** The pulses of `beats` beats at 120 BPM with a change, and the follower after them. */
function followInput(input: Omit<Input, "tempo">, beats = 40): Followed & { positions: number; error: number } {
  const tempo = [{ beats, bpm: 120 }]
  const positions = beats * input.ppqn
  const followed = follow(input.ppqn, pulsesOf({ ...input, tempo }))
  const error = followed.follower.fitTime - timeOfBeat(tempo, (positions - 1) / input.ppqn)
  return { ...followed, positions, error }
}

const ALL = [1, 2, 4, 8, 12, 24, 48]
const FINE = [4, 8, 12, 24, 48]
const COARSE = [1, 2]

describe("pulse follower: the count", () => {
  it("is -1 before the first pulse, 0 at it, and a period is known at the second", () => {
    const follower = new PulseFollower()
    assert.equal(follower.count, -1)
    assert.equal(follower.pulse(1e6), 1)
    assert.equal(follower.count, 0)
    assert.equal(follower.locked, false)
    assert.equal(follower.period, 0)
    assert.equal(follower.pulse(1.5e6), 1)
    assert.equal(follower.locked, true)
    assert.equal(follower.period, 500000)
    assert.equal(follower.fitTime, 1.5e6)
    assert.equal(follower.fitCount, 1)
  })

  it("forgets all at a reset, but not how fine the clock is", () => {
    const { follower } = follow(1, [1e6, 1.5e6, 2e6])
    follower.reset()
    assert.equal(follower.count, -1)
    assert.equal(follower.locked, false)
    assert.equal(follower.period, 0)
    const again = [9e6, 9.25e6, 9.5e6, 9.75e6, 10e6, 10.25e6, 10.75e6].map((time) => follower.pulse(time))
    assert.deepEqual(again, [1, 1, 1, 1, 1, 1, 1], "a doubled interval counts as one where pulses are coarse")
  })

  it("ignores a second pulse at the same time", () => {
    assert.deepEqual(follow(24, [1e6, 1e6, 1.02e6, 1.02e6, 1.04e6]).advances, [1, 0, 1, 0, 1])
  })

  for (const ppqn of FINE) {
    it(`bridges one, two or three missing pulses at ${ppqn} PPQN`, () => {
      for (const missing of [[200], [200, 201], [200, 201, 202], [200, 202], [200, 230]]) {
        const { follower, positions, error } = followInput({ ppqn, missing })
        assert.equal(follower.count, positions - 1, String(missing))
        assert.ok(Math.abs(error) < 0.01, `${missing}: ${error} us`)
      }
    })
  }

  for (const ppqn of COARSE) {
    it(`counts a gap at ${ppqn} PPQN as one pulse, and makes up for it when the old tempo returns`, () => {
      for (const missing of [[20], [20, 21], [20, 21, 22]]) {
        const { follower, advances, positions, error } = followInput({ ppqn, missing })
        assert.equal(advances[20], 1)
        assert.equal(advances[21], 1 + missing.length)
        assert.equal(follower.count, positions - 1)
        assert.ok(Math.abs(error) < 0.01, `${missing}: ${error} us`)
      }
    })
  }

  for (const ppqn of ALL) {
    it(`counts no spurious pulse at ${ppqn} PPQN, wherever it stands between two`, () => {
      for (let between = 0.02; between < 1; between += 0.02) {
        const { follower, positions, error } = followInput({ ppqn, spurious: [20 * ppqn + between] })
        assert.equal(follower.count, positions - 1, `at ${between}`)
        assert.ok(Math.abs(error) < 300, `at ${between}: ${error} us`)
      }
    })
  }

  it("counts neither spurious nor missing pulses of a shaking 24 PPQN clock", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const change = seed % 2 === 0 ? { spurious: [480 + (seed + 0.5) / 41] } : { missing: [480, 481] }
      const { follower, positions } = followInput({ ppqn: 24, seed, sigmaMs: 1, ...change })
      assert.equal(follower.count, positions - 1, `seed ${seed}`)
    }
  })

  for (const ppqn of ALL) {
    for (const [bpm, pulsesToBelieve] of [
      [240, 3],
      [360, 3],
      [60, 3],
      [40, 3],
      [180, 2],
      [80, 2],
    ]) {
      it(`follows a step from 120 to ${bpm} BPM at ${ppqn} PPQN without gaining or losing a pulse`, () => {
        const tempo = [
          { beats: 40, bpm: 120 },
          { beats: 40, bpm },
        ]
        const times = pulsesOf({ ppqn, tempo })
        const { follower } = follow(ppqn, times)
        assert.equal(follower.count, times.length - 1)
        assert.ok(Math.abs(follower.period - 60e6 / bpm / ppqn) < 0.01)
        const early = follow(ppqn, times.slice(0, 40 * ppqn + 1 + pulsesToBelieve)).follower
        assert.equal(early.count, 40 * ppqn + pulsesToBelieve, "the count is right at once")
        assert.ok(Math.abs(early.period / (60e6 / bpm / ppqn) - 1) < 0.01, `period ${early.period}`)
      })
    }
  }

  it("takes a pause for a pause, and the tempo after it for the same until told otherwise", () => {
    const before = Array.from({ length: 100 }, (_, i) => START + i * 20000)
    const resumed = Array.from({ length: 100 }, (_, i) => before[99] + 507000 + i * 20000)
    const { follower, advances } = follow(24, [...before, ...resumed])
    assert.deepEqual(new Set(advances), new Set([1]))
    assert.ok(Math.abs(follower.fitTime - resumed[99]) < 0.01)
  })

  it("takes up a tempo ten times slower", () => {
    const fast = Array.from({ length: 100 }, (_, i) => START + i * 20000)
    const slow = Array.from({ length: 4 }, (_, i) => fast[99] + (i + 1) * 200000)
    const { follower, advances } = follow(24, [...fast, ...slow])
    assert.deepEqual(advances.slice(-4), [1, 1, 1, 1])
    assert.ok(Math.abs(follower.period - 200000) < 1)
  })

  it("draws a straight line through a swung clock, and counts all of it", () => {
    for (const swing of [0.52, 0.55, 0.6, 0.64, 0.667, 0.7, 0.75]) {
      const times = Array.from({ length: 400 }, (_, i) => START + (i >> 1) * 500000 + (i & 1 ? swing * 500000 : 0))
      const { follower } = follow(2, times)
      assert.equal(follower.count, 399, `swing ${swing}`)
      assert.ok(Math.abs(follower.period - 250000) < 500, `swing ${swing}: ${follower.period}`)
    }
  })

  it("keeps count and a usable line on any sane clock: tempo walks, missing and spurious pulses in between", () => {
    const change = fc.record({
      calm: fc.integer({ min: 30, max: 60 }),
      factor: fc.double({ min: 0.8, max: 1.25, noNaN: true }),
      event: fc.constantFrom("none", "missing", "spurious"),
      between: fc.double({ min: 0.15, max: 0.85, noNaN: true }),
    })
    const property = fc.property(
      fc.double({ min: 800, max: 1e6, noNaN: true }),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(...FINE),
      (firstPeriod, changes, ppqn) => {
        const times = [START]
        let period = firstPeriod
        let now = START
        let position = 0
        const advance = (pulses: number) => {
          for (let i = 0; i < pulses; i++) {
            now += period
            position++
            times.push(now)
          }
        }
        for (const { calm, factor, event, between } of changes) {
          advance(calm)
          if (event === "missing") {
            now += period
            position++
          } else if (event === "spurious") times.push(now + between * period)
          advance(calm)
          period *= factor
        }
        advance(30)
        const { follower } = follow(ppqn, times)
        assert.equal(follower.count, position)
        // a change within the least jitter assumed, 8 us, may take its time
        assert.ok(Math.abs(follower.fitTime - now) < 0.01 * period + 32, "the line stands on the last pulse")
        assert.ok(Math.abs(follower.period / period - 1) < 0.01, "and has its period")
      },
    )
    fc.assert(property, { numRuns: 300 })
  })

  it("never says anything but a finite line with a positive period, whatever comes", () => {
    const intervals = fc.array(fc.oneof(fc.double({ min: 1, max: 2e6, noNaN: true }), fc.constantFrom(20000, 10000, 40000, 0, 1, 500000)), {
      minLength: 3,
      maxLength: 400,
    })
    const property = fc.property(intervals, fc.constantFrom(...ALL), (all, ppqn) => {
      const follower = new PulseFollower()
      follower.configure(ppqn)
      let now = START
      for (const interval of all) {
        now += interval
        follower.pulse(now)
        if (!follower.locked) continue
        assert.ok(follower.period > 0 && follower.period < Infinity, `period ${follower.period}`)
        assert.ok(Number.isFinite(follower.fitTime), `time ${follower.fitTime}`)
        assert.ok(Math.abs(follower.fitTime - now) < 4e6, `${follower.fitTime - now} us from the pulse`)
        assert.ok(follower.noise > 0 && follower.noise < Infinity)
        assert.ok(Number.isInteger(follower.count))
      }
    })
    fc.assert(property, { numRuns: 500 })
  })
})

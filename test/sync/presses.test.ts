/**
 * The channels against their oracle, whatever is pressed and whenever: at random, on the boundary, around the last moment that
 * still counts. By default twenty thousand presses; `TACTUS_PRESSES=1000000` asks for a million, which takes a minute.
 */
import assert from "node:assert/strict"
import fc from "fast-check"
import { Collector } from "./collector"
import { SyncOracle } from "./oracle"

const PRESSES = Number(process.env.TACTUS_PRESSES ?? 20000)
const PER_RUN = 100
const KEYS = "abcdijklIJKLsx"
const RARE = "9797+-><(&6464]["

/** A press: so long after the one before, or, where `at` is set, this close to the next boundary or to its last moment. */
interface Press {
  readonly key: string
  readonly gap: number
  readonly at: "" | "boundary" | "last moment"
  readonly near: number
}

const press: fc.Arbitrary<Press> = fc.record({
  key: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...KEYS) }, { weight: 1, arbitrary: fc.constantFrom(...RARE) }),
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60000 }), fc.integer({ min: 0, max: 4000000 })),
  at: fc.constantFrom("", "", "boundary", "last moment"),
  near: fc.constantFrom(0, 0, -1, 1, -3, 2, -4000, 4000),
})

function play(presses: readonly Press[]): { collector: Collector; oracle: SyncOracle } {
  const collector = new Collector({ source: "internal" })
  const oracle = new SyncOracle()
  let time = 20000
  for (const { key, gap, at, near } of presses) {
    time += gap
    oracle.advance(time)
    if (at !== "") {
      // Between two whole microseconds there is no telling which side a press is on: the module is asked on whole ones.
      const moment = Math.round(at === "boundary" ? oracle.boundary : oracle.boundary - 8000) + near
      const isClear = at === "boundary" || near !== 0 || Number.isInteger(oracle.boundary)
      if (moment >= time && isClear) time = moment
    }
    collector.key(time, key)
    oracle.press(time, key)
  }
  const until = time + 9e6
  collector.runTo(until)
  oracle.advance(until)
  return { collector, oracle }
}

/** Pulses never merge and are as wide as they are told to be, or half their distance. */
function checkWidths(rises: readonly number[], falls: readonly number[]): void {
  for (let i = 0; i < falls.length; i++) {
    const distance = (rises[i + 1] ?? Infinity) - rises[i]
    assert.ok(falls[i] > rises[i] && Math.abs(falls[i] - rises[i] - Math.min(15000, distance / 2)) < 0.01, `pulse ${i} ends at ${falls[i]}`)
  }
}

describe("the sync channels and their oracle", () => {
  it(`agree on every pulse of every channel over ${PRESSES} presses`, () => {
    fc.assert(
      fc.property(fc.array(press, { maxLength: 2 * PER_RUN, size: "max" }), (presses) => {
        const { collector, oracle } = play(presses)
        for (let channel = 0; channel < 4; channel++) {
          const wanted = oracle.players[channel].pulses.filter((time) => time < collector.until - 1)
          const played = collector.rises[channel].filter((time) => time < collector.until - 1)
          for (let i = 0; i < Math.max(wanted.length, played.length); i++) {
            assert.ok(
              Math.abs(wanted[i] - played[i]) <= 0.01,
              `channel ${channel + 1}, pulse ${i}: at ${played[i]} us, expected at ${wanted[i]} us`,
            )
          }
          checkWidths(played, collector.falls[channel])
        }
      }),
      { numRuns: Math.ceil(PRESSES / PER_RUN), seed: 4 },
    )
  })
})

/** The bars of the follower, on the whole core: one default setting, several seeds of each scenario (the bench runs a hundred). */
import assert from "node:assert/strict"
import { internalDrift, measure, type Result } from "../../../tools/bench/follower"
import { SCENARIOS } from "../../../tools/bench/scenarios"

const SEEDS = 12

function results(name: string, ppqn: number, sigmaMs: number): Result {
  const found = SCENARIOS.find((one) => {
    const input = one.input(1)
    return one.name === name && input.ppqn === ppqn && (input.sigmaMs ?? 0) === sigmaMs
  })
  assert.ok(found, `no scenario "${name}" at ${ppqn} PPQN with sigma ${sigmaMs}`)
  return measure({ ...found, seeds: Math.min(found.seeds, SEEDS) })
}

describe("follower bench: the bars", () => {
  for (const ppqn of [24, 4, 2, 1]) {
    it(`a steady ${ppqn} PPQN clock comes out with intervals even to a microsecond`, () => {
      const result = results("steady", ppqn, 0)
      assert.ok(result.intervalSdMs !== undefined && result.intervalSdMs <= 0.001)
      assert.ok(result.worstMs <= 0.001)
      assert.equal(result.ticksGained, 0)
    })
  }

  for (const [ppqn, sigmaMs, sdMs, worstMs] of [
    [24, 1, 0.08, 0.3],
    [4, 0.5, 0.08, 0.4],
    [2, 0.5, 0.12, 0.4],
  ]) {
    it(`smooths jitter of sigma ${sigmaMs} ms at ${ppqn} PPQN to ${sdMs} ms, at worst ${worstMs} ms`, () => {
      const result = results("jitter", ppqn, sigmaMs)
      assert.ok(result.phaseSdMs <= sdMs, `sd ${result.phaseSdMs}`)
      assert.ok(result.worstMs <= worstMs, `worst ${result.worstMs}`)
      assert.equal(result.ticksGained, 0)
    })
  }

  for (const name of ["step 120->140", "step 120->100"]) {
    it(`is under 1 ms within a beat of a clean ${name}, and under 1.5 ms with jitter of 1 ms`, () => {
      const clean = results(name, 24, 0)
      assert.ok(clean.settleMs !== undefined && clean.settleMs < 100)
      const shaking = results(name, 24, 1)
      assert.equal(shaking.followedWithinABeat, 1)
      assert.equal(clean.ticksGained + shaking.ticksGained, 0)
    })
  }

  for (const name of ["ramp 80->160", "ramp 160->80"]) {
    it(`stays under 3 ms on a ${name} over 16 beats with jitter of 0.3 ms`, () => {
      const result = results(name, 24, 0.3)
      assert.ok(result.spread && result.spread.worstMs.max < 3)
      assert.equal(result.ticksGained, 0)
    })
  }

  for (const name of ["one missing", "2 missing", "one spurious"]) {
    for (const sigmaMs of [0, 1]) {
      it(`${name} at 24 PPQN, sigma ${sigmaMs} ms: no tick gained or lost, under 1 ms`, () => {
        const result = results(name, 24, sigmaMs)
        assert.equal(result.ticksGained, 0)
        assert.ok((result.spread?.worstMs.max ?? result.worstMs) < 1)
      })
    }
  }

  it("the internal clock does not drift", () => {
    for (const bpm of [97, 120, 123.45, 174]) {
      const { clocks, driftMicros } = internalDrift(bpm)
      assert.ok(Math.abs(driftMicros) < 0.01)
      assert.ok(Math.abs(clocks - 240 * bpm) < 3, `${clocks} clocks`)
    }
  })
})

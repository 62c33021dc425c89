import assert from "node:assert/strict"
import { CardPlayer } from "../../../host-sim/bridge/card-player"

const RATE = 48000
const GULP = 5461

describe("a card as the bridge plays it", () => {
  it("has run away when it was given more than it can have played, not a gulp before its time", () => {
    const player = new CardPlayer(RATE, () => {})
    const gulpMicros = (GULP / RATE) * 1e6
    assert.ok(!player.hasRunAway(0, 1e9), "nothing is known of it")
    for (let gulp = 0; gulp < 30; gulp++) player.read(gulp * gulpMicros, gulp * GULP)
    const now = 29 * gulpMicros
    assert.ok(!player.hasRunAway(now, 30 * GULP + 127), "the library counts the gulp that is asked for, and a quantum")
    assert.ok(player.hasRunAway(now, 36 * GULP))
    assert.ok(!player.hasRunAway(now + 7 * gulpMicros, 36 * GULP))
  })
})

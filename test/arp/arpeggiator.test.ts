/**
 * The arpeggiator's clock against an oracle that is the seed's text itself: the patterns are copied from there, the divisions from
 * the pot's positions, and a pulse stands on every clock whose number is a multiple of the division and whose step is a 1.
 */
import assert from "node:assert/strict"
import { Rack, steady } from "../support/rack"

const SEED_PATTERNS = `1 1 1 1 1 1 1 1
1 1 0 0 0 0 0 0
1 1 0 1 0 0 0 0
1 1 0 1 0 1 0 0
1 1 0 0 1 0 0 0
1 1 0 0 1 1 0 0
1 1 0 0 1 0 1 0
1 1 1 0 0 0 0 0
1 1 1 0 1 0 0 0
1 1 1 0 1 0 1 0
1 1 1 0 1 1 1 0
1 1 1 1 0 0 0 0
1 1 1 1 0 1 0 0
1 1 1 1 0 0 1 0
1 0 1 0 0 1 0 0
1 1 1 1 1 0 0 0
1 1 1 1 1 0 1 0
1 1 1 1 1 1 0 0
1 1 1 1 1 1 1 0`
  .split("\n")
  .map((line) => line.split(" ").map(Number))

const POT: [number, number][] = [
  [0, 96],
  [1.5, 72],
  [3, 48],
  [5, 24],
  [7, 12],
  [8.5, 8],
  [10, 6],
]
const CLOCKS = 900
const TEMPO = 300

/** 900 MIDI clocks, with Start before and Stop after the 800th. */
function play(mode: number, pattern: number, position: number) {
  const rack = new Rack().pot("pot-arp", 0, Math.round((position * 1023) / 10)).midi("midi-usb", 0.99e6, 0xfa)
  const clocks = steady(1e6, TEMPO, 24, CLOCKS)
  clocks.forEach((time, i) => {
    rack.midi("midi-usb", time, 0xf8)
    if (i === 799) rack.midi("midi-usb", time + 100, 0xfc)
  })
  return { clocks, outcome: rack.run({ source: "midi-usb", arp: { mode, pattern } }, clocks[CLOCKS - 1] + 1e6) }
}

describe("the arpeggiator's clock", () => {
  for (const mode of [0, 1, 2]) {
    it(`plays all 7 divisions x 19 patterns as the seed's text says (mode ${mode})`, () => {
      for (const [position, division] of POT) {
        for (let pattern = 0; pattern < 19; pattern++) {
          const { clocks, outcome } = play(mode, pattern, position)
          // The clock runs on over four pulses that might only be missing; so, then, do modes 0 and 2.
          const last = mode === 1 ? 800 : CLOCKS + 4
          const wanted = steady(clocks[0], TEMPO, 24, last).filter(
            (_, i) => i < last && i % division === 0 && SEED_PATTERNS[pattern][(i / division) % 8] === 1,
          )
          const rises = outcome.rises("arp")
          assert.equal(rises.length, wanted.length, `division ${division}, pattern ${pattern}: ${rises.length} pulses`)
          rises.forEach((time, i) => {
            if (i > 1)
              assert.ok(Math.abs(time - wanted[i]) <= 1, `division ${division}, pattern ${pattern}, pulse ${i}: ${time} for ${wanted[i]}`)
          })
        }
      }
    })
  }

  it("switches the instrument's own clock off while there is a clock, and back on when it is lost", () => {
    const { clocks, outcome } = play(2, 0, 5)
    const levels = outcome.levels("arp-disable")
    assert.deepEqual(
      levels.map((event) => event.level),
      [1, 0],
    )
    assert.ok(levels[0].time < clocks[1])
    const lost = clocks[CLOCKS - 1] + 4 * (clocks[1] - clocks[0])
    assert.ok(Math.abs(levels[1].time - lost) < 9000)
  })

  it("turns without a doubled or lost pulse, and stays aligned to the song", () => {
    const rack = new Rack()
    const positions = [5, 10, 0, 7, 8.5, 3, 1.5, 5]
    positions.forEach((position, i) => rack.pot("pot-arp", 1e6 + i * 3.3e6, Math.round((position * 1023) / 10)))
    const outcome = rack.run({ source: "internal" }, 30e6)
    const rises = outcome.rises("arp")
    const divisions = positions.map((position) => (POT.find(([at]) => at === position) as [number, number])[1])
    const wanted: number[] = []
    for (let tick = 0; 10000 + (tick * 500000) / 24 < 30e6; tick++) {
      const time = 10000 + (tick * 500000) / 24
      const turned = Math.floor((time - 8000 - 1e6) / 3.3e6)
      const division = turned < 0 ? 24 : divisions[Math.min(turned, positions.length - 1)]
      if (tick % division === 0) wanted.push(Math.round(time))
    }
    assert.deepEqual(rises, wanted)
  })

  it("does not flutter when a noisy pot stands on a border", () => {
    for (const border of [0.75, 2.25, 4, 6, 7.75, 9.25]) {
      const rack = new Rack()
      const centre = (border * 1023) / 10
      for (let i = 0; i < 400; i++) rack.pot("pot-arp", i * 50000, Math.round(centre + ((i * 7919) % 13) - 6))
      const rises = rack.run({ source: "internal", tempo: 240 }, 22e6).rises("arp")
      const steps = new Set(rises.slice(3).map((time, i, all) => (i === 0 ? 0 : Math.round((time - all[i - 1]) / 1000))))
      steps.delete(0)
      assert.ok(steps.size <= 1, `one division only: ${[...steps]}`)
    }
  })

  it("keeps the pulse within half a period, has S-trigger polarity and latency", () => {
    const settings = { source: "internal", tempo: 300, arp: { polarity: "negative", latencyMicros: -30000, widthMicros: 100000 } }
    const outcome = new Rack().pot("pot-arp", 0, 1023).run(settings, 5e6)
    const levels = outcome.levels("arp").slice(1)
    const first = outcome.clocks()[0]
    assert.equal(levels[0].level, 0)
    assert.ok(levels.some((event) => event.level === 0 && Math.abs(event.time - (first + 1e6 - 30000)) <= 1))
    for (let i = 4; i + 1 < levels.length; i += 2) assert.ok(Math.abs(levels[i + 1].time - levels[i].time - 25000) <= 1)
  })
})

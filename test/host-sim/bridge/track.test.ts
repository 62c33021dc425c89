import assert from "node:assert/strict"
import fc from "fast-check"
import { Track } from "../../../host-sim/bridge/track"

const RATE = 48000
const frameOf = (time: number) => (time * RATE) / 1e6

describe("a side of a card", () => {
  it("plays late pulses whole and one after the other, none lost, none doubled, whatever the card's clock does", () => {
    const pulse = fc.record({ gap: fc.integer({ min: 0, max: 400_000 }), widthMicros: fc.integer({ min: 100, max: 20_000 }) })
    const round = fc.record({ step: fc.integer({ min: 1000, max: 300_000 }), slip: fc.integer({ min: -5000, max: 5000 }) })
    fc.assert(
      fc.property(fc.array(pulse, { maxLength: 40 }), fc.array(round, { maxLength: 40 }), (pulses, rounds) => {
        const track = new Track(RATE)
        let time = 0
        for (const { gap, widthMicros } of pulses) track.add({ time: (time += gap), widthMicros, level: 1 })
        const played: { frame: number; frames: number }[] = []
        let now = 0
        let slip = 0
        for (const each of [...rounds, { step: 1e8, slip: 0 }]) {
          now += each.step
          slip += each.slip
          track.put(
            (micros) => frameOf(micros + slip),
            frameOf(now) + 1000,
            frameOf(now) + 14_400,
            (frame, frames) => {
              assert.ok(frame >= frameOf(now) + 1000, "into what the card has taken already")
              played.push({ frame, frames })
            },
          )
        }
        for (let more = 0; more < 100; more++) {
          now += 100_000
          track.put(frameOf, frameOf(now) + 1000, frameOf(now) + 14_400, (frame, frames) => played.push({ frame, frames }))
        }
        assert.deepEqual(
          played.map(({ frames }) => frames),
          pulses.map(({ widthMicros }) => Math.max(1, Math.round(frameOf(widthMicros)))),
        )
        played.slice(1).forEach(({ frame, frames }, index) => {
          const before = played[index]
          assert.ok(frame >= before.frame + before.frames + Math.min(frames, before.frames))
        })
        assert.equal(track.heardBy(Infinity), pulses.length)
      }),
    )
  })

  it("makes up for pulses that a card missed within a quarter of a second, then stands on its time again", () => {
    const track = new Track(RATE)
    for (let missed = 0; missed < 7; missed++) track.add({ time: -1e6 + missed * 1000, widthMicros: 15_000, level: 1 })
    for (let pulse = 1; pulse < 8; pulse++) track.add({ time: pulse * 250_000, widthMicros: 15_000, level: 1 })
    const frames: number[] = []
    for (let now = 0; now < 2e6; now += 10_000) track.put(frameOf, frameOf(now), frameOf(now) + 9600, (frame) => frames.push(frame))
    assert.deepEqual(
      frames.slice(7),
      [1, 2, 3, 4, 5, 6, 7].map((pulse) => pulse * 12_000),
    )
    assert.deepEqual(
      frames.slice(0, 7),
      [0, 1, 2, 3, 4, 5, 6].map((pulse) => pulse * 1440),
    )
    assert.equal(track.late, 7)
  })
})

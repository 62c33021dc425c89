/** A CV clock becomes MIDI clock: what someone who patches the module can rely on. */
import assert from "node:assert/strict"
import { Rack, intervals, steady } from "./support/rack"

const FA = 0xfa
const FB = 0xfb
const FC = 0xfc

function near(times: readonly number[], wanted: number, tolerance = 1): boolean {
  return times.some((time) => Math.abs(time - wanted) <= tolerance)
}

describe("a CV clock", () => {
  for (const policy of ["predict", "follow"]) {
    for (const ppqn of [1, 2, 4, 8, 12, 24, 48]) {
      it(`at ${ppqn} PPQN gives exactly 24 clocks a beat, one of them on each pulse (${policy})`, () => {
        const pulses = steady(1e6, 120, ppqn, 12 * ppqn)
        const outcome = new Rack().pulses("cv", pulses).run({ cv: { ppqn, policy } })
        for (const port of ["midi-din", "midi-usb"] as const) {
          const clocks = outcome.clocks(port)
          for (let beat = 4; beat < 11; beat++) {
            const from = 1e6 + beat * 500000
            assert.equal(clocks.filter((time) => time >= from - 1000 && time < from + 499000).length, 24)
            assert.ok(near(clocks, from), `a clock on the pulse at ${from}`)
          }
        }
      })
    }
  }

  it("starts with FA, and beat 1 follows it by at least 1 ms", () => {
    for (const ppqn of [1, 2, 4, 24]) {
      const outcome = new Rack().pulses("cv", steady(1e6, 120, ppqn, 6 * ppqn)).run({ cv: { ppqn } })
      const starts = outcome.timesOf("midi-usb", FA)
      assert.equal(starts.length, 1)
      assert.ok(outcome.clocks()[0] - starts[0] >= 1000)
      assert.ok(outcome.clocks("midi-din")[0] - outcome.timesOf("midi-din", FA)[0] >= 1000)
    }
  })

  it("finer than a sixteenth starts with its very first pulse, coarser with the first that can be predicted", () => {
    const fine = new Rack().pulses("cv", steady(1e6, 120, 24, 240)).run({ cv: { ppqn: 24 } })
    assert.equal(fine.clocks().length, 240 + 4, "one a pulse, and four on its own until it is lost")
    const coarse = new Rack().pulses("cv", steady(1e6, 120, 1, 8)).run()
    assert.equal(coarse.clocks()[0], 2e6)
    assert.equal(coarse.timesOf("midi-usb", FA)[0], 2e6 - 2000)
  })

  it("late: the clock waits for the pulse, and no tick is gained", () => {
    const pulses = [...steady(0, 120, 1, 8), ...steady(4.1e6, 100, 1, 8)]
    for (const policy of ["predict", "follow"]) {
      const clocks = new Rack().pulses("cv", pulses).run({ cv: { policy } }).clocks()
      const allowed = policy === "follow" ? 0 : 1
      pulses.forEach((pulse, i) => {
        if (i < 3) return
        const before = clocks.filter((time) => time < pulse - 1).length
        const first = clocks.filter((time) => time < pulses[2] - 1).length
        assert.ok(before - first <= (i - 2) * 24 + allowed, `${policy}: ${before - first} clocks before pulse ${i}`)
      })
    }
  })

  it("early: catches up with at least 1 ms between clocks, in a burst where the setting says so", () => {
    const pulses = [...steady(0, 100, 1, 6), ...steady(3.5e6, 150, 1, 6)]
    for (const policy of ["predict", "follow"]) {
      const careful = new Rack().pulses("cv", pulses).run({ cv: { policy } }).clocks()
      assert.ok(Math.min(...intervals(careful)) >= 1000)
      const burst = new Rack().pulses("cv", pulses).run({ cv: { policy, catchUpMicros: 0 } })
      assert.ok(Math.min(...intervals(burst.clocks())) < 10)
      assert.ok(Math.min(...intervals(burst.clocks("midi-din"))) >= 320, "the wire takes 320 µs a byte")
      assert.equal(burst.clocks().length, careful.length)
    }
  })

  for (const ppqn of [4, 24]) {
    it(`with follow, ${ppqn} pulses a beat: the tempo halves, a pulse is missing, and still no clock is ahead of its pulse`, () => {
      const before = steady(1e6, 120, ppqn, 16 * ppqn)
      const after = steady(before[before.length - 1] + 1e6 / ppqn, 60, ppqn, 8 * ppqn)
      const pulses = [...before, ...after]
      const ticks = 24 / ppqn
      const clocks = new Rack()
        .pulses("cv", pulses)
        .run({ cv: { ppqn, policy: "follow" } })
        .clocks()
      clocks.forEach((time, i) => assert.ok(time >= pulses[Math.floor(i / ticks)] - 1, `clock ${i}: ${time}`))
      assert.ok(clocks.length > (pulses.length - 1) * ticks)
      const missing = before.filter((_, i) => i !== 8 * ppqn)
      const bridged = new Rack()
        .pulses("cv", missing)
        .run({ cv: { ppqn, policy: "follow" } })
        .clocks()
      assert.ok(bridged.length > (before.length - 1) * ticks && bridged.length <= before.length * ticks, `${bridged.length}`)
      bridged.forEach((time, i) => assert.ok(time >= before[Math.floor(i / ticks)] - 1, `clock ${i}: ${time}`))
    })
  }

  it("with follow, every early pulse is answered at once, at a doubled tempo too, and the count is exact", () => {
    for (const ppqn of [1, 2, 4]) {
      const slow = steady(1e6, 60, ppqn, 8 * ppqn)
      const fast = steady(slow[slow.length - 1] + 500000 / ppqn, 120, ppqn, 16 * ppqn)
      const pulses = [...slow, ...fast]
      const clocks = new Rack()
        .pulses("cv", pulses)
        .run({ cv: { ppqn, policy: "follow" } })
        .clocks()
      const ticks = 24 / ppqn
      const first = pulses.findIndex((time) => time >= clocks[0] - 2000)
      pulses.forEach((pulse, i) => {
        if (i <= first) return
        const own = clocks[(i - first) * ticks]
        assert.ok(own >= pulse - 1 && own < pulse + 26000, `pulse ${i} at ${pulse}, its clock at ${own}`)
      })
    }
  })

  it("with follow, a contact that bounces when it opens is one pulse", () => {
    const rack = new Rack()
    for (const time of steady(1e6, 120, 24, 240)) {
      rack
        .level("cv", time, 1)
        .level("cv", time + 5000, 0)
        .level("cv", time + 5030, 1)
        .level("cv", time + 5060, 0)
    }
    assert.equal(rack.run({ cv: { ppqn: 24, policy: "follow" } }).clocks().length, 240)
  })

  it("with follow, no clock comes before its pulse, and the pulse's own comes with it", () => {
    const pulses = steady(0, 120, 1, 40).map((time, i) => time + ((i * 7919) % 4001) - 2000 + 5000)
    const clocks = new Rack()
      .pulses("cv", pulses)
      .run({ cv: { policy: "follow" } })
      .clocks()
    for (let i = 3; i < pulses.length; i++) {
      const index = (i - 1) * 24
      assert.ok(
        clocks[index] >= pulses[i] - 0.5 && clocks[index] < pulses[i] + 6000,
        `clock ${index} at ${clocks[index]}, pulse ${pulses[i]}`,
      )
    }
  })

  it("is not disturbed by a glitch, nor by a bouncing contact", () => {
    const pulses = steady(1e6, 120, 1, 10)
    const clean = new Rack().pulses("cv", pulses).run({}, 6e6)
    const rack = new Rack()
    pulses.forEach((time) => {
      rack
        .level("cv", time, 1)
        .level("cv", time + 20, 0)
        .level("cv", time + 50, 1)
        .level("cv", time + 5000, 0)
      rack.level("cv", time + 250000, 1).level("cv", time + 250030, 0)
    })
    assert.deepEqual(rack.run({}, 6e6).messages("midi-usb"), clean.messages("midi-usb"))
  })

  it("lost: FC after the timeout, FB with the song position when it returns", () => {
    const outcome = new Rack().pulses("cv", [...steady(0, 120, 1, 8), ...steady(10e6, 120, 1, 8)]).run()
    const transport = outcome.transport()
    assert.deepEqual(
      transport.map(([, status]) => status),
      [FA, FC, 0xf2, FB],
    )
    const [, stop, position, start] = transport
    assert.ok(Math.abs(stop[0] - (3.5e6 + 4 * 500000)) < 10000, "four periods after the last pulse")
    assert.equal(position[2] + position[3] * 128, (6 * 24) / 6, "the song goes on at the pulse that never came")
    const next = outcome.clocks().find((time) => time > start[0]) as number
    assert.ok(next - start[0] >= 1000)
    assert.ok(near([next], 11e6), "on a pulse")
  })

  it("lost with flywheel: goes on as if nothing had been, and takes the returning clock without a clock too many", () => {
    const outcome = new Rack()
      .pulses("cv", [...steady(0, 120, 1, 8), ...steady(10.013e6, 120, 1, 8)])
      .run({ lost: { action: "flywheel" } }, 13.4e6)
    assert.deepEqual(
      outcome.transport().map(([, status]) => status),
      [FA],
    )
    const clocks = outcome.clocks()
    const steps = intervals(clocks.filter((time) => time > 1.5e6 && time < 10e6))
    assert.ok(Math.max(...steps) - Math.min(...steps) <= 1)
    assert.ok(near(clocks, 12.013e6))
    assert.equal(clocks.filter((time) => time > 999e3 && time < 12.012e6).length, 22 * 24)
  })
})

describe("the transport", () => {
  const clock = steady(0, 120, 1, 40)

  it("armed by the button waits for the next pulse; pressed again it is off; running it stops at once", () => {
    const outcome = new Rack()
      .pulses("cv", clock)
      .press("button-play", 3.2e6)
      .press("button-play", 6.3e6)
      .press("button-play", 8.1e6)
      .press("button-play", 8.25e6)
      .run({ transport: { start: "button" } })
    const transport = outcome.transport()
    assert.deepEqual(
      transport.map(([time, status]) => [status, time]),
      [
        [FA, 3.498e6],
        [FC, 6.313e6],
      ],
    )
    const clocks = outcome.clocks()
    assert.equal(clocks[0], 3.5e6)
    assert.ok(clocks[clocks.length - 1] < 6.313e6, "no clock while stopped")
  })

  it("ignores what is shorter than 5 ms, and takes a bouncing press for one", () => {
    const rack = new Rack().pulses("cv", clock).pulse("button-play", 2.1e6, 3000)
    for (let i = 0; i < 4; i++) rack.pulse("button-play", 3.2e6 + i * 1000, 500)
    rack.press("button-play", 3.2045e6)
    const outcome = rack.run({ transport: { start: "button" } })
    assert.deepEqual(
      outcome.transport().map(([, status]) => status),
      [FA],
    )
  })

  it("clocks go on while stopped where the setting says so", () => {
    const outcome = new Rack()
      .pulses("cv", clock)
      .press("button-play", 6.2e6)
      .run({ transport: { start: "button" }, clock: { whileStopped: true } }, 12e6)
    const clocks = outcome.clocks().filter((time) => time > 2e6)
    const start = outcome.timesOf("midi-usb", FA)[0]
    assert.ok(Math.max(...intervals(clocks)) < 21000)
    assert.equal(
      clocks.find((time) => time > start),
      6.5e6,
      "beat 1 is the first clock after FA",
    )
  })

  it("reset begins the song anew with the next pulse, even when that pulse is only 1 ms away", () => {
    const far = new Rack()
      .pulses("cv", clock)
      .pulse("reset", 6.2e6)
      .run({ cv: { ppqn: 1 } }, 9e6)
    assert.deepEqual(
      far.transport().map(([time, status]) => [status, time]),
      [
        [FA, 0.998e6],
        [FA, 6.498e6],
      ],
    )
    for (const offset of [-1000, 0, 1000]) {
      const close = new Rack()
        .pulses("cv", clock)
        .pulse("reset", 6.5e6 + offset)
        .run({ cv: { ppqn: 1 } }, 9e6)
      const [, stop, position, go] = close.transport()
      assert.deepEqual([stop[1], position[1], go[1]], [FC, 0xf2, FB])
      const sixteenths = position[2] + position[3] * 128
      const next = close.clocks().find((time) => time > go[0]) as number
      assert.equal(next, 6.5e6 + sixteenths * 125000, "the song's position 0 stands on the pulse of the reset")
    }
  })

  it("reset together with the very first pulse: what follows both is reset before its first clock, and not behind it", () => {
    for (const policy of ["predict", "follow"]) {
      for (let ahead = 0; ahead <= 12000; ahead += 400) {
        const outcome = new Rack()
          .pulse("reset", 1e6 - ahead)
          .pulses("cv", steady(1e6, 120, 24, 48))
          .run({ cv: { ppqn: 24, policy }, clock: { ppqn: 24 } }, 2e6)
        const first = outcome.rises("clock")[0]
        const edges = outcome.levels("reset")
        assert.ok(edges.length > 0)
        for (let i = 0; i < edges.length; i++) {
          assert.equal(edges[i].level, 1 - (i & 1))
          if (i > 0)
            assert.ok(
              edges[i].time >= edges[i - 1].time + 500,
              `${policy}, ${ahead} us ahead: edges at ${edges[i - 1].time}, ${edges[i].time}`,
            )
        }
        const rises = outcome.rises("reset")
        assert.ok(rises[rises.length - 1] <= first - 1000, `${policy}, ${ahead} us ahead: reset at ${rises}, clock at ${first}`)
      }
    }
  })

  it("a clock that is reset, lost, and returns just then: run falls, and then rises", () => {
    const before = steady(0.5e6, 120, 24, 24)
    const last = before[23]
    for (let after = 83000; after <= 99000; after += 500) {
      const outcome = new Rack()
        .pulses("cv", [...before, ...steady(last + after, 120, 24, 24)])
        .pulse("reset", last - 3000)
        .run({ cv: { ppqn: 24 }, lost: { afterPeriods: 4 } }, last + after + 450000)
      const levels = outcome.levels("run").map(({ level }) => level)
      assert.deepEqual(levels, [1, 0, 1].slice(0, levels.length), `${after} us behind its last pulse`)
      assert.equal(levels.length % 2, 1)
    }
  })

  it("the run input starts and stops, and keeps the position", () => {
    const outcome = new Rack()
      .pulses("cv", clock)
      .level("run", 2.2e6, 1)
      .level("run", 5.1e6, 0)
      .level("run", 7.2e6, 1)
      .run({ transport: { start: "button" } }, 9e6)
    assert.deepEqual(
      outcome.transport().map(([time, status]) => [status, time]),
      [
        [FA, 2.498e6],
        [FC, 5.108e6],
        [FB, 7.498e6],
      ],
    )
    assert.deepEqual(outcome.levels("run"), [
      { time: 2.498e6, level: 1 },
      { time: 5.108e6, level: 0 },
      { time: 7.498e6, level: 1 },
    ])
  })
})

/**
 * While the configuration port is spoken to, events are committed further ahead: so settings written during play make none of them
 * late, hold from behind that horizon, and it makes no difference when the software woke up.
 */
import { strict as assert } from "node:assert"
import fc from "fast-check"
import { feed, LEAD_MICROS } from "../src/backend"
import { byteOf, IN_BUTTON_CHANNEL, IN_CV, levelEvent, lengthOf, OUT_CLOCK, OUT_MIDI_DIN, OUT_SYNC, portOf } from "../src/event"
import { Module } from "../src/module"
import { settingsEvents } from "../tools/emulate/configuration"

type Timed = { time: number; event: number }
const FINE = { clock: { ppqn: 24 }, sync: [1, 2, 3, 4].map(() => ({ ppqn: 24, widthMicros: 4000 })) }
const AHEAD_MICROS = 80000

function pulses(period: number, until: number, shake: (n: number) => number = () => 0): Timed[] {
  const edges: Timed[] = []
  for (let n = 0; 300000 + n * period < until; n++) {
    const time = Math.round(300000 + n * period + shake(n))
    edges.push({ time, event: levelEvent(IN_CV, 1) }, { time: time + 4000, event: levelEvent(IN_CV, 0) })
  }
  return edges
}

function inOrder(...inputs: Timed[][]): Timed[] {
  return inputs.flat().sort((one, other) => one.time - other.time)
}

/** By port, in the order they were sent; `steps` between turns besides those that inputs ask for. */
function play(settings: object, inputs: readonly Timed[], until: number, steps: readonly number[]): string[][] {
  const module = new Module(settings)
  const events: string[][] = Array.from({ length: 12 }, () => [])
  const out = { schedule: (time: number, event: number) => events[portOf(event)].push(`${time}:${event & 0x3ffffff}`) > 0 }
  let turn = 0
  let now = 0
  for (const { time, event } of [...inputs, { time: until, event: -1 }]) {
    for (let next = now + steps[turn % steps.length]; next < time; next += steps[++turn % steps.length])
      module.render(next + LEAD_MICROS, out)
    now = time
    if (event < 0) module.render(time + LEAD_MICROS, out)
    else feed(module, out, time, event)
  }
  return events
}

function rises(events: readonly string[]): number[] {
  return events.filter((event) => event.endsWith(":1")).map((event) => Number(event.split(":")[0]))
}

/**
 * A machine that needs time: so much for each packet, each event and each message it acts on. Turns begin when the module wants one or
 * something has come in. Returns how long before its time the latest event was handed over.
 */
function hurried(
  settings: object,
  inputs: readonly Timed[],
  until: number,
  cost: { packet: number; event: number; message: number },
): number {
  const module = new Module(settings)
  let clock = 0
  let least = Infinity
  const out = {
    schedule(time: number, event: number): boolean {
      clock += cost.event
      if (portOf(event) >= OUT_CLOCK || (portOf(event) <= OUT_MIDI_DIN && byteOf(event, 0) >= 0xf8)) least = Math.min(least, time - clock)
      return true
    },
  }
  for (let at = 0; clock < until;) {
    clock = Math.max(clock + 50, Math.min(module.nextTurn(), inputs[at]?.time ?? until, until))
    const now = clock
    for (; at < inputs.length && inputs[at].time <= now; at++) {
      const { time, event } = inputs[at]
      feed(module, out, time, event)
      clock += cost.packet
      if (lengthOf(event) > 0 && [0, 1, 2].some((index) => byteOf(event, index) === 0xf7)) clock += cost.message
    }
    module.render(now + LEAD_MICROS, out)
  }
  return least
}

describe("a module whose settings are written while it plays", () => {
  const writes = inOrder(
    ...[1, 2, 3].map((second) => settingsEvents(second * 1e6 + 3333, { tempo: 300 - second, sync: [{ name: `Write ${second}` }] })),
  )

  it("is late with nothing, though a write takes 40 ms", () => {
    const cost = { packet: 200, event: 250, message: 40000 }
    const internal = hurried({ source: "internal", tempo: 300, ...FINE }, writes, 4e6, cost)
    assert.ok(internal > 0, `an event was handed over ${-internal} us late`)
    const followed = hurried({ cv: { ppqn: 1 }, ...FINE }, inOrder(pulses(500000, 4e6), writes), 4e6, cost)
    assert.ok(followed > 0, `an event was handed over ${-followed} us late`)
  })

  it("takes the change 80 ms behind the write's last packet, and no earlier", () => {
    const write = settingsEvents(2e6, { clock: { ppqn: 4 } })
    const clocks = rises(play({ source: "internal", tempo: 120, ...FINE }, write, 4e6, [1000])[OUT_CLOCK])
    const before = clocks.filter((time) => time < 2e6 + AHEAD_MICROS)
    const after = clocks.filter((time) => time >= 2e6 + AHEAD_MICROS)
    assert.ok(before.every((time, n) => n === 0 || Math.abs(time - before[n - 1] - 1e6 / 48) < 2))
    assert.ok(after.length > 10 && after.every((time, n) => n === 0 || Math.abs(time - after[n - 1] - 1e6 / 8) < 2))
    assert.ok(after[0] - before[before.length - 1] < 1e6 / 8 + 2, "on the grid, without a gap")
  })

  it("keeps time where a pulse or a part's end falls into the longer horizon", () => {
    for (const offset of [-90000, -50000, -30000, -8000, 0, 5000]) {
      const write = settingsEvents(2_300_000 + offset, { wait: 7 })
      const settings = { cv: { ppqn: 1 }, part: { steps: 4 }, ...FINE }
      const steady = pulses(500000, 4e6)
      assert.deepEqual(
        [OUT_CLOCK, OUT_SYNC].map((port) => rises(play(settings, inOrder(steady, write), 4e6, [1000])[port]).map(Math.round)),
        [OUT_CLOCK, OUT_SYNC].map((port) => rises(play(settings, steady, 4e6, [1000])[port]).map(Math.round)),
      )
    }
  })

  it("waits for the pulse that does not come, 80 ms later than without", () => {
    const few = pulses(500000, 2.4e6)
    const quiet = rises(play({ cv: { ppqn: 1 }, lost: { afterPeriods: 8 }, ...FINE }, few, 3.5e6, [1000])[OUT_CLOCK])
    const write = settingsEvents(2_790_000, { wait: 7 })
    const spoken = rises(play({ cv: { ppqn: 1 }, lost: { afterPeriods: 8 }, ...FINE }, inOrder(few, write), 3.5e6, [1000])[OUT_CLOCK])
    const last = (times: number[]) => times[times.length - 1]
    assert.ok(last(quiet) < 2_811_000, `${last(quiet)}`)
    assert.ok(last(spoken) <= 2_800_000 + AHEAD_MICROS + 6000 && last(spoken) > last(quiet), `${last(spoken)}`)
  })

  it("sends the same however often it is asked to render, and whatever else happens meanwhile", () => {
    const micros = fc.integer({ min: 400_000, max: 2_500_000 })
    const change = fc.constantFrom<object>(
      { tempo: 133 },
      { source: "internal" },
      { cv: { policy: "follow" } },
      { sync: [{ ppqn: 24, swing: 60, polarity: "negative" }] },
      { latencyMicros: { clock: -20000 } },
      { part: { steps: 3 }, arp: { mode: 2, pattern: 4 } },
      { nonsense: 1 },
    )
    const cadence = fc.array(fc.integer({ min: 1, max: 30000 }), { minLength: 5, maxLength: 40 })
    fc.assert(
      fc.property(
        fc.constantFrom(1, 4, 24),
        fc.array(fc.tuple(micros, change), { minLength: 1, maxLength: 4 }),
        fc.array(micros, { maxLength: 6 }),
        cadence,
        (ppqn, changes, presses, steps) => {
          const inputs = inOrder(
            pulses(500000 / ppqn, 2.6e6, (n) => ((n * 7919) % 13) * 100),
            ...changes.map(([time, set]) => settingsEvents(time, set)),
            ...presses.map((time, n) =>
              [0, 1].map((up) => ({ time: time + up * 50000, event: levelEvent(IN_BUTTON_CHANNEL + (n & 3), 1 - up) })),
            ),
          )
          const settings = { cv: { ppqn }, part: { steps: 2 } }
          assert.deepEqual(play(settings, inputs, 3e6, steps), play(settings, inputs, 3e6, [1e9]))
        },
      ),
      { numRuns: 60 },
    )
  })
})

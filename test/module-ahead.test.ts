/**
 * While the configuration port is spoken to, or SysEx for this module comes in at a playing port, events are committed further ahead: so
 * what is asked during play makes none of them late, holds from behind that horizon, and it makes no difference when the software woke up.
 */
import { strict as assert } from "node:assert"
import fc from "fast-check"
import { feed, LEAD_MICROS } from "../src/backend"
import {
  byteEvent,
  byteOf,
  bytesEvent,
  IN_BUTTON_CHANNEL,
  IN_CV,
  IN_MIDI_DIN,
  IN_MIDI_USB,
  IN_POT_ARP,
  levelEvent,
  lengthOf,
  OUT_ARP,
  OUT_CLOCK,
  OUT_MIDI_DIN,
  OUT_MIDI_USB,
  OUT_SYNC,
  portOf,
} from "../src/event"
import { Module } from "../src/module"
import { DIN_BYTE_MICROS } from "../src/time"
import { packetsOf, settingsEvents } from "../tools/emulate/configuration"

type Timed = { time: number; event: number }
const FINE = { clock: { ppqn: 24 }, sync: [1, 2, 3, 4].map(() => ({ ppqn: 24, widthMicros: 4000 })) }
const AHEAD_MICROS = 80000
const TICK_MICROS = 500000 / 24
/** The first pulses, whose tempo nobody knows, are answered as soon as may be. */
const STARTED_MICROS = 500000
/** Behind the end of one message at a playing port. */
const PLAYED_AHEAD_MICROS = 20000
const ARP = [0xf0, 0x42, 0x30, 0x7f]
const IDENTITY_REQUEST = [0xf0, 0x7e, 0x7f, 0x06, 0x01, 0xf7]
const PLAYING = [
  ["DIN", IN_MIDI_DIN, OUT_MIDI_DIN],
  ["USB", IN_MIDI_USB, OUT_MIDI_USB],
] as const

function pulses(period: number, until: number, shake: (n: number) => number = () => 0): Timed[] {
  const edges: Timed[] = []
  for (let n = 0; 300000 + n * period < until; n++) {
    const time = Math.round(300000 + n * period + shake(n))
    edges.push({ time, event: levelEvent(IN_CV, 1) }, { time: time + 4000, event: levelEvent(IN_CV, 0) })
  }
  return edges
}

/** A message whose last byte or packet has come at `time`. */
function message(time: number, port: number, bytes: readonly number[]): Timed[] {
  if (port === IN_MIDI_USB) return packetsOf(time, port, bytes)
  return bytes.map((byte, at) => ({ time: time - (bytes.length - 1 - at) * DIN_BYTE_MICROS, event: byteEvent(port, byte) }))
}

function clockBytes(port: number, period: number, until: number): Timed[] {
  const bytes: Timed[] = []
  for (let n = 0; 300000 + n * period < until; n++) bytes.push({ time: Math.round(300000 + n * period), event: byteEvent(port, 0xf8) })
  return bytes
}

function inOrder(...inputs: Timed[][]): Timed[] {
  return inputs.flat().sort((one, other) => one.time - other.time)
}

/** By port, in order of time, those of one time as they were sent; `steps` between turns besides those that inputs ask for. */
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
  return events.map((sent) => sent.sort((one, other) => parseFloat(one) - parseFloat(other)))
}

function rises(events: readonly string[]): number[] {
  return events.filter((event) => event.endsWith(":1")).map((event) => Number(event.split(":")[0]))
}

/**
 * A machine that needs time: so much for each packet, each event and each message, which the next render acts on. Turns begin when the module wants one or
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
  let owed = 0
  let least = Infinity
  const out = {
    schedule(time: number, event: number): boolean {
      clock += cost.event
      const isOfBeat = portOf(event) >= OUT_CLOCK || (portOf(event) <= OUT_MIDI_USB && byteOf(event, 0) >= 0xf8)
      if (isOfBeat && time > STARTED_MICROS) least = Math.min(least, time - clock)
      return true
    },
  }
  const render = (now: number) => {
    module.render(now + LEAD_MICROS, out)
    clock += owed
    owed = 0
  }
  for (let at = 0; clock < until;) {
    clock = Math.max(clock + 50, Math.min(module.nextTurn(), inputs[at]?.time ?? until, until))
    const now = clock
    for (; at < inputs.length && inputs[at].time <= now; at++) {
      const { time, event } = inputs[at]
      render(time)
      module.input(time, event)
      clock += cost.packet
      if (lengthOf(event) > 0 && [0, 1, 2].some((index) => byteOf(event, index) === 0xf7)) owed = cost.message
    }
    render(now)
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

describe("a module whose arpeggiator is spoken to while it plays", () => {
  const pattern = (n: number) => [...ARP, ...(n < 16 ? [0x10 + n] : [0x20, n]), 0x0a, 0x06, 8, 0xf7]
  const RULERS: readonly (readonly [string, object, Timed[]])[] = [
    ["the internal clock", { source: "internal", tempo: 300, ...FINE }, []],
    ["one CV pulse a beat", { cv: { ppqn: 1 }, ...FINE }, pulses(500000, 4e6)],
    ["a clock on DIN", { source: "midi-din", ...FINE }, clockBytes(IN_MIDI_DIN, 20833, 4e6)],
    ["a clock on USB", { source: "midi-usb", ...FINE }, clockBytes(IN_MIDI_USB, 20833, 4e6)],
  ]

  for (const [name, port] of PLAYING)
    for (const [ruler, settings, beats] of RULERS)
      it(`is late with nothing, though a message on ${name} takes 10 ms, or nineteen 3 ms each with their packets (${ruler})`, () => {
        const cost = { packet: 200, event: 150, message: 10000 }
        const one = [1e6, 1.7e6, 2.4e6, 3.1e6].flatMap((time) => [
          ...message(time + 3333, port, pattern(5)),
          ...message(time + 333333, port, IDENTITY_REQUEST),
        ])
        const alone = hurried(settings, inOrder(beats, one), 4e6, cost)
        assert.ok(alone > 0, `an event was handed over ${-alone} us late`)
        const apart = port === IN_MIDI_DIN ? 11 * DIN_BYTE_MICROS : 0
        const many = Array.from({ length: 19 }, (_, n) => message(2e6 + n * apart, port, pattern(n))).flat()
        const least = hurried(settings, inOrder(beats, many), 4e6, { ...cost, message: 2200 })
        assert.ok(least > 0, `of many: an event was handed over ${-least} us late`)
      })

  for (const [name, port, output] of PLAYING) {
    it(`takes what is asked on ${name} 20 ms behind the message's end, and no earlier, and answers in 2 ms`, () => {
      const settings = { source: "internal", tempo: 300, ...FINE, arp: { mode: 0, pattern: 1 } }
      const fastest = { time: 1000, event: levelEvent(IN_POT_ARP, 1023) }
      const plain = play(settings, [fastest], 3e6, [1000])
      // A step lasts 50 ms: some fall into the longer horizon.
      for (let time = 2e6; time < 2.1e6; time += 4000) {
        const asked = play(settings, inOrder([fastest], message(time, port, [...ARP, 0x01, 0x0e, 0xf7])), 3e6, [1000])
        const before = (events: readonly string[]) => rises(events).filter((rise) => rise < time + PLAYED_AHEAD_MICROS)
        assert.deepEqual(before(asked[OUT_ARP]), before(plain[OUT_ARP]))
        assert.notDeepEqual(asked[OUT_ARP], plain[OUT_ARP])
        assert.deepEqual(asked[OUT_CLOCK], plain[OUT_CLOCK])
        const answered = asked[output].find((event) => (Number(event.split(":")[1]) & 0xff) === 0xf0)
        const wait = Number(answered?.split(":")[0]) - time
        assert.ok(wait >= 2000 && wait < 2000 + 3 * DIN_BYTE_MICROS, `${wait}`)
      }
    })

    it(`is not ahead for SysEx on ${name} that is for another`, () => {
      // A pulse fails to come: how long the clock runs on tells how far ahead it was.
      const few = pulses(500000, 2.4e6)
      const settings = { cv: { ppqn: 1 }, lost: { afterPeriods: 8 }, merge: { dinToDin: false, usbToDin: false, dinToUsb: false }, ...FINE }
      const ends = [[0xf0, 0x43, 1, 2, 3, 4, 5, 0xf7], [...ARP.slice(0, 2), 0x31, ...pattern(5).slice(3)], pattern(5)].map((bytes) => {
        const clocks = rises(play(settings, inOrder(few, message(2_790_000, port, bytes)), 3.5e6, [1000])[OUT_CLOCK])
        return clocks[clocks.length - 1]
      })
      assert.ok(ends[0] < 2_811_000 && ends[1] === ends[0], `${ends.join(", ")}`)
      assert.ok(ends[2] > ends[0] && ends[2] < 2_790_000 + PLAYED_AHEAD_MICROS + TICK_MICROS, `${ends.join(", ")}`)
    })
  }

  it("does the same where a back end keeps a message's beginning until it is known whose it is", () => {
    const whole = message(2e6, IN_MIDI_DIN, pattern(5))
    const kept = whole.map(({ time, event }, at) => ({ time: at < 4 ? whole[4].time : time, event }))
    const settings = { source: "internal", tempo: 300, ...FINE }
    assert.deepEqual(play(settings, kept, 3e6, [1000]), play(settings, whole, 3e6, [1000]))
  })

  it("acts on a message that something follows in one event", () => {
    const module = new Module()
    const bytes = [0xf8, ...pattern(5), ...pattern(6), 0xf8, 0xf8]
    for (let i = 0; i < bytes.length; i += 3) {
      const [one, two, three] = bytes.slice(i, i + 3)
      feed(module, { schedule: () => true }, 1e6 + i, bytesEvent(IN_MIDI_DIN, 3, one, two, three))
    }
    assert.deepEqual(
      [5, 6].map((n) => module.settings.arp.patterns[n]),
      ["10100110", "10100110"],
    )
  })

  it("sends the same however often it is asked to render, and whatever else happens meanwhile", () => {
    const micros = fc.integer({ min: 400_000, max: 2_500_000 })
    const asks = fc.constantFrom(
      pattern(1),
      pattern(18),
      [...ARP, 0x00, 1, 0xf7],
      [...ARP, 0x00, 2, 0xf7],
      [...ARP, 0x01, 7, 0xf7],
      [...ARP, 0x02, 3, 0xf7],
      [...ARP, 0x03, 0xf7],
      [...ARP, 0x55, 0xf7],
      IDENTITY_REQUEST,
      [0xf0, 0x43, 1, 2, 3, 0xf7],
      [0x90, 60, 100],
      [0xfa],
      [0xfc],
    )
    const cadence = fc.array(fc.integer({ min: 1, max: 30000 }), { minLength: 5, maxLength: 40 })
    fc.assert(
      fc.property(
        fc.constantFrom(...RULERS.map(([, settings, beats]) => [settings, beats] as const), [
          { cv: { ppqn: 24, policy: "follow" } },
          pulses(20833, 2.6e6),
        ] as const),
        fc.array(fc.tuple(micros, fc.constantFrom(IN_MIDI_DIN, IN_MIDI_USB), asks), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(micros, fc.constantFrom<object>({ tempo: 133 }, { arp: { mode: 1 } }, { wait: 3 })), { maxLength: 2 }),
        cadence,
        ([settings, beats], asked, changes, steps) => {
          const inputs = inOrder(
            beats.filter(({ time }) => time < 2.6e6),
            ...asked.map(([time, port, bytes]) => message(time, port, bytes)),
            ...changes.map(([time, set]) => settingsEvents(time, set)),
          )
          assert.deepEqual(play(settings, inputs, 3e6, steps), play(settings, inputs, 3e6, [1e9]))
        },
      ),
      { numRuns: 100 },
    )
  })
})

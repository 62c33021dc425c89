/**
 * Channels under a MIDI master that starts, stops, goes on and jumps at any moment. The oracle is the instrument: a Volca knows
 * nothing but the pulses it has had, eight to a pattern. Whatever happened, what the module says of it must be so.
 */
import assert from "node:assert/strict"
import fc from "fast-check"
import { Collector } from "./collector"

const START = 0xfa
const CONTINUE = 0xfb
const STOP = 0xfc

/** A master at a steady tempo; its clocks pause, or go on, while it is stopped. */
class Master {
  readonly collector = new Collector({ source: "midi-usb", transport: { start: "button" } })
  readonly tick: number
  time = 1e6
  private isRunning = false
  private nextClock = 1e6
  /** Where the master's song is, in clocks, and how many of its positions a pulse belongs to have come. */
  position = 0
  due = 0

  constructor(
    tempo: number,
    private readonly whileStopped: boolean,
  ) {
    this.tick = 2.5e6 / tempo
  }

  wait(micros: number): void {
    const until = this.time + micros
    for (; this.nextClock < until; this.nextClock += this.tick) {
      if (!this.isRunning && !this.whileStopped) continue
      this.collector.usb(this.nextClock, 0xf8)
      if (this.isRunning && this.position++ % 12 === 0) this.due++
    }
    this.time = until
  }

  send(status: number): void {
    this.collector.usb(this.time, status)
    if (status === START) this.position = 0
    this.isRunning = status !== STOP
    if (this.isRunning && !this.whileStopped) this.nextClock = this.time + 3000
  }

  locate(sixteenths: number): void {
    this.collector.usb(this.time, 0xf2, sixteenths & 127, sixteenths >> 7)
    this.position = sixteenths * 6
  }

  press(key: string): void {
    this.collector.key(this.time, key)
  }
}

type Action = {
  readonly kind: "key" | "start" | "stop" | "continue" | "locate"
  readonly gap: number
  readonly key: string
  readonly to: number
}

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom("key", "key", "key", "start", "stop", "stop", "continue", "continue", "locate"),
  gap: fc.oneof(fc.integer({ min: 0, max: 50000 }), fc.integer({ min: 0, max: 3000000 })),
  key: fc.constantFrom(..."abcdabcdijklIJKLsx"),
  to: fc.integer({ min: 0, max: 70 }),
})

function perform(master: Master, actions: readonly Action[]): void {
  let isRunning = false
  for (const { kind, gap, key, to } of actions) {
    master.wait(gap)
    if (kind === "key") master.press(key)
    else if (kind === "stop" && isRunning) master.send(STOP)
    else if (kind === "start" && !isRunning) master.send(START)
    else if (kind === "continue" && !isRunning) master.send(CONTINUE)
    else if (kind === "locate" && !isRunning) master.locate(to)
    else continue
    if (kind !== "key" && kind !== "locate") isRunning = kind !== "stop"
  }
  if (isRunning) master.send(STOP)
}

describe("the sync channels under a MIDI master", () => {
  it("play each position once, however often and wherever the master stops and goes on", () => {
    const stops = fc.array(fc.integer({ min: 10, max: 3000000 }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(stops, fc.constantFrom(60, 120, 170, 240), fc.boolean(), (gaps, tempo, whileStopped) => {
        const master = new Master(tempo, whileStopped)
        master.send(START)
        for (const gap of gaps) {
          master.wait(gap + 3010)
          master.send(STOP)
          master.wait(500000 + gap / 3)
          master.send(CONTINUE)
        }
        master.wait(10e6)
        // Far from a pulse, so that none is under way.
        while (master.position % 12 !== 6) master.wait(master.tick / 4)
        master.collector.runTo(master.time)
        for (let channel = 0; channel < 4; channel++) assert.equal(master.collector.rises[channel].length, master.due)
      }),
      { numRuns: 100, seed: 4 },
    )
  })

  it("know how many pulses each instrument is off, and bring it back", () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 120, size: "max" }),
        fc.constantFrom(60, 120, 240),
        fc.boolean(),
        (actions, tempo, whileStopped) => {
          const master = new Master(tempo, whileStopped)
          perform(master, actions)
          master.wait(1e6)
          const { bank } = master.collector.module
          const rises = master.collector.rises
          master.press("x")
          master.wait(1e6)
          master.collector.runTo(master.time)
          const isStopped = bank.channels.map((channel) => channel.state === 0)
          assert.deepEqual(isStopped, [true, true, true, true])
          assert.deepEqual(
            bank.channels.map((channel) => channel.pulsesOff + 0), // not -0
            rises.map((times) => times.length % 8),
          )
          for (const key of "IJKL") master.press(key)
          master.wait(1e6)
          master.collector.runTo(master.time)
          assert.deepEqual(
            rises.map((times) => times.length % 8),
            [0, 0, 0, 0],
          )
        },
      ),
      { numRuns: 200, seed: 4 },
    )
  })
})

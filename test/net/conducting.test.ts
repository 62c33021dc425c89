/** A leader that is told by OSC: what it announces to all, and when. */
import assert from "node:assert/strict"
import { LEAD_MICROS } from "../../src/backend"
import { ClockMap } from "../../src/clock-map/clock-map"
import { Module } from "../../src/module"
import { ModuleHand } from "../../src/net/module-hand"
import { Station } from "../../src/net/station"
import type { LatePolicy } from "../../src/osc/timed-queue"
import { timetagFraction, timetagSeconds } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import { TICK_MICROS_AT_1_BPM } from "../../src/time"

const EPOCH = 1_790_000_000_000_000
const SECOND = 1_000_000

class Leader {
  readonly station: Station
  now = 0
  readonly answers: Uint8Array[] = []
  private readonly out = { schedule: () => true }
  private readonly module = new Module({ source: "internal", transport: { start: "button" } })

  constructor(latePolicy: LatePolicy = "execute") {
    const map = new ClockMap()
    for (let time = 0; time < 4000; time += 100) map.exchange(time, EPOCH + time, EPOCH + time, time + 1)
    const options = { name: "desk", role: "lead" as const, priority: 1, onLoss: "hold" as const, osc: { latePolicy } }
    this.station = new Station(new ModuleHand(this.module, this.out), map, options, { toPeers: () => undefined, beat: () => undefined })
    this.runUntil(SECOND)
  }

  get rules() {
    const { current } = this.station.player.timeline
    return current && { isRunning: current.isRunning, tick: current.tick, bpm: Math.round(TICK_MICROS_AT_1_BPM / current.periodMicros) }
  }

  /** When the newest change is to be. */
  get newest(): number {
    return Number(this.station.player.timeline.newest?.at) - EPOCH
  }

  runUntil(time: number): void {
    for (; this.now < time; this.now += 2000) {
      this.station.receive(new Uint8Array(0), this.now)
      this.station.pump(this.now)
      this.module.render(this.now + LEAD_MICROS, this.out)
      this.station.speak(this.now)
    }
  }

  say(address: string, at?: number, value?: number): void {
    const writer = new OscWriter()
    writer.begin()
    if (at !== undefined) writer.openBundle(timetagSeconds(EPOCH + at), timetagFraction(EPOCH + at))
    writer.message(address, value === undefined ? "" : "f")
    if (value !== undefined) writer.float(value)
    if (at !== undefined) writer.closeBundle()
    this.station.receive(writer.bytes.slice(0, writer.finish()), this.now, (answer) => this.answers.push(answer))
  }
}

describe("a leader that is told by OSC", () => {
  it("does what has a time at its time, though what comes before is said after", () => {
    const leader = new Leader()
    leader.say("/play")
    leader.runUntil(5 * SECOND)
    leader.say("/stop", 35 * SECOND)
    leader.say("/tempo", 10 * SECOND, 90)
    leader.say("/tempo", undefined, 100)
    leader.runUntil(7 * SECOND)
    assert.deepEqual([leader.rules?.isRunning, leader.rules?.bpm], [true, 100])
    leader.runUntil(11 * SECOND)
    assert.deepEqual([leader.rules?.isRunning, leader.rules?.bpm], [true, 90])
    leader.runUntil(34.9 * SECOND)
    assert.equal(leader.rules?.isRunning, true)
    assert.ok(Math.abs(leader.newest - 35 * SECOND) < 2, "announced for its time, to the microsecond")
    leader.runUntil(35.1 * SECOND)
    assert.equal(leader.rules?.isRunning, false)
  })

  it("makes no change before one that has been announced: the song has no ticks there", () => {
    const leader = new Leader()
    leader.say("/play")
    leader.say("/tempo", leader.now + 100_000, 90)
    leader.say("/stop", leader.now + 650_000)
    leader.runUntil(leader.now + 10_000)
    const { current, pending } = leader.station.player.timeline
    for (const [index, change] of pending.entries()) {
      assert.ok(change.tick >= 0, `tick ${change.tick}`)
      assert.ok(change.at >= Number((pending[index - 1] ?? current)?.at), `${index}`)
    }
    assert.equal(pending.length, 3)
  })

  it("answers with the tempo that is played", () => {
    const leader = new Leader()
    leader.say("/play")
    leader.say("/tempo", undefined, 90.5)
    leader.runUntil(4 * SECOND)
    leader.say("/tempo")
    leader.runUntil(5 * SECOND)
    assert.equal(leader.answers.length, 1)
    const answer = leader.answers[0]
    assert.equal(new DataView(answer.buffer).getFloat64(answer.length - 8), 90.5)
  })

  it("drops what comes late where it is to", () => {
    for (const [policy, isRunning] of [
      ["drop", false],
      ["execute", true],
    ] as const) {
      const leader = new Leader(policy)
      leader.say("/play", 0.5 * SECOND)
      leader.runUntil(3 * SECOND)
      assert.equal(leader.rules?.isRunning, isRunning, policy)
      assert.equal(leader.station.status(leader.now).late, 1)
    }
  })

  it("continues on the sixteenth on which it was stopped, and plays from the beginning", () => {
    const leader = new Leader()
    leader.say("/play", 2 * SECOND)
    leader.say("/stop", 6.27 * SECOND)
    leader.runUntil(8 * SECOND)
    assert.deepEqual(leader.rules, { isRunning: false, tick: 205, bpm: 120 })
    leader.say("/continue", 10 * SECOND)
    leader.runUntil(11 * SECOND)
    assert.deepEqual(leader.rules, { isRunning: true, tick: 210, bpm: 120 })
    const { newest } = leader
    leader.say("/continue")
    leader.runUntil(13 * SECOND)
    assert.equal(leader.newest, newest, "it runs")
    leader.say("/stop")
    leader.runUntil(15 * SECOND)
    leader.say("/play")
    leader.runUntil(17 * SECOND)
    assert.deepEqual(leader.rules, { isRunning: true, tick: 0, bpm: 120 })
  })
})

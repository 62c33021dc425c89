/**
 * A leader's timeline on three machines over a bad wire: what they send to their synthesizers is compared in true time. 5 ms of jitter,
 * 10 % of loss: heartbeats must make up for it.
 */
import assert from "node:assert"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TimedInput } from "../../host-sim/input/timed-input"
import { readTrace } from "../../host-sim/input/trace"
import { traceLine } from "../../host-sim/live/trace-line"
import { Election } from "../../src/net/election"
import { SharedTimeline, TimelineLeader, type TimelineChange } from "../../src/net/shared-timeline"
import { readChange, writeHeartbeat } from "../../src/net/timeline-messages"
import { simulate } from "../../host-sim/simulator"
import { byteOf, IN_REMOTE, lengthOf, levelEvent, REMOTE_PLAY } from "../../src/event"
import { OscReader } from "../../src/osc/reader"
import { OscWriter } from "../../src/osc/writer"
import { quantile } from "../support/figures"
import { Crystal, seededRandom, VirtualNetwork, type Wire } from "../support/virtual-network"
import { Machine, ownClock } from "./machine"

const SECOND = 1_000_000
const WIRE: Wire = { delayMicros: 200, jitterMicros: 5000, loss: 0.1, duplication: 0.02 }
const EPOCH = 1_790_000_000_000_000

class Band {
  readonly network: VirtualNetwork
  readonly leader: Machine
  readonly followers: Machine[]
  readonly hand: TimelineLeader

  constructor(seed: number) {
    this.network = new VirtualNetwork(seededRandom(seed))
    this.leader = new Machine(this.network, new Crystal(80, 100), {}, {}, ownClock(EPOCH))
    this.followers = [-90, 50].map((ppm, index) => new Machine(this.network, new Crystal(ppm, 1000 * (index + 2)), {}))
    for (const follower of this.followers) follower.follow(this.leader, WIRE)
    this.hand = new TimelineLeader("leader", 1, this.leader.player.timeline)
    this.beat()
  }

  get now(): number {
    return this.leader.clock.sharedAt(this.leader.now)
  }

  /** Four heartbeats a second, as bytes, to each follower over the wire. */
  private beat(): void {
    this.network.at(this.network.now + 250_000, () => this.beat())
    const { current, pending } = this.leader.player.timeline
    const changes = current ? [current, ...pending] : pending
    if (changes.length === 0) return
    const writer = new OscWriter()
    writeHeartbeat(writer, changes)
    const packet = writer.bytes.slice(0, writer.finish())
    for (const follower of this.followers) this.network.send(WIRE, () => hear(packet, follower))
  }

  /** True times of a byte at each machine's DIN output. */
  trueTimes(byte: number): number[][] {
    return [this.leader, ...this.followers].map((machine) =>
      machine.timesOf(byte).map((local) => {
        let guess = local - machine.crystal.read(0)
        for (let round = 0; round < 4; round++) guess += local - machine.crystal.read(guess)
        return guess
      }),
    )
  }
}

function hear(packet: Uint8Array, machine: Machine): void {
  const reader = new OscReader()
  reader.bytes.set(packet)
  reader.read(packet.length, {
    message(message) {
      const change = readChange(message)
      if (change) machine.player.timeline.hear(change)
    },
  })
}

describe("a leader's timeline", () => {
  it("starts, changes tempo and stops all machines together, clock for clock", () => {
    const band = new Band(1)
    band.network.runUntil(30 * SECOND)
    band.hand.play(band.now + 2 * SECOND)
    band.network.runUntil(45 * SECOND)
    band.hand.tempo(band.now + 2 * SECOND, 171)
    band.network.runUntil(60 * SECOND)
    band.hand.tempo(band.now + 2 * SECOND, 90.5)
    band.network.runUntil(75 * SECOND)
    band.hand.stop(band.now + 2 * SECOND)
    band.network.runUntil(80 * SECOND)

    const starts = band.trueTimes(0xfa)
    assert.deepStrictEqual(
      starts.map((times) => times.length),
      [1, 1, 1],
    )
    const clocks = band.trueTimes(0xf8)
    assert.ok(clocks[0].length > 2000)
    for (const [index, times] of clocks.entries())
      assert.strictEqual(times.length, clocks[0].length, `machine ${index} sent as many clocks as the leader`)
    const apart = clocks[0].map((time, tick) => Math.max(...clocks.map((times) => Math.abs(times[tick] - time))))
    console.log(
      `      ${apart.length} clocks on three machines: apart p99 ${quantile(apart, 0.99).toFixed(0)}, worst ${quantile(apart, 1).toFixed(0)} us`,
    )
    assert.ok(quantile(apart, 1) < 300)
    assert.deepStrictEqual(
      band.followers.map(({ player }) => player.lateChanges),
      [0, 0],
    )
  })

  it("brings one who joins late in on the beat, at the right song position", () => {
    const band = new Band(2)
    const [, late] = band.followers
    band.hand.play(band.now + SECOND)
    const hearing = late.player.timeline.hear.bind(late.player.timeline)
    late.player.timeline.hear = () => false
    band.network.runUntil(40 * SECOND)
    late.player.timeline.hear = hearing
    band.network.runUntil(50 * SECOND)
    const [leader, , joined] = band.trueTimes(0xf8)
    const first = leader.findIndex((time) => Math.abs(time - joined[0]) < 300)
    assert.ok(joined[0] < 41.6 * SECOND, "within two beats of hearing of it")
    assert.strictEqual(first % 24, 0, "on a beat")
    joined.forEach((time, tick) => assert.ok(Math.abs(time - leader[first + tick]) < 300))
    assert.strictEqual(late.timesOf(0xfb).length, 1, "by Continue")
    const position = late.sent.find(({ word }) => byteOf(word, 0) === 0xf2 && lengthOf(word) === 3)?.word ?? 0
    assert.strictEqual(byteOf(position, 1) + 128 * byteOf(position, 2), first / 6, "after Song Position")
  })

  it("is replayed from a follower's trace bit for bit: lines, starts, packets and settings at their times", () => {
    const band = new Band(4)
    const [follower] = band.followers
    const told: TimedInput[] = []
    follower.hand.onInput = (input) => told.push(input)
    const say = (packet: string): void => follower.session.receive(Buffer.from(packet, "latin1"), follower.now)
    band.hand.play(band.now + 12 * SECOND)
    band.network.runUntil(16 * SECOND)
    band.hand.tempo(band.now + SECOND, 141.3)
    say("/channel/2/stop\0,\0\0\0")
    band.network.runUntil(18 * SECOND)
    say("/settings/cv/ppqn\0\0\0,i\0\0\0\0\0\x18")
    band.hand.play(band.now + SECOND, 0, 90)
    band.network.runUntil(21 * SECOND)
    band.hand.stop(band.now + SECOND)
    band.network.runUntil(24 * SECOND)

    assert.ok(told.filter(({ line }) => line).length > 60 && told.some(({ event }) => event !== undefined))
    const trace = join(mkdtempSync(join(tmpdir(), "tactus-line-")), "TRACE.jsonl")
    writeFileSync(trace, told.map(traceLine).join("\n") + "\n")
    const inputs = readTrace(trace, () => undefined)
    const until = Math.floor(follower.now)
    const { outputs } = simulate(inputs, { source: "internal", transport: { start: "button" } }, until)
    const replayed = [...outputs].map(({ time, word }) => `${time} ${word}`)
    const sent = [...follower.sent].sort((one, other) => one.time - other.time).filter(({ time }) => time < until)
    assert.ok(sent.length > 500)
    assert.deepStrictEqual(
      replayed,
      sent.map(({ time, word }) => `${Math.round(time)} ${word}`),
    )
  })

  it("starts another song where the line does not go on: Start, and beat 1 where the leader said", () => {
    const band = new Band(5)
    band.network.runUntil(15 * SECOND)
    band.hand.play(band.now + SECOND, 0, 120)
    band.network.runUntil(18 * SECOND)
    const at = band.now + SECOND
    band.hand.play(at, 0, 100)
    band.network.runUntil(24 * SECOND)
    const starts = band.trueTimes(0xfa)
    const clocks = band.trueTimes(0xf8)
    for (const [index, machine] of [band.leader, ...band.followers].entries()) {
      assert.strictEqual(starts[index].length, 2)
      const expected = machine === band.leader ? machine.clock.localAt(at) : undefined
      const [, second] = machine.timesOf(0xfa)
      const after = machine.timesOf(0xf8).filter((time) => time > second)
      if (expected !== undefined) assert.ok(Math.abs(after[0] - expected) < 1, "beat 1 where the leader said")
      after.slice(1).forEach((time, tick) => assert.ok(Math.abs(time - after[tick] - 25000) < 30, `clock ${tick}`))
    }
    const [leader, ...others] = clocks
    for (const times of others) {
      assert.strictEqual(times.length, leader.length)
      times.forEach((time, tick) => assert.ok(Math.abs(time - leader[tick]) < 300))
    }
  })

  it("is not caught up with where a hand starts one machine anew: it plays on, on its own ticks, until the leader's next start", () => {
    const band = new Band(6)
    const [follower] = band.followers
    band.network.runUntil(15 * SECOND)
    band.hand.play(band.now + SECOND)
    band.network.runUntil(40 * SECOND)
    follower.hand.event(follower.now, levelEvent(IN_REMOTE, REMOTE_PLAY))
    band.network.runUntil(45 * SECOND)
    band.hand.tempo(band.now + SECOND, 100)
    band.network.runUntil(50 * SECOND)
    band.hand.play(band.now + SECOND, 0, 100)
    band.network.runUntil(55 * SECOND)
    assert.strictEqual(follower.timesOf(0xfa).length, 3)
    const [leader, started] = band.trueTimes(0xf8)
    assert.ok(Math.abs(started.length - leader.length) <= 1, `${started.length} clocks, the leader ${leader.length}`)
    const before = started.filter((time) => time < 50 * SECOND)
    const gaps = before.slice(1).map((time, tick) => time - before[tick])
    assert.ok(Math.min(...gaps) > 20_000 && Math.max(...gaps) < 26_000, `${Math.min(...gaps)} to ${Math.max(...gaps)} us between clocks`)
    const last = started.at(-1) as number
    assert.ok(
      leader.some((time) => Math.abs(time - last) < 300),
      "in step again",
    )
  })

  it("goes on without its leader, in step", () => {
    const band = new Band(3)
    band.hand.play(band.now + SECOND)
    band.network.runUntil(30 * SECOND)
    WIRE.loss = 1
    band.network.runUntil(60 * SECOND)
    WIRE.loss = 0.1
    const clocks = band.trueTimes(0xf8)
    const last = Math.min(...clocks.map((times) => times.length)) - 1
    assert.ok(last > 1300)
    assert.ok(Math.max(...clocks.map((times) => Math.abs(times[last] - clocks[0][last]))) < 500)
  })

  it("takes changes in any order, once, and only of the leader whose time it is", () => {
    const change = (term: number, number: number, leader = "b", at = number): TimelineChange => ({
      leader,
      term,
      number,
      at,
      tick: 0,
      periodMicros: 20833,
      isRunning: true,
    })
    const timeline = new SharedTimeline()
    assert.ok(timeline.hear(change(1, 2)))
    assert.ok(timeline.hear(change(1, 1)))
    assert.ok(!timeline.hear(change(1, 2)))
    assert.deepStrictEqual(
      timeline.pending.map(({ number }) => number),
      [1, 2],
    )
    timeline.takeNext()
    assert.ok(!timeline.hear(change(1, 1)))
    assert.ok(!timeline.hear(change(1, 9, "c")), "a lesser leader of the same term")
    assert.ok(timeline.hear(change(2, 1, "c")), "an elected one")
    assert.ok(!timeline.hear(change(1, 10)), "the old one is over")
    assert.strictEqual(timeline.newest?.leader, "c")
  })
})

describe("an election", () => {
  it("follows, holds, then elects the first of those that can be heard, and only that one", () => {
    const [second, third] = ["two", "three"].map((id, index) => new Election({ id, priority: index + 2 }, "elect"))
    for (const each of [second, third]) {
      assert.strictEqual(each.state(0), "none")
      each.heartbeat("one", 0)
    }
    assert.strictEqual(second.state(1e6), "following")
    assert.strictEqual(second.state(2e6), "holding")
    second.hello(third.own, 4e6)
    third.hello(second.own, 4e6)
    assert.strictEqual(second.state(4.5e6), "elect")
    assert.strictEqual(third.state(4.5e6), "holding")
    assert.strictEqual(third.state(9e6), "elect", "the second has fallen silent too")
    second.heartbeat("two", 4.6e6)
    assert.strictEqual(second.state(20e6), "leading")
  })

  it("stands still or holds for ever where that is the setting", () => {
    const stand = new Election({ id: "a", priority: 1 }, "stand")
    const hold = new Election({ id: "a", priority: 1 }, "hold")
    stand.heartbeat("z", 0)
    hold.heartbeat("z", 0)
    assert.strictEqual(stand.state(5e6), "stand")
    assert.strictEqual(hold.state(1e9), "holding")
  })
})

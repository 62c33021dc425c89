/**
 * One behaviour, whatever the board runs on: a board that is told nothing but who keeps the time plays what others ask of it, at the time they
 * say, over real UDP on loopback. The other machines are `tactus net` (LiveNode) and liblo's or our own packets.
 */
import assert from "node:assert/strict"
import { createSocket } from "node:dgram"
import { LiveNode } from "../../../host-sim/net/live-node"
import { localMicros } from "../../../host-sim/net/local-clock"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { timetagFraction, timetagSeconds } from "../../../src/osc/timetag"
import { OscWriter } from "../../../src/osc/writer"
import { freePort, until } from "../../support/sleep"
import { Judge, monotonicMicros } from "./judge"

/** Starts a board with these settings; what it says goes to `hear`. Returns how to end it. */
export type Start = (settings: object, hear: (chunk: string) => void) => () => void

const START = 0xfa
const STOP = 0xfc
const SECOND = 1_000_000
/** How long the clock is watched. */
const SECONDS = Number(process.env.TACTUS_NETWORK_SECONDS ?? 6)

interface Rig {
  readonly judge: Judge
  readonly leader: LiveNode
  readonly port: number
  /** Sends a message in a bundle for this shared time; 0: without one. */
  send(address: string, at?: number, value?: number): void
}

/** A leader that keeps the clock and, at `port`, a board that follows: it knows of the leader, the leader knows of it by its hello. */
async function withRig(start: Start, run: (rig: Rig) => Promise<void>): Promise<void> {
  const port = await freePort()
  const rest = { settings: {}, osc: {}, peers: [], onLoss: "hold", discover: false } as const
  const leader = await LiveNode.open({ on: findInterface(LOOPBACK), listen: 0, name: "desk", role: "lead", priority: 1, ...rest })
  const judge = new Judge(leader.map)
  const network = { ssid: "workshop", password: "at least eight", port, server: `${LOOPBACK}:${leader.port}` }
  const end = start({ source: "internal", transport: { start: "button" }, network }, (chunk) => judge.hear(chunk))
  const socket = createSocket("udp4")
  const writer = new OscWriter()
  const send = (address: string, at = 0, value?: number): void => {
    writer.begin()
    if (at > 0) writer.openBundle(timetagSeconds(at), timetagFraction(at))
    writer.message(address, value === undefined ? "" : "f")
    if (value !== undefined) writer.float(value)
    if (at > 0) writer.closeBundle()
    socket.send(writer.bytes.slice(0, writer.finish()), port, LOOPBACK)
  }
  try {
    await until("the board to know the shared clock", () => judge.isClockSet)
    await run({ judge, leader, port, send })
  } finally {
    end()
    leader.close()
    socket.close()
  }
}

/** The middle and the worst of the absolute values. */
function spread(values: readonly number[]): string {
  const sorted = values.map(Math.abs).sort((one, other) => one - other)
  return `p50 ${sorted[sorted.length >> 1]?.toFixed(0)}, worst ${sorted.at(-1)?.toFixed(0)} us`
}

/** What the board takes the shared time to be, against what it is, at a moment of the leader's clock. */
function offBy(judge: Judge): number {
  return judge.offsets.at(-1) ?? NaN
}

export function followSuite(start: Start): void {
  it("keeps the shared clock, and executes a timetag when it says", () =>
    withRig(start, async ({ judge, send }) => {
      const settled = judge.offsets.length + SECONDS * 10
      await until(`${SECONDS} seconds of the shared clock`, () => judge.offsets.length >= settled, SECONDS * 4 + 60)
      const at = judge.sharedAt(monotonicMicros()) + 1.5 * SECOND
      send("/tactus/play", at)
      await until("beat 1", () => Number.isFinite(judge.sharedOf(START)) && judge.clocks(0).length > 0)
      const off = judge.clocks(0)[0] - at
      const clock = offBy(judge)
      console.log(
        `      beat 1 ${off.toFixed(1)} us from its timetag, of which the clock ${(-clock).toFixed(1)}; clock in the last half ${spread(judge.offsets.slice(-SECONDS * 5))}`,
      )
      // It stands where the board takes the timetag to be.
      assert.ok(Math.abs(off + clock) < 100, `${off} us off its timetag, clock ${clock} us`)
      const from = judge.bytes.length
      send("/tactus/stop", judge.sharedAt(monotonicMicros()) + 0.5 * SECOND)
      await until("the stop", () => judge.bytes.slice(from).some(({ byte }) => byte === STOP))
      assert.equal(judge.counters.oscLate, 0)
      assert.equal(judge.counters.oscRefused, 0)
    }))

  it("follows a leader's timeline: start, tempo, stop", () =>
    withRig(start, async ({ judge, leader }) => {
      await until("the leader to know of the board", () => leader.election.others(localMicros()).some(({ id }) => /^module /.test(id)))
      leader.session.receive(Buffer.from("/play\0\0\0,\0\0\0", "latin1"), localMicros())
      await until("the start", () => Number.isFinite(judge.sharedOf(START)))
      const begun = judge.bytes.length
      await until("a bar", () => judge.clocks(begun).length > 96)
      leader.session.receive(Buffer.from("/tempo\0\0,i\0\0\0\0\0\xb4", "latin1"), localMicros())
      await until("the new tempo", () => Math.abs((leader.player.timeline.current?.periodMicros ?? 0) - 2_500_000 / 180) < 0.01)
      const from = judge.bytes.length
      await until("two bars of it", () => judge.clocks(from).length > 192)
      const { current } = leader.player.timeline
      assert.ok(current)
      const errors = judge.clocks(from + 30).map((time) => {
        const tick = current.tick + (time - current.at) / current.periodMicros
        return (tick - Math.round(tick)) * current.periodMicros
      })
      console.log(`      ${errors.length} clocks against the leader's line: ${spread(errors)}; clock ${spread(judge.offsets.slice(-40))}`)
      // A clock stands on a whole tick of the leader's, as far off as the shared clock is: a tick lasts 14 ms.
      assert.ok(Math.max(...errors.map(Math.abs)) < 4000)
      leader.session.receive(Buffer.from("/stop\0\0\0,\0\0\0", "latin1"), localMicros())
      await until("the stop", () => judge.bytes.slice(from).some(({ byte }) => byte === STOP))
    }))

  it("answers, refuses and keeps its password to itself", () =>
    withRig(start, async ({ port }) => {
      const asker = createSocket("udp4")
      const answers: string[] = []
      asker.on("message", (packet) => answers.push(packet.toString("latin1")))
      const ask = (address: string): void => {
        const writer = new OscWriter()
        writer.begin()
        writer.message(address, "")
        asker.send(writer.bytes.slice(0, writer.finish()), port, LOOPBACK)
      }
      for (const address of ["/tactus/settings/network/ssid", "/tactus/settings/network/password", "/nonsense"]) ask(address)
      await until("three answers", () => answers.length >= 3)
      asker.close()
      assert.ok(answers.some((answer) => answer.includes("workshop")))
      assert.ok(answers.some((answer) => answer.startsWith("/tactus/settings/network/password") && answer.includes("*")))
      assert.ok(answers.some((answer) => answer.startsWith("/tactus/error")))
      assert.ok(!answers.some((answer) => answer.includes("eight")))
    }))
}

/**
 * Two machines with a cable between them: real interfaces in network namespaces, where addresses outside the interface's network really are
 * outside. The second machine is the first one's way to everywhere, so it sees any answer that would go to a stranger.
 */
import assert from "node:assert"
import { writeNtpRequest } from "../../../src/clock-map/ntp"
import { TwoMachines } from "../../support/namespaces"
import { needs } from "../../support/needs"
import { NetProcess } from "../../support/net-process"
import { until } from "../../support/sleep"

const PATIENCE = 120
const OSC = 8000
const TIME = 11123

function text(address: string): Uint8Array {
  return Buffer.from(address.padEnd((address.length + 4) & ~3, "\0") + ",\0\0\0", "latin1")
}

function timeRequest(size = 48): Uint8Array {
  const packet = new Uint8Array(size)
  writeNtpRequest(new DataView(packet.buffer), 1, 2)
  return packet
}

describe("machines on two ends of a cable", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const opened: { close(): void }[] = []
  afterEach(() => opened.splice(0).forEach((each) => each.close()))

  it("agree and play; answer nobody from outside, nobody more than he asked; the cable is pulled and put back", async function () {
    needs(this, "ip", "iproute2")
    const machines = TwoMachines.open("left0", "right0")
    if (!machines) return console.log("      not run: network namespaces need root, and a kernel that has them")
    opened.push(machines)
    machines.pretend("203.0.113.9", "right0")
    const [one, other] = [machines.one, machines.other].map((machine) => TwoMachines.inside(machine))
    const lead = ["--lead", "--interface", "left0", "--listen", String(OSC), "--serve", String(TIME), "--peer", `10.77.0.2:${OSC}`]
    const follow = ["--follow", "--interface", "right0", "--listen", String(OSC), "--peer", `10.77.0.1:${OSC}`]
    const leader = new NetProcess("desk", 40, lead, one)
    const follower = new NetProcess("drums", -50, follow, other)
    opened.push(leader, follower)
    await until(
      "the leader's clock over the cable",
      () => follower.newest?.isClockSet === true && follower.newest.leader === "desk",
      PATIENCE,
    )

    const stranger = "203.0.113.9"
    const nothing = { answers: 0, bytes: 0, longest: 0 }
    assert.deepStrictEqual(machines.probe(stranger, TIME, 20, timeRequest()), nothing)
    assert.deepStrictEqual(machines.probe(stranger, OSC, 20, timeRequest()), nothing)
    assert.deepStrictEqual(machines.probe(stranger, OSC, 20, text("/tactus/tempo")), nothing)
    assert.deepStrictEqual(machines.probe(stranger, OSC, 20, text("/tactus/play")), nothing)
    await until("all of it to be counted", () => (leader.newest?.foreign ?? 0) >= 80, PATIENCE)
    assert.strictEqual(leader.newest?.tick, null, "it does not play for a stranger")

    const neighbour = "10.77.0.2"
    assert.deepStrictEqual(machines.probe(neighbour, TIME, 1, timeRequest()), { answers: 1, bytes: 48, longest: 48 })
    assert.deepStrictEqual(machines.probe(neighbour, TIME, 1, timeRequest(900)), { answers: 1, bytes: 48, longest: 48 })
    assert.deepStrictEqual(machines.probe(neighbour, TIME, 1, timeRequest().subarray(0, 47)), nothing)
    const before = Date.now()
    const flood = machines.probe(neighbour, TIME, 400, timeRequest())
    const allowed = 41 + (20 * (Date.now() - before)) / 1000
    assert.ok(flood.answers <= allowed && flood.longest === 48, `${flood.answers} answers to 400, ${allowed} allowed`)
    const questions = machines.probe(neighbour, OSC, 1000, text("/tactus/dance"))
    assert.ok(questions.answers <= 101 + (50 * (Date.now() - before)) / 1000, `${questions.answers} answers to 1000`)
    assert.ok(machines.probe(neighbour, OSC, 1, text("/tactus/play")).answers === 0)
    await until("both to play", () => [leader, follower].every(({ newest }) => (newest?.tick ?? 0) > 0), PATIENCE)

    machines.plug("left0", false)
    await until("the follower to notice, and play on", () => (follower.newest?.holdoverMicros ?? 0) > 3e6, PATIENCE)
    const alone = follower.newest
    assert.ok(alone?.state === "holding" && alone.tick !== null)
    await until("its clock's error to have grown", () => (follower.newest?.errorMicros ?? 0) > (alone?.errorMicros ?? Infinity), PATIENCE)
    machines.plug("left0", true)
    await until("it to follow again", () => follower.newest?.state === "following" && follower.newest.holdoverMicros < 1e6, PATIENCE)
    const [mine, theirs] = [leader, follower].map(({ newest }) => newest?.song)
    assert.deepStrictEqual(theirs, mine, "one song")
    console.log(`      foreign packets ignored ${leader.newest?.foreign}, answers to a flood of 400 requests ${flood.answers}`)
  })
})

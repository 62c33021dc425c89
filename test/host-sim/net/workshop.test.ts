/**
 * The OSC workshop's examples with tactus in Python's place, and Pure Data, headless, in its own: greetings and ticks both ways
 * (examples 1 and 2), and ticks in bundles whose timetags lie ahead (example 3).
 */
import assert from "node:assert"
import { spawn, type ChildProcess } from "node:child_process"
import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LiveNode, type NodeOptions } from "../../../host-sim/net/live-node"
import { localMicros } from "../../../host-sim/net/local-clock"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { PRESETS } from "../../../host-sim/net/presets"
import { needs, unavailable } from "../../support/needs"
import { freePort, until } from "../../support/sleep"

const PLAY = Buffer.from("/play\0\0\0,\0\0\0", "latin1")

/** Listens for what tactus sends and prints it; sends `/py "tick"` twice a second. */
function patch(listen: number, send: number): string {
  return [
    "#N canvas 0 0 600 400 12",
    `#X obj 20 20 netreceive -u -b ${listen}`,
    "#X obj 20 60 oscparse",
    "#X obj 20 140 print heard",
    "#X obj 20 200 loadbang",
    "#X obj 20 230 metro 500",
    "#X msg 20 260 list tick",
    "#X obj 20 290 oscformat py",
    "#X obj 20 320 netsend -u -b",
    `#X msg 160 260 connect 127.0.0.1 ${send}`,
    ...["0 0 1 0", "1 0 2 0", "3 0 8 0", "3 0 4 0", "4 0 5 0", "5 0 6 0", "6 0 7 0", "8 0 7 0"].map((wire) => `#X connect ${wire}`),
    "",
  ].join(";\n")
}

/**
 * The third example's own objects, as its patch has them: ticks are unpacked, and how far ahead of its clock they are is printed; its own go
 * out 200 ms ahead of it.
 */
function timetagPatch(listen: number, send: number): string {
  return [
    "#N canvas 0 0 600 400 12",
    `#X obj 20 20 iemnet/udpreceive ${listen}`,
    "#X obj 20 60 osc/unpackOSC",
    "#X obj 20 140 print heard",
    "#X obj 120 140 print ahead",
    "#X obj 20 200 loadbang",
    "#X obj 20 230 metro 500",
    "#X obj 20 250 t b b b",
    "#X msg 20 260 [",
    "#X msg 20 261 /py tick",
    "#X msg 20 262 ]",
    "#X obj 20 290 osc/packOSC",
    "#X obj 20 320 netsend -u -b",
    `#X msg 160 260 connect 127.0.0.1 ${send}`,
    "#X msg 260 260 timetagoffset 200000",
    ...["0 0 1 0", "1 0 2 0", "1 1 3 0", "4 0 12 0", "4 0 13 0", "4 0 5 0", "5 0 6 0", "6 2 7 0", "6 1 8 0", "6 0 9 0"].map(
      (wire) => `#X connect ${wire}`,
    ),
    ...["7 0 10 0", "8 0 10 0", "9 0 10 0", "10 0 11 0", "12 0 11 0", "13 0 10 0"].map((wire) => `#X connect ${wire}`),
    "",
  ].join(";\n")
}

function options(more: Partial<NodeOptions>): NodeOptions {
  const rest = { settings: {}, osc: {}, peers: [], role: "alone", priority: 100, onLoss: "hold", discover: false } as const
  return { on: findInterface(LOOPBACK), listen: 0, name: "test", ...rest, ...more }
}

describe("the workshop's examples", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  for (const [example, isImmediate] of [
    ["2: ticks at their time", true],
    ["3: ticks with timetags ahead of theirs", false],
  ] as const) {
    it(`example ${example}, both ways with Pure Data`, async function () {
      needs(this, "pd", "puredata-core")
      const port = await freePort()
      const preset = PRESETS["workshop-python"]
      const osc = { ...preset.options, isImmediate, forwardMicros: 200_000 }
      const node = await LiveNode.open(options({ osc, sendTo: { address: LOOPBACK, port } }))
      const file = join(mkdtempSync(join(tmpdir(), "tactus-pd-")), "example.pd")
      writeFileSync(file, patch(port, node.port))
      const heardHere: string[] = []
      node.session.onText = (text) => heardHere.push(text)
      let heardThere = ""
      const pd: ChildProcess = spawn("pd", ["-nogui", "-noaudio", "-stderr", file])
      pd.stderr?.on("data", (chunk: Buffer) => (heardThere += chunk.toString()))
      try {
        await until("Pure Data's first tick", () => heardHere.length > 0)
        node.session.receive(PLAY, localMicros())
        await until("ticks both ways", () => (heardThere.match(/heard: list pd tick/g)?.length ?? 0) >= 4 && heardHere.length >= 4)
        assert.ok(heardHere.every((text) => text === "tick"))
      } finally {
        pd.kill()
        node.close()
      }
    })
  }
})

describe("the workshop's third example with its own objects", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  it("unpacks ticks as far ahead as tactus sent them, and its timetags are understood", async function () {
    needs(this, "pd", "puredata-core")
    if (!existsSync("/usr/lib/pd/extra/osc/packOSC.pd_linux") || !existsSync("/usr/lib/pd/extra/iemnet"))
      unavailable(this, "needs packOSC and udpreceive: apt-get install pd-osc pd-iemnet")
    const port = await freePort()
    const osc = { ...PRESETS["workshop-python"].options, forwardMicros: 250_000 }
    const node = await LiveNode.open(options({ osc, sendTo: { address: LOOPBACK, port } }))
    const file = join(mkdtempSync(join(tmpdir(), "tactus-pd-")), "example3.pd")
    writeFileSync(file, timetagPatch(port, node.port))
    let heardThere = ""
    const pd = spawn("pd", ["-nogui", "-noaudio", "-stderr", file])
    pd.stderr.on("data", (chunk: Buffer) => (heardThere += chunk.toString()))
    const aheads = (): number[] => [...heardThere.matchAll(/ahead: (-?[\d.]+)/g)].map((found) => Number(found[1]))
    try {
      await until("Pure Data's first tick", () => node.session.queue.margins.some((count) => count > 0))
      node.session.receive(PLAY, localMicros())
      await until("ticks with timetags", () => aheads().length >= 6 && heardThere.includes("heard: /pd tick"))
    } finally {
      pd.kill()
      node.close()
    }
    const figures = aheads().map((each) => each.toFixed(0))
    console.log(`      sent 250 ms ahead, unpacked ${figures.join(" ")} ms ahead`)
    assert.ok(aheads().every((ahead) => ahead < 260))
    assert.ok(aheads().some((ahead) => ahead > 150))
  })
})

describe("machines on a real network", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  it("a leader and a follower on loopback play one timeline; the follower takes over when the leader has gone", async function () {
    const port = await freePort()
    const follower = await LiveNode.open(options({ name: "b", role: "follow", onLoss: "elect", server: { address: LOOPBACK, port } }))
    const leader = await LiveNode.open(
      options({ name: "a", role: "lead", serve: port, peers: [{ address: LOOPBACK, port: follower.port }] }),
    )
    try {
      await until("the shared clock", () => follower.map.isSet && follower.election.others(localMicros()).length > 0)
      leader.session.receive(PLAY, localMicros())
      await until("the follower to play", () => follower.player.timeline.current?.isRunning === true)
      leader.session.receive(Buffer.from("/tempo\0\0,i\0\0\0\0\0\x96", "latin1"), localMicros())
      await until("the new tempo", () => Math.abs((follower.player.timeline.current?.periodMicros ?? 0) - 2500000 / 150) < 0.001)
      const apart = (): number => {
        const now = localMicros()
        const [here, there] = [leader, follower].map(({ module }) => module.line.tickAt(now) - module.transport.songBase)
        return (here - there) * leader.module.line.period
      }
      await until("both to play within 2 ms of each other", () => Math.abs(apart()) < 2000)
      console.log(`      leader and follower are ${apart().toFixed(0)} us apart by their own lines`)
      leader.close()
      await until("the follower to lead", () => follower.election.state(localMicros()) === "leading")
      assert.strictEqual(follower.player.timeline.newest?.leader, "b")
      assert.ok(follower.player.timeline.newest?.isRunning, "and the song goes on")
    } finally {
      leader.close()
      follower.close()
    }
  })

  it("those who were told of the leader alone know of each other when it goes: one leads, one follows", async () => {
    const leader = await LiveNode.open(options({ name: "a", role: "lead" }))
    const peers = [{ address: LOOPBACK, port: leader.port }]
    const follow = (name: string): Promise<LiveNode> =>
      LiveNode.open(options({ name, role: "follow", onLoss: "elect", server: "leader", peers }))
    const [second, third] = await Promise.all([follow("b"), follow("c")])
    const hears = (node: LiveNode, name: string): boolean => node.election.others(localMicros()).some(({ id }) => id === name)
    try {
      await until("the shared clock", () => second.map.isSet && third.map.isSet)
      leader.session.receive(PLAY, localMicros())
      await until("all to play", () => [second, third].every(({ player }) => player.timeline.current?.isRunning === true))
      await until("each to hear the other", () => hears(second, "c") && hears(third, "b"))
      leader.close()
      await until("the second to lead", () => second.election.state(localMicros()) === "leading")
      await until("the third to follow it", () => third.player.timeline.newest?.leader === "b")
      assert.strictEqual(third.election.state(localMicros()), "following")
      assert.ok(third.player.timeline.newest?.isRunning, "and the song goes on")
    } finally {
      for (const node of [leader, second, third]) node.close()
    }
  })

  it("refuses a place that is none of its network's, or its own", async () => {
    const node = await LiveNode.open(options({ name: "a", role: "follow" }))
    const { port } = node
    for (const at of ["203.0.113.9:8000", "nonsense", "127.0.0.1:0", "127.0.0.1:99999", ":8000", `127.0.0.1:${port}`])
      node.station.onHello("x", at)
    const { length } = node.peers
    node.station.onHello("x", "127.0.0.1:4711")
    node.close()
    assert.deepStrictEqual([length, node.peers], [0, [{ address: LOOPBACK, port: 4711 }]])
  })

  it("starts and stops channels, and a pattern means them all; said twice it is done once", async () => {
    const node = await LiveNode.open(options({}))
    const send = (address: string): void =>
      node.session.receive(Buffer.from(address.padEnd((address.length + 4) & ~3, "\0") + ",\0\0\0", "latin1"), localMicros())
    const states = (): number[] => node.module.bank.channels.map(({ state, pending }) => 10 * state + pending)
    const [running] = states()
    for (const address of ["/tactus/channel/[1-3]/stop", "/tactus/channel/2/stop"]) send(address)
    await until("two commands", () => node.session.queue.executed === 4)
    await until("the channels to know", () => states()[1] !== running)
    const [first, second, third, fourth] = states()
    node.close()
    assert.deepStrictEqual([second, third, fourth], [first, first, running])
  })

  it("answers questions and refusals to whoever asked", async () => {
    const node = await LiveNode.open(options({}))
    const answers: string[] = []
    const reply = (packet: Uint8Array): void => void answers.push(Buffer.from(packet).toString("latin1"))
    node.session.receive(Buffer.from("/tactus/settings/cv/policy\0\0,\0\0\0", "latin1"), localMicros(), reply)
    node.session.receive(Buffer.from("/tactus/dance\0\0\0,\0\0\0", "latin1"), localMicros(), reply)
    node.session.receive(Buffer.from("/tactus/tempo\0\0\0,i\0\0\0\0\0\x05", "latin1"), localMicros(), reply)
    await until("three answers", () => answers.length === 3)
    node.close()
    assert.ok(answers.some((answer) => answer.includes("/tactus/settings/cv/policy") && answer.includes("predict")))
    assert.ok(answers.some((answer) => /dance: no such method, expected .*\/play/.test(answer)))
    assert.ok(answers.some((answer) => answer.includes("tempo is 5; expected 20..999.99 BPM")))
    assert.strictEqual(node.module.settings.tempo, 120)
  })
})

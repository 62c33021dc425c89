/**
 * The live host as a machine of a rig, on real sockets, its core and its sockets each in a thread of their own: what a hand does at its
 * panel where it leads, all do; where it follows, it plays the leader's song; and panels are told how it stands.
 */
import assert from "node:assert"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { networkWishes } from "../../../host-sim/commands/network-options"
import { readTrace } from "../../../host-sim/input/trace"
import { Recorder } from "../../../host-sim/live/recorder"
import { Session } from "../../../host-sim/live/session"
import { LiveNode } from "../../../host-sim/net/live-node"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import type { NetworkReport } from "../../../host-sim/net/network-report"
import { writeRun } from "../../../host-sim/output/write-run"
import { simulate } from "../../../host-sim/simulator"
import { freePort, until } from "../../support/sleep"

const SETTINGS = { source: "internal" }

describe("the live host on a network", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const closing: (() => unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  async function host(
    wishes: ReturnType<typeof networkWishes>,
    recorder?: Recorder,
  ): Promise<{ session: Session; port: number; report: () => NetworkReport | undefined }> {
    const session = new Session(SETTINGS, undefined, recorder)
    closing.push(() => session.close())
    let report: NetworkReport | undefined
    session.broadcast = (text) => (report = (JSON.parse(text) as { network?: NetworkReport }).network ?? report)
    await session.host.ready()
    const { port } = await session.connectNetwork(wishes, () => undefined)
    return { session, port, report: () => report }
  }

  async function node(port: number, words: Parameters<typeof networkWishes>[0], listen: number): Promise<LiveNode> {
    const { sockets, station } = networkWishes({ ...words, peer: [`${LOOPBACK}:${port}`] }, listen)
    const opened = await LiveNode.open({ ...sockets, ...station, on: findInterface(LOOPBACK), settings: {} })
    closing.push(() => opened.close())
    return opened
  }

  const ask = (session: Session, request: object): Promise<void> => session.request(JSON.stringify({ id: 1, ...request }), () => undefined)
  const press = (session: Session, key: string): Promise<void> => ask(session, { input: { port: "keys", bytes: [key.charCodeAt(0)] } })
  const transport = (session: Session): string | undefined => session.host.update?.state.transport

  it("leads: play, tempo and stop at its panel are everybody's, and it says who hears it", async () => {
    const drums = await freePort()
    const { session, port, report } = await host(networkWishes({ lead: true, name: "desk" }, 0))
    const follower = await node(port, { follow: true, name: "drums" }, drums)
    const song = () => follower.player.timeline.current
    await until("the follower to know its leader", () => follower.map.isSet && report()?.peers.includes("drums") === true)
    assert.strictEqual(report()?.state, "leading")
    assert.strictEqual(song()?.isRunning, false)
    await press(session, " ")
    await until("both to play", () => song()?.isRunning === true && transport(session) === "running")
    await press(session, "+")
    await until("the tempo of a key", () => Math.abs(2_500_000 / (song()?.periodMicros ?? 1) - 121) < 0.001)
    await ask(session, { set: { tempo: 97.5 } })
    await until("the tempo that was set", () => Math.abs(2_500_000 / (song()?.periodMicros ?? 1) - 97.5) < 0.001)
    await until("the panel to show it", () => Math.abs((session.host.update?.state.tempo ?? 0) - 97.5) < 0.05)
    await press(session, " ")
    await until("both to stand", () => song()?.isRunning === false && transport(session) === "stopped")
  })

  it("follows: plays the leader's song, goes on without it, and shows how the clock's error grows meanwhile", async () => {
    const desk = await freePort()
    const { session, port, report } = await host(networkWishes({ follow: true, name: "drums", peer: [`${LOOPBACK}:${desk}`] }, 0))
    const leader = await node(port, { lead: true, name: "desk" }, desk)
    await until("the leader's clock", () => report()?.isClockSet === true && report()?.leader === "desk")
    leader.station.receive(Buffer.from("/play\0\0\0,\0\0\0", "latin1"), 0)
    await until("it to play", () => transport(session) === "running")
    leader.close()
    await until("it to notice", () => report()?.state === "holding")
    const before = report()
    await until("some seconds without", () => (report()?.holdoverMicros ?? 0) > 3_000_000)
    assert.ok(
      (report()?.errorMicros ?? 0) > (before?.errorMicros ?? Infinity) - (before?.correctionMicros ?? 0),
      "the error grows and is told",
    )
    assert.strictEqual(transport(session), "running")
  })

  it("is played by OSC and answers whoever asks; what was recorded of it plays again without a network, event for event", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tactus-live-"))
    const recorder = new Recorder(folder, SETTINGS)
    const { session, port } = await host(networkWishes({ name: "alone" }, 0), recorder)
    const socket = createSocket("udp4").bind(0, LOOPBACK)
    closing.push(() => socket.close())
    await once(socket, "listening")
    const answers: string[] = []
    socket.on("message", (packet) => answers.push(packet.toString("latin1")))
    const send = (text: string): void => socket.send(Buffer.from(text, "latin1"), port, LOOPBACK)
    await until("an answer", () => (send("/tactus/tempo\0\0\0,\0\0\0"), answers.some((answer) => answer.startsWith("/tactus/tempo"))))
    send("/tactus/play\0\0\0\0,\0\0\0")
    await until("it to play", () => transport(session) === "running")
    send("/tactus/tempo\0\0\0,i\0\0\0\0\0\x96")
    await until("the tempo", () => Math.abs((session.host.update?.state.tempo ?? 0) - 150) < 0.01)
    send("/tactus/stop\0\0\0\0,\0\0\0")
    await until("it to stand", () => transport(session) === "stopped")
    await session.close()
    const { until: end } = recorder.close()
    const inputs = readTrace(join(folder, "TRACE.jsonl"), () => undefined)
    writeRun(join(folder, "again"), simulate(inputs, SETTINGS, end))
    const [recorded, again] = ["events.jsonl", "again/events.jsonl"].map((file) => readFileSync(join(folder, file), "utf8"))
    assert.ok(recorded.length > 1000)
    assert.strictEqual(again, recorded)
  })

  it("says in one line that a port is taken", async () => {
    const { port } = await host(networkWishes({ name: "one" }, 0))
    await assert.rejects(host(networkWishes({ name: "two" }, port)), /UDP port \d+ on 127\.0\.0\.1: EADDRINUSE, expected a free port/)
  })
})

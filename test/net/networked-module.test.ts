/** A module on a network in virtual time: what is told from afar and what comes in at its jacks, in the order of time; what it asks and whom. */
import assert from "node:assert/strict"
import { LEAD_MICROS, feed, pump } from "../../src/backend"
import { NTP_BYTES, writeNtpDeparture, writeNtpReply } from "../../src/clock-map/ntp"
import { IN_CV, IN_REMOTE, levelEvent, portOf, type EventWord } from "../../src/event"
import { Module } from "../../src/module"
import { NetworkedModule } from "../../src/net/networked-module"
import type { Address } from "../../src/net/ntp-exchange"
import { TimelineLeader, SharedTimeline } from "../../src/net/shared-timeline"
import { LAST_RANK, readHello, writeHeartbeat } from "../../src/net/timeline-messages"
import { OscReader } from "../../src/osc/reader"
import { isImmediately, sharedOfTimetag, timetagFraction, timetagSeconds } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import type { Processor } from "../../src/processor"

const EPOCH = 1_790_000_000_000_000
const SERVER = { address: "10.0.0.1", port: 11123 }

class ListeningModule extends Module {
  readonly heard: { time: number; port: number }[] = []

  override input(time: number, event: EventWord): void {
    this.heard.push({ time, port: portOf(event) })
    super.input(time, event)
  }
}

class Rig {
  now = 0
  /** What it takes from a turn's beginning until its question leaves. */
  writing = 0
  readonly module = new ListeningModule({ source: "internal", transport: { start: "button" } })
  /** Ports at which the time is told; empty: all. */
  answering: readonly number[] = []
  readonly sent: { packet: Uint8Array; to: Address }[] = []
  readonly captured: { time: number; event: EventWord }[] = []
  readonly backend = {
    now: () => this.now,
    schedule: () => true,
    drain: (to: Processor) => {
      for (let next; (next = this.captured[0]) && next.time <= this.now; this.captured.shift())
        feed(to, this.backend, next.time, next.event)
    },
    close: () => undefined,
  }
  readonly player: NetworkedModule

  constructor(server?: Address, beats?: Address) {
    const line = {
      send: (packet: Uint8Array, address: string, port: number) => {
        this.sent.push({ packet: packet.slice(), to: { address, port } })
        return this.now + this.writing
      },
    }
    this.player = new NetworkedModule(this.module, this.backend, line, () => 0.25, server, beats)
  }

  /** Turns until `time`, whenever it is wanted. */
  run(time: number): void {
    while (this.now < time) {
      this.now = Math.min(time, Math.max(this.now + 100, this.player.nextTurn(this.now)))
      const question = this.sent.length
      pump(this.backend, this.player)
      this.player.turn(this.now)
      for (const { packet, to } of this.sent.slice(question))
        if (packet.length === NTP_BYTES && this.isAnswering(to)) this.answer(packet, to)
    }
  }

  say(from: Address, write: (writer: OscWriter) => void): void {
    const writer = new OscWriter()
    writer.begin()
    write(writer)
    this.player.hear(writer.bytes.slice(0, writer.finish()), this.now, from.address, from.port)
  }

  tell(address: string, at = 0): void {
    this.say({ address: "10.0.0.7", port: 9 }, (writer) => {
      if (at > 0) writer.openBundle(timetagSeconds(at), timetagFraction(at))
      writer.message(address, "")
      if (at > 0) writer.closeBundle()
    })
  }

  private isAnswering({ port }: Address): boolean {
    return this.answering.length === 0 || this.answering.includes(port)
  }

  /** The server, 200 us away, whose clock is EPOCH ahead. */
  private answer(question: Uint8Array, to: Address): void {
    const packet = question.slice()
    const view = new DataView(packet.buffer)
    const left = this.now + this.writing
    writeNtpReply(view, { stratum: 10, rootDelayMicros: 0, rootDispersionMicros: 0, referenceId: 1 }, EPOCH + left + 200)
    writeNtpDeparture(view, EPOCH + left + 200)
    this.player.hear(packet, left + 400, to.address, to.port)
  }
}

describe("a module on a network", () => {
  it("knows the shared clock within three seconds, a step of the search a turn", () => {
    const rig = new Rig(SERVER)
    let steps = 0
    const { map } = rig.player
    const think = map.think.bind(map)
    map.think = (now) => {
      steps++
      think(now)
    }
    rig.run(3_000_000)
    assert.ok(map.isSet)
    assert.ok(Math.abs(map.sharedAt(rig.now) - (EPOCH + rig.now)) < 2)
    assert.ok(steps > 8 * 24, `${steps} steps`)
  })

  it("counts what it takes to write a question as no time on the way", () => {
    const rig = new Rig(SERVER)
    rig.writing = 1500
    rig.run(3_000_000)
    assert.ok(Math.abs(rig.player.map.sharedAt(rig.now) - (EPOCH + rig.now)) < 2)
    assert.ok(Math.abs(rig.player.map.roundTripMicros - 400) < 2)
  })

  it("tells the core what comes from afar between what comes in, in the order of time, at its time", () => {
    const rig = new Rig(SERVER)
    rig.run(3_000_000)
    const at = (local: number): number => EPOCH + local
    rig.tell("/tactus/continue", at(3_500_000))
    rig.tell("/tactus/stop", at(3_300_000))
    rig.tell("/tactus/stop", at(3_400_000))
    for (let time = 3_290_000; time < 3_500_000; time += 700) rig.captured.push({ time, event: levelEvent(IN_CV, (time / 700) & 1) })
    rig.now = 3_280_000
    rig.run(3_420_000)
    rig.now += 60_000 // held up: much is overdue on both sides
    rig.run(3_600_000)
    const { heard } = rig.module
    assert.ok(heard.every(({ time }, n) => n === 0 || time >= heard[n - 1].time))
    const remote = heard.filter(({ port }) => port === IN_REMOTE).map(({ time }) => time + LEAD_MICROS)
    assert.equal(remote.length, 3)
    for (const [n, time] of [3_300_000, 3_400_000, 3_500_000].entries()) assert.ok(Math.abs(remote[n] - time) < 3, `${remote[n]}`)
    assert.equal(rig.player.session.queue.late, 0)
  })

  it("asks whoever leads where no server is named, and believes nobody else", () => {
    const rig = new Rig()
    rig.run(500_000)
    assert.equal(rig.sent.length, 0)
    const timeline = new SharedTimeline()
    const change = new TimelineLeader("desk", 1, timeline).play(EPOCH + 4_000_000, 0, 150)
    rig.say({ address: "10.0.0.1", port: 8000 }, (writer) => writeHeartbeat(writer, [change]))
    rig.run(3_000_000)
    assert.ok(rig.player.map.isSet)
    assert.ok(rig.sent.every(({ to }) => to.address === "10.0.0.1" && to.port === 8000))
    const { discarded } = rig.player.time
    rig.player.hear(new Uint8Array(NTP_BYTES).fill(0x24), rig.now, "10.0.0.9", 8000)
    assert.equal(rig.player.time.discarded, discarded + 1)
    rig.run(4_100_000)
    assert.ok(Math.abs(rig.module.line.period - 2_500_000 / 150) < 0.1)
    assert.ok(Math.abs(rig.module.line.timeOf(rig.module.transport.songBase) - 4_000_000) < 3)
  })

  it("stays with one address of a leader that is heard from two, until it is silent there", () => {
    const rig = new Rig()
    const change = new TimelineLeader("desk", 1, new SharedTimeline()).play(EPOCH + 60_000_000)
    const both = [8000, 8001]
    const run = (seconds: number, answering: readonly number[]): number[] => {
      const before = rig.sent.length
      rig.answering = answering
      for (let time = 0; time < seconds * 4; time++) {
        for (const port of both)
          rig.say({ address: "10.0.0.1", port }, (writer) => writeHeartbeat(writer, [{ ...change, number: ++number }]))
        rig.run(rig.now + 250_000)
      }
      return rig.sent
        .slice(before)
        .filter(({ packet }) => packet.length === NTP_BYTES)
        .map(({ to }) => to.port)
    }
    let number = 1
    const asked = run(20, both)
    assert.ok(asked.every((port) => port === 8000) && asked.length < 45, `asked ${asked.length} times, at ${[...new Set(asked)]}`)
    assert.ok(
      run(12, [8001])
        .slice(-10)
        .every((port) => port === 8001),
    )
  })

  it("does what is to be done at once without a shared clock, and refuses a time it cannot know", () => {
    const rig = new Rig()
    rig.run(100_000)
    rig.tell("/tactus/stop", EPOCH + 200_000)
    rig.tell("/tactus/stop")
    rig.run(300_000)
    assert.equal(rig.module.heard.length, 1)
    assert.equal(rig.player.session.queue.tooFar, 1)
  })

  it("hears eight messages of a packet and refuses the rest, as it does what is too long", () => {
    const rig = new Rig()
    rig.say(SERVER, (writer) => {
      writer.openBundle(0, 1)
      for (let n = 0; n < 20; n++) writer.message("/tactus/stop", "")
      writer.closeBundle()
    })
    rig.run(100_000)
    assert.equal(rig.player.session.refused, 12)
    rig.player.hear(new Uint8Array(1473).fill(0x2f), 0, "10.0.0.7", 9)
    assert.equal(rig.player.session.refused, 13)
    rig.run(200_000)
    assert.equal(rig.module.heard.length, 8)
  })

  it("hears one message a turn, and a damaged packet not at all", () => {
    const rig = new Rig()
    const four = (writer: OscWriter): void => {
      writer.openBundle(0, 1)
      for (let n = 0; n < 4; n++) writer.message("/nonsense", "")
      writer.closeBundle()
    }
    rig.say(SERVER, four)
    const { session } = rig.player
    for (let turn = 0; turn < 4; turn++) {
      assert.deepEqual([session.refused, rig.player.isReading, rig.player.nextTurn(rig.now)], [turn, true, rig.now])
      rig.player.turn(rig.now)
    }
    assert.deepEqual([session.refused, rig.player.isReading], [4, false])
    rig.say(SERVER, (writer) => {
      four(writer)
      writer.bytes[19] = 0xfc // longer than the packet
    })
    assert.deepEqual([session.reader.malformed, rig.player.isReading], [1, false])
  })

  it("passes over what a leader says again, and nothing else", () => {
    const rig = new Rig(SERVER)
    const change = new TimelineLeader("desk", 1, new SharedTimeline()).play(EPOCH + 60_000_000)
    let heard = 0
    const { timeline } = rig.player.player
    const hear = timeline.hear.bind(timeline)
    timeline.hear = (each) => (heard++, hear(each))
    for (let time = 0; time < 3; time++) rig.say(SERVER, (writer) => writeHeartbeat(writer, [change]))
    assert.equal(heard, 1)
    for (let time = 0; time < 3; time++) {
      const writer = new OscWriter()
      writeHeartbeat(writer, [change])
      const packet = Buffer.concat([writer.bytes.slice(0, writer.finish()), Buffer.from("\0\0\0\x10/nonsense\0\0\0,\0\0\0", "latin1")])
      rig.player.hear(new Uint8Array(packet), rig.now, SERVER.address, SERVER.port)
      rig.run(rig.now + 10_000)
    }
    assert.equal(rig.player.session.refused, 3)
  })

  it("says hello where it asks for the time, once a second and last in rank, with the time as soon as it knows it; not to NTP's own port", () => {
    const hellos = (rig: Rig): { time: number; rank: unknown }[] => {
      const reader = new OscReader()
      const found: { time: number; rank: unknown }[] = []
      for (const { packet } of rig.sent.filter((sent) => sent.packet[1] === 0x62)) {
        reader.bytes.set(packet)
        reader.read(packet.length, {
          message: (message, seconds, fraction) =>
            found.push({ time: isImmediately(seconds, fraction) ? 0 : sharedOfTimetag(seconds, fraction), rank: readHello(message) }),
        })
      }
      return found
    }
    const rig = new Rig(SERVER)
    rig.run(10_000_000)
    const said = hellos(rig)
    assert.ok(said.length >= 9 && said.length <= 11, `${said.length}`)
    assert.deepEqual(said[0], { time: 0, rank: { id: "module 4000", priority: LAST_RANK } })
    const last = said[said.length - 1].time - EPOCH
    assert.ok(last > 8_900_000 && last <= 10_000_000, `${last}`)
    const ntp = new Rig({ address: "10.0.0.1", port: 123 })
    ntp.run(3_000_000)
    assert.deepEqual(hellos(ntp), [])
  })

  it("announces its beats ahead of their time, and wants no turn of its own where it is not heard", () => {
    const beats = { address: "10.0.0.5", port: 8001 }
    const rig = new Rig(SERVER, beats)
    rig.run(3_000_000)
    rig.tell("/tactus/play", EPOCH + 4_000_000)
    rig.run(6_000_000)
    const announced = rig.sent.filter(({ to }) => to.port === 8001)
    assert.ok(announced.length >= 4)
    assert.ok(announced.every(({ packet }) => packet[1] === 0x62)) // "#bundle"
    rig.tell("/tactus/stop")
    rig.run(8_000_000)
    rig.player.isOnline = false
    assert.equal(rig.player.nextTurn(rig.now), rig.module.nextTurn())
  })
})

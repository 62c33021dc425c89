/** A module on a network inside the XS engine, one piece of work a command: the first byte says which. What it costs, the engine's meter says. */
import { LEAD_MICROS } from "../../../src/backend"
import { NTP_BYTES, writeNtpDeparture, writeNtpReply } from "../../../src/clock-map/ntp"
import { Module } from "../../../src/module"
import { NetworkedModule } from "../../../src/net/networked-module"
import { SharedTimeline, TimelineLeader } from "../../../src/net/shared-timeline"
import { writeHeartbeat } from "../../../src/net/timeline-messages"
import { timetagFraction, timetagSeconds } from "../../../src/osc/timetag"
import { OscWriter } from "../../../src/osc/writer"

declare const globalThis: { handleCommand: (request: ArrayBuffer) => ArrayBuffer }

const EPOCH = 1_790_000_000_000_000
const TICK = 2_500_000 / 120
const OUT = { schedule: () => true }

let now = 0
let isAnswering = false
const question = new Uint8Array(NTP_BYTES)
const line = {
  send(packet: Uint8Array) {
    if (packet.length === NTP_BYTES) question.set(packet)
    isAnswering = packet.length === NTP_BYTES
    return now
  },
}
const module = new Module({ source: "internal" })
const player = new NetworkedModule(module, OUT, line, () => 0.5, { address: "s", port: 1 })
const writer = new OscWriter()
const leader = new TimelineLeader("desk", 1, new SharedTimeline())

function packet(address: string, at: number): Uint8Array {
  writer.begin()
  writer.openBundle(timetagSeconds(at), timetagFraction(at))
  writer.message(address, "")
  writer.closeBundle()
  return writer.bytes.slice(0, writer.finish())
}

function answer(): Uint8Array {
  const bytes = question.slice()
  const view = new DataView(bytes.buffer)
  writeNtpReply(view, { stratum: 10, rootDelayMicros: 0, rootDispersionMicros: 0, referenceId: 1 }, EPOCH + now + 200)
  writeNtpDeparture(view, EPOCH + now + 200)
  return bytes
}

function heartbeat(): Uint8Array {
  const change = leader.tempo(EPOCH + now + 1_000_000, 120)
  writeHeartbeat(writer, [change, change])
  return writer.bytes.slice(0, writer.finish())
}

let made: Uint8Array = new Uint8Array(0)
let said: Uint8Array = made
const WORK: (() => void)[] = [
  /* 0 a second goes by, questions answered */ () => {
    for (const end = now + 1_000_000; now < end; now += 1000) {
      player.render(now + LEAD_MICROS, OUT)
      player.turn(now)
      if (isAnswering) player.hear(answer(), now + 400, "s", 1)
      isAnswering = false
    }
  },
  /* 1 a clock of the core alone */ () => module.render((now += TICK) + LEAD_MICROS, OUT),
  /* 2 the same with a network where nothing is due */ () => player.render((now += TICK) + LEAD_MICROS, OUT),
  /* 3, 4 a command */ () => (made = packet("/tactus/channel/1/start", EPOCH + now + 5_000_000)),
  () => player.hear(made, now, "c", 2),
  /* 5, 6 a leader's heartbeat with two changes: judged */ () => (made = heartbeat()),
  () => player.hear((said = made), now, "s", 1),
  /* 7, 8 a question, and its answer heard */ () => {
    player.time.nextAsk = -Infinity
    player.nextTurn(now)
    player.time.ask(now)
    question.set(player.time.request)
    made = answer()
  },
  () => player.hear(made, now + 400, "s", 1),
  /* 9 a step of the clock's fit */ () => player.map.think(now),
  /* 10, 11 a pattern that means four */ () => (made = packet("/tactus/channel/*/start", EPOCH + now + 5_000_000)),
  () => player.hear(made, now, "c", 2),
  /* 12 the last heartbeat said again */ () => player.hear(said, now, "s", 1),
  /* 13 a message of a packet that holds several */ () => player.turn(now),
]

globalThis.handleCommand = (request) => {
  WORK[new Uint8Array(request)[0]]()
  return new ArrayBuffer(0)
}

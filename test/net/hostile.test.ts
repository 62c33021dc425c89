/** What nobody honest says: a machine and a module hear it, refuse it, and go on playing. */
import assert from "node:assert/strict"
import { leaderWords } from "../../host-sim/net/status-words"
import { LEAD_MICROS } from "../../src/backend"
import { ClockMap } from "../../src/clock-map/clock-map"
import { Module } from "../../src/module"
import { ModuleHand } from "../../src/net/module-hand"
import { NetworkedModule } from "../../src/net/networked-module"
import { Station } from "../../src/net/station"
import { OscReader } from "../../src/osc/reader"
import { readUtf8 } from "../../src/osc/text"
import { timetagFraction, timetagSeconds } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import { readChange } from "../../src/net/timeline-messages"
import { seededRandom } from "../support/virtual-network"

const EPOCH = 1_790_000_000_000_000
const LONGEST = 1472
const SETTINGS = { source: "internal", transport: { start: "button" } }
const out = { schedule: () => true }

type Role = "lead" | "follow" | "alone"

function set(map: ClockMap): ClockMap {
  for (let time = 0; time < 4000; time += 100) map.exchange(time, EPOCH + time, EPOCH + time, time + 1)
  while (map.isThinking) map.think(4000)
  assert.ok(map.isSet)
  return map
}

class Heard {
  readonly replies: string[] = []
  readonly module = new Module(SETTINGS)
  readonly station: Station
  readonly board = new NetworkedModule(new Module(SETTINGS), out, { send: () => 0 }, () => 0.25)
  now = 10_000

  constructor(role: Role = "follow") {
    const lines = { toPeers: () => undefined, beat: () => undefined }
    const options = { name: "m", role, priority: 1, onLoss: "elect" as const, osc: { beatAddress: "/tick" } }
    this.station = new Station(new ModuleHand(this.module, out), set(new ClockMap()), options, lines)
    set(this.board.map)
    this.go(2000)
  }

  hear(packet: Uint8Array): void {
    const reply = (answer: Uint8Array) => void this.replies.push(Buffer.from(answer).toString("latin1"))
    this.station.receive(packet, this.now, reply, "10.0.0.9:8000")
    this.board.hear(packet, this.now, "10.0.0.9", 8000)
  }

  go(micros: number): void {
    for (let turn = 0; turn < 8; turn++) this.board.turn(this.now)
    this.now += micros
    this.station.pump(this.now)
    this.module.render(this.now + LEAD_MICROS, out)
    this.station.speak(this.now)
    this.board.render(this.now + LEAD_MICROS, out)
    this.board.turn(this.now)
  }
}

function packetOf(write: (writer: OscWriter) => void): Uint8Array {
  const writer = new OscWriter(LONGEST)
  writer.begin()
  write(writer)
  assert.ok(!writer.overflow)
  return writer.bytes.slice(0, writer.finish())
}

function changeOf(term: number, number: number, tick: number): Uint8Array {
  return packetOf((writer) => {
    writer.message("/tactus/timeline", "sddtddi")
    writer.string("desk")
    writer.double(term)
    writer.double(number)
    writer.words(timetagSeconds(EPOCH + 100_000), timetagFraction(EPOCH + 100_000))
    writer.double(tick)
    writer.double(20_833)
    writer.int(1)
  })
}

function isBelieved(packet: Uint8Array): boolean {
  const reader = new OscReader(LONGEST)
  reader.bytes.set(packet)
  let found = false
  reader.read(packet.length, { message: (message) => (found = readChange(message) !== undefined) })
  return found
}

describe("a machine on a hostile network", () => {
  it("does not look for a timetag behind the end of the longest packet", () => {
    const heard = new Heard()
    const packet = packetOf((writer) => {
      writer.message("/tactus/timeline", "sssi")
      writer.string("a")
      writer.string("b")
      writer.string("x".repeat(LONGEST - writer.finish() - 4 - 1))
      writer.int(5)
    })
    assert.equal(packet.length, LONGEST)
    heard.hear(packet)
    heard.go(2000)
  })

  it("believes no term, number or tick that cannot be counted", () => {
    assert.ok(isBelieved(changeOf(1_790_000_000, 1, 96)))
    for (const wrong of [1e300, Infinity, NaN, -1, 0.5, 2 ** 31]) {
      assert.ok(!isBelieved(changeOf(wrong, 1, 96)), `term ${wrong}`)
      assert.ok(!isBelieved(changeOf(1, wrong, 96)), `number ${wrong}`)
      assert.ok(!isBelieved(changeOf(1, 1, wrong)), `tick ${wrong}`)
    }
  })

  it("that leads refuses a tempo that is none, and says so", () => {
    for (const address of ["/tempo", "/settings/tempo"])
      for (const wrong of [1e18, 1e-300, Infinity, 1000, 19]) {
        const heard = new Heard("lead")
        heard.hear(
          packetOf((writer) => {
            writer.message(address, "d")
            writer.double(wrong)
          }),
        )
        for (let turn = 0; turn < 20; turn++) heard.go(5000)
        assert.match(heard.replies.join(), /\/tactus\/error/, `${address} ${wrong}`)
        assert.equal(heard.station.player.timeline.newest?.periodMicros, 2_500_000 / 120, `${address} ${wrong}`)
      }
  })

  it("answers no answer: two of them would go on for ever", () => {
    const heard = new Heard()
    const sent: Uint8Array[] = []
    const board = new NetworkedModule(new Module(SETTINGS), out, { send: (packet) => sent.push(packet) }, () => 0.25)
    heard.hear(packetOf((writer) => writer.message("/foo", "")))
    assert.match(heard.replies[0], /^\/tactus\/error/)
    const answer = Buffer.from(heard.replies[0], "latin1")
    heard.hear(answer)
    board.hear(Uint8Array.from(answer), heard.now, "10.0.0.9", 8000)
    assert.equal(heard.replies.length, 1)
    assert.equal(sent.length, 0)
  })

  it("says so where another has its name, as those made from one image do", () => {
    const heard = new Heard()
    const hello = (name: string) =>
      packetOf((writer) => {
        writer.message("/tactus/hello", "si")
        writer.string(name)
        writer.int(100)
      })
    heard.hear(hello("n"))
    heard.go(2000)
    assert.equal(heard.station.status(heard.now).hasNamesake, false)
    let met = ""
    heard.station.onHello = (name) => (met = name)
    heard.hear(hello("m"))
    assert.equal(met, "m", "it is told of the song all the same")
    assert.equal(heard.station.status(heard.now).hasNamesake, true)
    assert.deepEqual(heard.station.status(heard.now).peers, ["n"])
    assert.match(leaderWords(heard.station.status(heard.now)), /^another machine is called m too, give one of them another --name; /)
    heard.now += 4_000_000
    assert.equal(heard.station.status(heard.now).hasNamesake, false)
  })

  it("shows a name without what would move the terminal's cursor", () => {
    const heard = new Heard()
    heard.hear(
      packetOf((writer) => {
        writer.message("/tactus/hello", "si")
        writer.string("evil\x1b[2J\x9b1m")
        writer.int(100)
      }),
    )
    assert.match(leaderWords(heard.station.status(heard.now)), /hears evil\ufffd\[2J\ufffd1m$/)
  })

  it("says what is wrong with an address as long as a packet", () => {
    const heard = new Heard()
    heard.hear(packetOf((writer) => writer.message("/" + "x".repeat(1400), "")))
    assert.match(heard.replies[0], /: no such method, expected \/play/)
  })

  it("makes a text of a whole packet without as many arguments: a board's stack has 512 places, and who needs more is reset", () => {
    const { fromCharCode } = String
    let most = 0
    String.fromCharCode = (...codes: number[]) => {
      most = Math.max(most, codes.length)
      return fromCharCode(...codes)
    }
    try {
      const text = "tactus".repeat(240)
      assert.equal(readUtf8(Buffer.from(text), 0, text.length), text)
    } finally {
      String.fromCharCode = fromCharCode
    }
    assert.ok(most > 1 && most <= 128, `${most} arguments`)
  })

  for (const role of ["lead", "follow", "alone"] as const)
    it(`hears 3000 well-formed packets that mean nothing good (${role})`, () => {
      const heard = new Heard(role)
      const random = seededRandom(7)
      for (let count = 0; count < 3000; count++) {
        heard.hear(nonsense(random, heard.now))
        heard.go(pick(random, [100, 500, 2000, 5000, 20_000]))
      }
      const status = heard.station.status(heard.now)
      assert.ok(status.refused > 100 && status.executed + status.tooFar > 20, JSON.stringify(status))
    })
})

const ADDRESSES = [
  ..."/tactus/timeline /tactus/hello /tactus/peers /tactus/error /play /stop /continue /tempo /arp/mode /arp/pattern /arp/set /tick".split(
    " ",
  ),
  ..."/channel/1/start /channel/*/pause /channel/[1-3]/st?p /{play,stop} /*/*/* /foo /settings/cv/ppqn /settings/tempo /settings/cv".split(
    " ",
  ),
  ..."/settings/network/password /settings/arp/patterns/0 /settings/cv/a/b/c /settings/constructor /settings/toString/length".split(" "),
]
const NUMBERS = [0, 1, -1, 24, 120, 0.5, 1e-300, 1e300, NaN, Infinity, -Infinity, 2147483647, 20833.333, 1250, 2500000, 1e12]
const TEXTS = ["", "a", "m", "tick", "\x1b[2J", "internal", "x".repeat(300), "é€", "__proto__", "10.0.0.9:80"]
const AWAY = [0, 1e5, 1e6, -1e6, 59e6, 1e9, -1e15, 1e14]

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]
}

function nonsense(random: () => number, now: number): Uint8Array {
  const time = (): [number, number] => {
    const at = EPOCH + now + pick(random, AWAY)
    return [timetagSeconds(at), timetagFraction(at)]
  }
  return packetOf((writer) => {
    const isBundle = random() < 0.5
    if (isBundle) writer.openBundle(...time())
    for (let count = isBundle ? 2 : 1; count > 0; count--) {
      const isChange = random() < 0.3
      let types = isChange ? "siitddi" : ""
      if (random() < 0.3 || !isChange) for (types = ""; random() < 0.7 && types.length < 9;) types += pick(random, [..."ifsbhtdSTFNI[]cz"])
      writer.message(isChange ? "/tactus/timeline" : pick(random, ADDRESSES), types)
      for (const type of types) {
        if ("ic".includes(type)) writer.int(pick(random, [0, 1, 2, 24, 127, -1, 2147483647, Math.floor(random() * 1000)]))
        else if (type === "f") writer.float(pick(random, NUMBERS))
        else if (type === "d") writer.double(pick(random, NUMBERS))
        else if ("sS".includes(type)) writer.string(pick(random, TEXTS))
        else if (type === "b") writer.blob(new Uint8Array(Math.floor(random() * 20)))
        else if ("ht".includes(type)) writer.words(...time())
      }
    }
    if (isBundle) writer.closeBundle()
  })
}

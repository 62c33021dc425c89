/** Logging in, opening and closing, and a flood, without a radio: the classes of Moddable's are small stand-ins, time is what the test says. */
import assert from "node:assert/strict"
import { BoardNetwork } from "../../../boards/network/board-network"
import type { Packet, UdpSocket } from "../../../boards/network/moddable"
import { WifiLogin } from "../../../boards/network/wifi-login"
import type { Backend } from "../../../src/backend"
import { Module } from "../../../src/module"

const SECOND = 1_000_000

class FakeRadio {
  static isAbsent = false
  static connection = 200
  static logins: object[] = []

  constructor() {
    if (FakeRadio.isAbsent) throw new Error("CYW43 init failed")
  }

  get connection(): number {
    return FakeRadio.connection
  }

  connect(login: object): void {
    FakeRadio.logins.push(login)
  }

  disconnect(): void {}
  close(): void {}
}

class FakeUdp implements UdpSocket {
  static sockets: FakeUdp[] = []
  isClosed = false
  private readonly packets: Packet[] = []

  constructor(readonly options: { port: number; onReadable: (count: number) => void }) {
    if (options.port === 6666) throw new Error("bind failed")
    FakeUdp.sockets.push(this)
  }

  arrive(...texts: string[]): void {
    for (const text of texts)
      this.packets.push(Object.assign(Uint8Array.from(Buffer.from(text, "latin1")).buffer, { address: "10.0.0.7", port: 9 }))
    this.options.onReadable(this.packets.length)
  }

  read(): Packet | undefined {
    return this.packets.shift()
  }

  write(): void {
    throw new Error("UDP send failed")
  }

  close(): void {
    this.isClosed = true
  }
}

beforeEach(() => Object.assign(FakeRadio, { isAbsent: false, connection: 200, logins: [] }))
beforeEach(() => (FakeUdp.sockets = []))

describe("the login to a Wi-Fi", () => {
  it("waits for a name, logs in, and again when it is lost, ever more rarely", () => {
    const login = new WifiLogin(FakeRadio)
    const look = (seconds: number, mayBlock = true): void => login.look(seconds * SECOND, "stage", "password", mayBlock)
    login.look(0, "", "", true)
    assert.equal(FakeRadio.logins.length, 0)
    look(1)
    assert.deepEqual(FakeRadio.logins, [{ SSID: "stage", password: "password", secure: true }])
    FakeRadio.connection = 500
    look(2)
    assert.ok(login.isUp)
    FakeRadio.connection = 200
    for (let time = 3; time < 3 + 300; time++) look(time)
    assert.equal(login.lost, 1)
    const tries = FakeRadio.logins.length - 1
    assert.ok(tries >= 6 && tries <= 9, `${tries} tries in five minutes`)
  })

  it("counts a radio that is not there and leaves it alone for a minute", () => {
    FakeRadio.isAbsent = true
    const login = new WifiLogin(FakeRadio)
    for (let time = 0; time < 59; time++) login.look(time * SECOND, "stage", "", true)
    assert.equal(login.failed, 1)
    FakeRadio.isAbsent = false
    login.look(61 * SECOND, "stage", "", true)
    assert.deepEqual(FakeRadio.logins, [{ SSID: "stage" }])
  })

  it("waits where that would hold something up", () => {
    const login = new WifiLogin(FakeRadio)
    login.look(0, "stage", "", false)
    assert.equal(FakeRadio.logins.length, 0)
    login.look(SECOND, "stage", "", true)
    assert.equal(FakeRadio.logins.length, 1)
  })
})

describe("a board's network", () => {
  function board(network: object) {
    let now = 0
    const backend: Backend = { now: () => now, schedule: () => true, drain: () => undefined, close: () => undefined }
    const core = new Module({ source: "internal", network: { ssid: "stage", ...network } })
    const wakes = { count: 0 }
    const made = new BoardNetwork(core, backend, () => wakes.count++, FakeUdp, FakeRadio, true)
    return { core, made, wakes, look: (seconds: number) => ((now = seconds * SECOND), made.look()) }
  }

  it("opens its port with the Wi-Fi and closes it, opens another where the settings say, and is counted where it cannot", () => {
    const { core, made, look } = board({ port: 9000 })
    look(0)
    assert.equal(FakeUdp.sockets.length, 0)
    FakeRadio.connection = 500
    look(1)
    assert.deepEqual(
      FakeUdp.sockets.map(({ options }) => options.port),
      [9000],
    )
    core.takeSettings({ network: { port: 9001 } })
    look(2)
    assert.deepEqual([FakeUdp.sockets[0].isClosed, FakeUdp.sockets[1].options.port], [true, 9001])
    FakeRadio.connection = 200
    look(3)
    assert.ok(FakeUdp.sockets[1].isClosed)
    assert.equal(made.counters().netFaults, 1)
    FakeRadio.connection = 500
    core.takeSettings({ network: { port: 6666 } })
    look(4)
    assert.equal(made.counters().netFaults, 2)
    assert.equal(made.port.isOpen, false)
  })

  it("hears one packet a turn, keeps sixteen and counts the rest, and a packet that could not be sent", () => {
    const { made, wakes, look } = board({})
    FakeRadio.connection = 500
    look(0)
    look(1)
    const [socket] = FakeUdp.sockets
    const before = wakes.count
    socket.arrive(...Array.from({ length: 40 }, () => "/nonsense\0\0\0,\0\0\0"))
    assert.equal(wakes.count, before + 1)
    assert.equal(made.port.dropped, 24)
    for (let turn = 1; turn <= 16; turn++) {
      assert.equal(made.nextTurn(), 0)
      made.turn()
      assert.equal(made.player.session.refused, turn)
    }
    assert.notEqual(made.nextTurn(), 0)
    assert.equal(made.counters().netFaults, 24 + 16)
    assert.ok(JSON.stringify(made.counters()).length < 120)
  })

  it("forgets the shared clock where another server is named, and only then", () => {
    const { core, made, look } = board({})
    const { player } = made
    look(0)
    core.takeSettings({ network: { server: "10.0.0.1:123" } })
    look(1)
    assert.notEqual(made.player, player)
    const second = made.player
    core.takeSettings({ network: { password: "another one" } })
    look(2)
    assert.equal(made.player, second)
  })
})

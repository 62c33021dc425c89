import assert from "node:assert"
import { execFileSync, spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { mkdtempSync, writeFileSync } from "node:fs"
import { networkInterfaces, tmpdir } from "node:os"
import { join } from "node:path"
import { parseTracking } from "../../../host-sim/net/chrony"
import { localMicros, readSystemClock } from "../../../host-sim/net/local-clock"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { NtpClient } from "../../../host-sim/net/ntp-client"
import { NtpServer, type SharedClock } from "../../../host-sim/net/ntp-server"
import { SystemClock } from "../../../host-sim/net/system-clock"
import { ClockMap } from "../../../src/clock-map/clock-map"
import { writeNtpRequest } from "../../../src/clock-map/ntp"
import { quantile } from "../../support/figures"
import { needs } from "../../support/needs"
import { freePort, sleep, until } from "../../support/sleep"

/** A clock that is far from the system's and runs 80 ppm fast. */
const OTHER_CLOCK: SharedClock = {
  sharedAt: (local) => 1_790_000_000_000_000 + local * 1.00008,
  standing: () => ({ stratum: 3, rootDelayMicros: 100, rootDispersionMicros: 50, referenceId: 0x7f000001 }),
}

const loopback = findInterface(LOOPBACK)

/** The lengths of a server's answers to so many packets of `size`, all of which have reached it. */
async function ask({ port, udp }: NtpServer, size: number, times = 1, from = LOOPBACK, to = LOOPBACK): Promise<number[]> {
  const socket = createSocket("udp4")
  await new Promise<void>((resolve) => socket.bind(0, from, resolve))
  const sizes: number[] = []
  socket.on("message", (packet) => sizes.push(packet.length))
  socket.on("error", () => undefined)
  const request = new Uint8Array(Math.max(48, size))
  writeNtpRequest(new DataView(request.buffer), 1, 2)
  const heard = (): number => udp.received + udp.foreign
  const wanted = heard() + times
  for (let count = 0; count < times; count++) socket.send(request.subarray(0, size), port, to)
  await until(`${times} packets to arrive`, () => heard() >= wanted)
  await sleep(50)
  socket.close()
  return sizes
}

describe("ntp over UDP", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const opened: { close(): void }[] = []
  const opening = async <T extends { close(): void }>(what: Promise<T>): Promise<T> => {
    opened.push(await what)
    return what
  }
  afterEach(() => opened.splice(0).forEach((each) => each.close()))

  it("brings a client to its server's clock, offset and rate", async () => {
    const server = await opening(NtpServer.open(loopback, 0, OTHER_CLOCK))
    const map = new ClockMap()
    const client = await opening(
      NtpClient.open(loopback, { address: LOOPBACK, port: server.port }, map, {
        burst: 1e9,
        burstMicros: 20_000,
        micros: 1_000_000,
      }),
    )
    await until("a clock known to 5 ms", () => map.isSet && map.errorMicros(localMicros()) < 5000)
    await sleep(2500)
    const looks: { difference: number; stated: number }[] = []
    for (let look = 0; look < 20; look++, await sleep(20)) {
      const local = localMicros()
      looks.push({ difference: Math.abs(map.sharedAt(local) - OTHER_CLOCK.sharedAt(local)), stated: map.errorMicros(local) })
    }
    const worst = Math.max(...looks.map(({ difference }) => difference))
    const least = Math.min(...looks.map(({ stated }) => stated))
    console.log(`      two processes' worth of loopback: worst difference ${worst.toFixed(1)} us, stated at least ${least.toFixed(1)} us`)
    assert.ok(looks.filter(({ difference, stated }) => difference <= stated).length >= 18, "what is stated holds, on a busy machine too")
    assert.ok(least > 50, "what the server says of itself is part of the stated error")
    assert.strictEqual(client.stratum, 3)
  })

  it("agrees with a real chronyd within 50 us, or its stated error on a busy machine, of the system's clock that it serves", async function () {
    needs(this, "chronyd", "chrony")
    const port = await freePort()
    const commandPort = await freePort()
    const directory = mkdtempSync(join(tmpdir(), "tactus-chrony-"))
    const settings = [
      "local stratum 1",
      `port ${port}`,
      `cmdport ${commandPort}`,
      "bindaddress 127.0.0.1",
      "bindcmdaddress 127.0.0.1",
      "allow 127.0.0.1",
    ]
    const configuration = join(directory, "chrony.conf")
    writeFileSync(configuration, [...settings, `pidfile ${join(directory, "pid")}`].join("\n") + "\n")
    const user = process.getuid?.() === 0 ? ["-u", "root"] : ["-U"]
    const daemon = spawn("chronyd", ["-x", "-d", ...user, "-f", configuration], { stdio: "ignore" })
    const map = new ClockMap()
    await opening(NtpClient.open(loopback, { address: LOOPBACK, port }, map, { burst: 1e9, burstMicros: 20_000, micros: 1_000_000 }))
    try {
      await until("chronyd to answer", () => map.isSet)
      await sleep(2500)
      const differences: number[] = []
      for (let look = 0; look < 20; look++, await sleep(20)) {
        const { before, shared, after } = readSystemClock()
        if (after - before > 20) continue // interrupted while reading: says nothing
        differences.push(Math.abs(map.sharedAt((before + after) / 2) - shared))
      }
      const [typical, worst] = [quantile(differences, 0.5), quantile(differences, 1)]
      const stated = map.errorMicros(localMicros())
      const figures = `typically ${typical.toFixed(1)}, worst ${worst.toFixed(1)} us from the clock it serves, stated ${stated.toFixed(1)}`
      console.log(`      against chronyd: ${figures}`)
      assert.ok(typical <= Math.max(50, stated), figures)
      const asked = ["-h", "127.0.0.1", "-p", String(commandPort), "-c", "tracking"]
      const tracking = parseTracking(execFileSync("chronyc", asked, { encoding: "utf8" }))
      assert.ok(tracking.isSynchronised && tracking.stratum === 1 && tracking.errorMicros < 1000)
    } finally {
      daemon.kill()
    }
  })

  it("never answers more than it was asked, nor what is no request", async () => {
    const server = await opening(NtpServer.open(loopback, 0, OTHER_CLOCK))
    assert.deepStrictEqual(await ask(server, 48), [48])
    assert.deepStrictEqual(await ask(server, 500), [48])
    assert.deepStrictEqual(await ask(server, 47), [])
    const before = localMicros()
    const flood = await ask(server, 48, 200)
    const allowed = 41 + 20 * ((localMicros() - before) / 1e6)
    assert.ok(flood.length <= allowed, `${flood.length} answers to a flood of 200, ${allowed} allowed`)
    assert.ok(server.limit.refused > 100)
  })

  it("answers nobody outside the interface's network", async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each?.family === "IPv4" && !each.internal)
    if (!outside) return console.log("      not run: this machine has no interface but the loopback")
    const server = await opening(NtpServer.open(findInterface(outside.address), 0, OTHER_CLOCK))
    assert.deepStrictEqual(await ask(server, 48, 1, LOOPBACK, outside.address), [])
    assert.strictEqual(server.udp.foreign, 1)
    assert.deepStrictEqual(await ask(server, 48, 1, outside.address, outside.address), [48])
  })

  it("ignores answers that nobody asked for", async () => {
    const map = new ClockMap()
    const impostor = createSocket("udp4")
    await new Promise<void>((resolve) => impostor.bind(0, LOOPBACK, resolve))
    impostor.on("message", (packet, from) => {
      packet[0] = 0x24
      packet[1] = 1
      packet.fill(0x55, 24, 32)
      impostor.send(packet, from.port, from.address)
    })
    const client = await opening(NtpClient.open(loopback, { address: LOOPBACK, port: impostor.address().port }, map))
    await until("a forged answer", () => client.discarded > 0)
    assert.strictEqual(map.isSet, false)
    impostor.close()
  })
})

describe("the system's clock as the shared one", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  it("is followed to some microseconds without being stepped by it", async () => {
    const clock = new SystemClock()
    await sleep(1200)
    const differences: number[] = []
    for (let look = 0; look < 20; look++) {
      const { before, shared, after } = readSystemClock()
      differences.push(Math.abs(clock.sharedAt((before + after) / 2) - shared) - (after - before) / 2)
    }
    clock.close()
    assert.ok(quantile(differences, 0.5) < 500)
    assert.ok(clock.standing(localMicros()).rootDispersionMicros > 0)
  })
})

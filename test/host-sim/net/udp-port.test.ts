import assert from "node:assert"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { findInterface, LOOPBACK } from "../../../host-sim/net/network-interface"
import { UdpPort } from "../../../host-sim/net/udp-port"

/** Bytes that wait in the kernel for a socket on loopback. */
function waiting(port: number): number {
  const line = readFileSync("/proc/net/udp", "utf8")
    .split("\n")
    .find((each) => each.includes(`0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} `))
  return parseInt(/:([0-9A-F]{8}) [0-9A-F]{2}:/.exec(line ?? "")?.[1] ?? "", 16)
}

describe("a UDP port", () => {
  it("lets a packet out before `send` returns: its time was taken a moment before", async function () {
    if (process.platform !== "linux") this.skip()
    const there = createSocket("udp4").bind(0, LOOPBACK)
    await once(there, "listening")
    const here = await UdpPort.open(findInterface(LOOPBACK), 0, () => undefined)
    const { port } = there.address()
    try {
      assert.strictEqual(waiting(port), 0)
      here.send(new Uint8Array(48), port, LOOPBACK)
      assert.ok(waiting(port) > 0)
    } finally {
      here.close()
      there.close()
    }
  })
})

/** Both ways over real sockets against liblo's own tools: types, text and timetags as another implementation understands them. */
import assert from "node:assert"
import { spawn } from "node:child_process"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { OscWriter } from "../../src/osc/writer"
import { needs } from "../support/needs"
import { freePort, until } from "../support/sleep"
import { readByUs } from "./plain"

describe("osc against liblo", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  it("reads what oscsend sends", async function () {
    needs(this, "oscsend", "liblo-tools")
    const socket = createSocket("udp4").bind(0, "127.0.0.1")
    await once(socket, "listening")
    const arrival = once(socket, "message")
    spawn("oscsend", ["127.0.0.1", String(socket.address().port), "/tactus/play", "ifsdhTFNIc", "7", "0.5", "tick ü", "0.1", "-9", "x"])
    const [packet] = (await arrival) as [Buffer]
    socket.close()
    assert.deepStrictEqual(readByUs(packet), [
      {
        address: "/tactus/play",
        timetag: [0, 1],
        types: "ifsdhTFNIc",
        values: [7, 0.5, "tick ü", 0.1, [0xffffffff, 0xfffffff7], 1, 0, NaN, Infinity, 0x78],
      },
    ])
  })

  it("is understood by oscdump, timetags of nested bundles included", async function () {
    needs(this, "oscdump", "liblo-tools")
    const port = await freePort()
    const dump = spawn("stdbuf", ["-oL", "oscdump", "-L", String(port)])
    let output = ""
    dump.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()))
    const writer = new OscWriter()
    writer.begin()
    writer.openBundle(3914092800, 0x80000000)
    writer.message("/tick", "sfi")
    writer.string("tick")
    writer.float(0.25)
    writer.int(-3)
    writer.openBundle(3914092801, 0x40000000)
    writer.message("/tempo", "d")
    writer.double(123.45)
    writer.closeBundle()
    writer.closeBundle()
    const socket = createSocket("udp4")
    const packet = writer.bytes.slice(0, writer.finish())
    const again = setInterval(() => socket.send(packet, port, "127.0.0.1"), 50)
    try {
      await until("oscdump to print what it got", () => output.includes("/tempo"))
    } finally {
      clearInterval(again)
      socket.close()
      dump.kill()
    }
    assert.match(output, /e94c5100\.80000000 \/tick sfi "tick" 0\.250000 -3/)
    assert.match(output, /e94c5101\.40000000 \/tempo d 123\.45/)
  })
})

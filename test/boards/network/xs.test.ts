/** The boards' network on the XS engine; this side of the pipe carries its packets to and from a real socket, and tells it the time. */
import { createSocket } from "node:dgram"
import { join } from "node:path"
import { sleep } from "../../support/sleep"
import { bundle } from "../../xs/bundle"
import { engine } from "../../xs/install"
import { XsWorker } from "../../xs/worker"
import { followSuite, type Start } from "./follow"
import { monotonicMicros } from "./judge"
import type { Answer, Command } from "./xs-guest"

const TURN_MILLISECONDS = 2

describe("a board's network, on the XS engine over loopback", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let path: string
  before(async function () {
    path = await engine(this)
  })

  const onXs: Start = (settings, hear) => {
    const worker = new XsWorker(path)
    const socket = createSocket("udp4")
    let packets: Command["packets"] = []
    let isOver = false
    socket.on("message", (packet, { address, port }) => (packets = [...packets, { bytes: [...packet], address, port }]))
    socket.bind((settings as { network: { port: number } }).network.port)
    const run = async (): Promise<void> => {
      await worker.evaluate(bundle(join(__dirname, "xs-guest.ts")))
      while (!isOver) {
        const command: Command = { micros: monotonicMicros(), settings, packets }
        packets = []
        const { bytes } = await worker.command(Buffer.from(JSON.stringify(command)))
        const { lines, sends } = JSON.parse(Buffer.from(bytes).toString()) as Answer
        if (lines.length > 0) hear(lines.join("\n") + "\n")
        for (const { bytes: sent, address, port } of sends) socket.send(Uint8Array.from(sent), port, address)
        await sleep(TURN_MILLISECONDS)
      }
      worker.close()
      socket.close()
    }
    const running = run()
    running.catch((error: Error) => hear(`${error.message}\n`))
    return () => (isOver = true)
  }
  followSuite(onXs)
})

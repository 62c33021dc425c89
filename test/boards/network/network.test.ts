/** The boards' network on Node: Moddable's UDP is a stand-in with real sockets behind it. On Moddable's own: moddable.test.ts. */
import { createSocket, type Socket } from "node:dgram"
import type { Packet, UdpSocket } from "../../../boards/network/moddable"
import { BenchBoard } from "./bench-board"
import { followSuite, type Start } from "./follow"
import { monotonicMicros } from "./judge"

/** Moddable's class as far as it is used: a callback with the number of packets that wait, `read` takes the oldest. */
class NodeUdp implements UdpSocket {
  static readonly open = new Set<NodeUdp>()
  private readonly socket: Socket = createSocket("udp4")
  private readonly packets: Packet[] = []

  constructor(options: { port: number; onReadable: (count: number) => void }) {
    NodeUdp.open.add(this)
    this.socket.on("error", () => undefined)
    this.socket.on("message", (packet, { address, port }) => {
      this.packets.push(Object.assign(new Uint8Array(packet).buffer, { address, port }))
      options.onReadable(this.packets.length)
    })
    this.socket.bind(options.port)
  }

  read(): Packet | undefined {
    return this.packets.shift()
  }

  write(packet: Uint8Array, address: string, port: number): void {
    this.socket.send(packet.slice(), port, address)
  }

  close(): void {
    NodeUdp.open.delete(this)
    this.socket.close()
  }
}

const onNode: Start = (settings, hear) => {
  const timers: NodeJS.Timeout[] = []
  const every = (milliseconds: number, run: () => void): void => void timers.push(setInterval(run, milliseconds))
  const board = new BenchBoard(settings, { micros: monotonicMicros, say: (line) => hear(line + "\n"), every, UDP: NodeUdp })
  return () => {
    timers.forEach((timer) => clearInterval(timer))
    board.network.port.close()
  }
}

describe("a board's network, on Node over loopback", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  followSuite(onNode)
})

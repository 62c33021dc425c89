/**
 * A UDP socket on one interface. Arrivals are stamped before anything else is done with them; packets from outside the interface's
 * network are dropped and counted.
 */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import type { Micros } from "../../src/time"
import { localMicros } from "./local-clock"
import type { NetworkInterface } from "./network-interface"

export type Receive = (packet: Buffer, from: { address: string; port: number }, arrived: Micros) => void

/** Addresses are numbers already. Looked up they would leave a turn of the event loop later than they were stamped. */
function asItStands(address: string, _: unknown, found: (fault: null, address: string, family: number) => void): void {
  found(null, address, 4)
}

export class UdpPort {
  received = 0
  foreign = 0
  failedSends = 0

  private isClosed = false

  private constructor(
    private readonly socket: Socket,
    readonly on: NetworkInterface,
    receive: Receive,
    alsoFrom: string | undefined,
  ) {
    socket.on("message", (packet, from) => {
      const arrived = localMicros()
      if (!on.includes(from.address) && from.address !== alsoFrom) {
        this.foreign++
        return
      }
      this.received++
      receive(packet, from, arrived)
    })
    // A refused or unreachable destination is the network's fault, never ours to fall over.
    socket.on("error", () => this.failedSends++)
  }

  /** Port 0 takes any free one; `alsoFrom` is one address outside that is heard too, a server one asks. Throws with one readable line where the port is taken. */
  static async open(on: NetworkInterface, port: number, receive: Receive, alsoFrom?: string): Promise<UdpPort> {
    const socket = createSocket({ type: "udp4", lookup: asItStands })
    try {
      const listening = once(socket, "listening")
      socket.bind(port, on.address)
      await listening
    } catch (fault) {
      throw new Error(`UDP port ${port} on ${on.address}: ${(fault as NodeJS.ErrnoException).code ?? fault}, expected a free port`)
    }
    return new UdpPort(socket, on, receive, alsoFrom)
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Lets packets to the broadcast address out. */
  allowBroadcast(): void {
    this.socket.setBroadcast(true)
  }

  send(packet: Uint8Array, port: number, address: string): void {
    if (this.isClosed) return
    this.socket.send(packet, port, address, (fault) => {
      if (fault) this.failedSends++
    })
  }

  /** Twice is fine. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.socket.close()
  }
}

/**
 * A bad network between real sockets: packets to its port go on to `target`, answers go back to whoever asked, each delayed by its own
 * time (so they overtake each other), some lost, some doubled. Chance comes from a seed.
 */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { seededRandom } from "./virtual-network"

const LOOPBACK = "127.0.0.1"

export interface Weather {
  readonly delayMillis: number
  /** At most so much more, evenly spread. */
  readonly jitterMillis: number
  /** Probabilities. */
  readonly loss: number
  readonly duplication: number
}

export class UdpRelay {
  passed = 0
  lost = 0
  doubled = 0
  private readonly sides = new Map<number, Socket>()
  private readonly random: () => number
  private isClosed = false

  private constructor(
    private readonly front: Socket,
    target: number,
    private readonly weather: Weather,
    seed: number,
  ) {
    this.random = seededRandom(seed)
    front.on("message", (packet, from) => this.carry(() => this.sideOf(from.port).send(packet, target, LOOPBACK)))
  }

  /** Before port `target` of this machine. */
  static async open(target: number, weather: Weather, seed = 1): Promise<UdpRelay> {
    return new UdpRelay(await bound(), target, weather, seed)
  }

  get port(): number {
    return this.front.address().port
  }

  /** Twice is fine. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const socket of [this.front, ...this.sides.values()]) socket.close()
  }

  /** The socket by which the one at this port is known to the target. */
  private sideOf(port: number): Socket {
    const known = this.sides.get(port)
    if (known) return known
    const side = createSocket("udp4").bind(0, LOOPBACK)
    side.on("message", (packet) => this.carry(() => this.front.send(packet, port, LOOPBACK)))
    this.sides.set(port, side)
    return side
  }

  private carry(send: () => void): void {
    const { delayMillis, jitterMillis, loss, duplication } = this.weather
    if (this.random() < loss) {
      this.lost++
      return
    }
    this.passed++
    const copies = this.random() < duplication ? 2 : 1
    if (copies > 1) this.doubled++
    for (let copy = 0; copy < copies; copy++) this.hold(performance.now() + delayMillis + this.random() * jitterMillis, send)
  }

  /**
   * Timers count whole milliseconds from whole milliseconds: an answer, which comes just after one, would be held for longer than its
   * question, and clocks that are set over the relay would be wrong by half of that. So the last of it is waited for awake.
   */
  private hold(until: number, send: () => void): void {
    const left = until - performance.now()
    if (this.isClosed) return
    if (left <= 0) send()
    else if (left > 2) setTimeout(() => this.hold(until, send), left - 2)
    else setImmediate(() => this.hold(until, send))
  }
}

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4").bind(0, LOOPBACK)
  await once(socket, "listening")
  return socket
}

/**
 * One UDP port. A packet is stamped and put aside in the callback, which may come between any two turns of the loop and so does
 * nothing else; the loop takes one at a time when the beat's work is done. What does not fit is dropped and counted. A network that
 * refuses a packet is counted, never thrown.
 */
import type { Micros } from "../../src/time"
import type { Packet, UdpClass, UdpSocket } from "./moddable"

/** Beyond a second's worth of heartbeats, answers and commands somebody floods. */
const MOST_WAITING = 16

export interface Heard {
  readonly packet: Packet
  readonly arrived: Micros
}

export class UdpPort {
  received = 0
  dropped = 0
  failed = 0
  private socket: UdpSocket | undefined
  private readonly waiting: Heard[] = []

  /** `onPacket` is called when something waits. */
  constructor(
    private readonly UDP: UdpClass,
    private readonly now: () => Micros,
    private readonly onPacket: () => void,
  ) {}

  get isOpen(): boolean {
    return this.socket !== undefined
  }

  /** False: refused, and counted. */
  open(port: number): boolean {
    this.close()
    try {
      this.socket = new this.UDP({ port, onReadable: (count) => this.take(count) })
      return true
    } catch {
      this.failed++
      return false
    }
  }

  /** Twice is fine. */
  close(): void {
    this.socket?.close()
    this.socket = undefined
    this.waiting.length = 0
  }

  isWaiting(): boolean {
    return this.waiting.length > 0
  }

  next(): Heard | undefined {
    return this.waiting.shift()
  }

  /** Returns when it left: a moment before the network is told, which takes less than writing a packet does. */
  send(packet: Uint8Array, address: string, port: number): Micros {
    const left = this.now()
    try {
      this.socket?.write(packet, address, port)
    } catch {
      this.failed++
    }
    return left
  }

  private take(count: number): void {
    const arrived = this.now()
    for (; count > 0; count--) {
      const packet = this.socket?.read()
      if (packet === undefined) return
      this.received++
      if (this.waiting.length < MOST_WAITING) this.waiting.push({ packet, arrived })
      else this.dropped++
    }
    this.onPacket()
  }
}

/**
 * A board on a bench: the loop of boards/pico/main.ts around the board's network, with a clock of its own (60 ppm fast) and, in place of
 * pins, lines of text. It uses nothing but what is passed in, so that it runs on Node and, in Moddable's engine, on Moddable's own UDP
 * (moddable/main.js). Its lines:
 *   event LOCAL TRUE WORD          an output event and its time, on the board's clock and on the true one
 *   clock TRUE SHARED ERROR        what it takes the shared time to be, and how wrong by its own word; -1 while unknown
 *   counters JSON
 */
import { BoardNetwork } from "../../../boards/network/board-network"
import type { UdpClass } from "../../../boards/network/moddable"
import { pump, type Backend } from "../../../src/backend"
import type { EventWord } from "../../../src/event"
import { Module } from "../../../src/module"
import type { Processor } from "../../../src/processor"
import type { Micros } from "../../../src/time"

export interface Surroundings {
  /** True time, us. */
  micros(): number
  say(line: string): void
  every(milliseconds: number, run: () => void): void
  UDP: UdpClass
}

const FAST = 1 + 60e-6
const CLOCK_MILLISECONDS = 100

/** A radio that is logged in from the first moment, until somebody takes the network away. */
export class BenchWifi {
  static isThere = true
  private isConnected = false

  get connection(): number {
    return this.isConnected && BenchWifi.isThere ? 500 : 200
  }

  connect(): void {
    this.isConnected = true
  }

  disconnect(): void {
    this.isConnected = false
  }

  close(): void {}
}

class BenchBackend implements Backend {
  private readonly start: number

  constructor(private readonly around: Surroundings) {
    this.start = around.micros() - 5_000_000
  }

  now(): Micros {
    return (this.around.micros() - this.start) * FAST
  }

  schedule(time: Micros, event: EventWord): boolean {
    this.around.say(`event ${time} ${this.trueTime(time)} ${event}`)
    return true
  }

  trueTime(local: Micros): number {
    return local / FAST + this.start
  }

  drain(to: Processor): void {
    void to // nothing is plugged in
  }

  close(): void {}
}

export class BenchBoard {
  readonly core: Module
  readonly network: BoardNetwork
  private readonly backend: BenchBackend
  private wakeAt: Micros = 0

  constructor(
    settings: unknown,
    private readonly around: Surroundings,
  ) {
    this.backend = new BenchBackend(around)
    this.core = new Module(settings)
    this.network = new BoardNetwork(this.core, this.backend, () => (this.wakeAt = 0), around.UDP, BenchWifi, true)
    this.core.board = { counters: () => this.network.counters() }
    this.network.look()
    around.every(1, () => this.turn())
    around.every(64, () => this.network.look())
    around.every(CLOCK_MILLISECONDS, () => this.tell())
  }

  private turn(): void {
    if (this.backend.now() < this.wakeAt) return
    pump(this.backend, this.network.player)
    this.network.turn()
    this.wakeAt = this.network.nextTurn()
  }

  private tell(): void {
    const { map } = this.network.player
    const micros = this.around.micros()
    const now = this.backend.now()
    this.around.say(`clock ${micros} ${map.isSet ? map.sharedAt(now) : -1} ${map.isSet ? map.errorMicros(now) : -1}`)
    this.around.say(`counters ${JSON.stringify(this.core.counters())}`)
  }
}

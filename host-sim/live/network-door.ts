/**
 * The network as the core's thread has it: packets come from the thread of the sockets (../net/network-thread.ts), stamped there, and what
 * the station says goes back to it. The shared clock is kept here as well, from the same exchanges, so the core asks nobody for the time.
 * Times on the way are the monotonic clock's, us, which all threads have in common; here they become the core's own.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads"
import { ClockMap } from "../../src/clock-map/clock-map"
import { Station, type StationOptions } from "../../src/net/station"
import type { StationStatus } from "../../src/net/station-status"
import type { SharedMicros } from "../../src/osc/timetag"
import type { Micros } from "../../src/time"
import type { Engine } from "./engine"

const TELL_MICROS = 250_000

export type ToStation =
  | { readonly kind: "packet"; readonly packet: Uint8Array; readonly arrived: Micros; readonly from: string }
  | {
      readonly kind: "exchange"
      readonly sent: Micros
      readonly arrived: SharedMicros
      readonly departed: SharedMicros
      readonly received: Micros
      readonly theirError: Micros
    }
  | { readonly kind: "round-trip"; readonly micros: Micros }

export type FromStation =
  | { readonly kind: "peers"; readonly packet: Uint8Array }
  | { readonly kind: "beat"; readonly packet: Uint8Array }
  | { readonly kind: "reply"; readonly packet: Uint8Array; readonly to: string }
  | { readonly kind: "leader"; readonly name: string; readonly at: string }
  | { readonly kind: "met"; readonly at: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "status"; readonly status: StationStatus }

export class NetworkDoor {
  readonly station: Station
  private readonly map = new ClockMap()
  private readonly originMicros: Micros
  private nextTelling: Micros = -Infinity

  /** `origin` is where the core's time begins, of the monotonic clock. */
  constructor(
    engine: Engine,
    private readonly port: MessagePort,
    options: StationOptions,
    origin: bigint,
  ) {
    this.originMicros = Number(origin) / 1000
    this.station = engine.connect(
      (hand) =>
        new Station(hand, this.map, options, {
          toPeers: (packet) => this.say({ kind: "peers", packet }),
          beat: (packet) => this.say({ kind: "beat", packet }),
        }),
    )
    this.station.onHello = (_, at) => this.say({ kind: "met", at })
    this.station.onLeader = (name, at) => this.say({ kind: "leader", name, at })
    this.station.session.onText = (text) => this.say({ kind: "text", text })
  }

  /** Hears what has come. */
  listen(): void {
    for (let held = receiveMessageOnPort(this.port); held; held = receiveMessageOnPort(this.port)) this.hear(held.message as ToStation)
  }

  /** Tells how it stands, now and then. */
  tell(now: Micros): void {
    if (now < this.nextTelling) return
    this.nextTelling = now + TELL_MICROS
    this.say({ kind: "status", status: this.station.status(now) })
  }

  close(): void {
    this.port.close()
  }

  private hear(message: ToStation): void {
    const { map, originMicros, station } = this
    if (message.kind === "packet") {
      const { packet, arrived, from } = message
      station.receive(packet, arrived - originMicros, (reply) => this.say({ kind: "reply", packet: reply, to: from }), from)
    } else if (message.kind === "exchange") {
      const { sent, arrived, departed, received, theirError } = message
      map.exchange(sent - originMicros, arrived, departed, received - originMicros, theirError)
    } else station.session.delay.observe(message.micros)
  }

  private say(message: FromStation): void {
    this.port.postMessage(message)
  }
}

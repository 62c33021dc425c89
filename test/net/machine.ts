/** A whole machine in virtual time: crystal, clock map fed over the wire, module, OSC session and timeline player. */
import { LEAD_MICROS } from "../../src/backend"
import { ClockMap } from "../../src/clock-map/clock-map"
import { byteOf, lengthOf, OUT_MIDI_DIN, portOf, type EventWord } from "../../src/event"
import { Module } from "../../src/module"
import { OscSession, type OscOptions } from "../../src/net/osc-session"
import { pumpInOrder } from "../../src/net/pump"
import { ModuleHand } from "../../src/net/module-hand"
import { TimelinePlayer, type TwoWayClock } from "../../src/net/timeline-player"
import type { Crystal, VirtualNetwork, Wire } from "../support/virtual-network"

const PUMP_MICROS = 2000

export class Machine {
  readonly map = new ClockMap()
  readonly module: Module
  readonly hand: ModuleHand
  readonly session: OscSession
  readonly player: TimelinePlayer
  /** Everything sent, in this machine's own time. */
  readonly sent: { time: number; word: EventWord }[] = []
  clock: TwoWayClock = this.map

  constructor(
    readonly network: VirtualNetwork,
    readonly crystal: Crystal,
    settings: object,
    options: OscOptions = {},
    clock?: TwoWayClock,
  ) {
    if (clock) this.clock = clock
    const out = { schedule: (time: number, word: EventWord) => this.sent.push({ time, word }) > 0 }
    this.module = new Module({ source: "internal", transport: { start: "button" }, ...settings })
    this.hand = new ModuleHand(this.module, out)
    this.session = new OscSession(this.hand, this.clock, options)
    this.player = new TimelinePlayer(this.hand, this.clock)
    const pump = (): void => {
      const now = this.now
      if (clock || this.map.isSet) {
        pumpInOrder(this.session, this.player, now)
      }
      this.module.render(now + LEAD_MICROS, out)
      this.onPump()
      network.at(network.now + PUMP_MICROS * (0.5 + jitter()), pump)
    }
    // A scheduler that is anything but regular: 1..3 ms, each machine in its own way.
    let state = Math.round(crystal.read(0)) % 233280
    const jitter = (): number => (state = (state * 9301 + 49297) % 233280) / 233280
    network.at(0, pump)
  }

  onPump: () => void = () => undefined

  get now(): number {
    return this.crystal.read(this.network.now)
  }

  /** Keeps this machine's map on another's shared time over a wire, 20 exchanges a second. */
  follow(server: Machine, wire: Wire): void {
    const { network } = this
    const poll = (): void => {
      network.at(network.now + 50_000, poll)
      const sent = this.now
      let isAnswered = false
      network.send(wire, () => {
        const arrived = server.clock.sharedAt(server.now)
        network.send(wire, () => {
          if (!isAnswered) this.map.exchange(sent, arrived, arrived, this.now)
          isAnswered = true
        })
      })
    }
    network.at(0, poll)
  }

  /** Local times of a MIDI byte at the DIN output. */
  timesOf(byte: number): number[] {
    return this.sent
      .filter(({ word }) => portOf(word) === OUT_MIDI_DIN && lengthOf(word) > 0 && byteOf(word, 0) === byte)
      .map(({ time }) => time)
  }
}

/** The clock of the machine that everyone follows: its own, moved to a date. */
export function ownClock(epoch: number): TwoWayClock {
  return { sharedAt: (local) => local + epoch, localAt: (shared) => shared - epoch }
}

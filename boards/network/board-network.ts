/**
 * A board's network: Wi-Fi, one UDP port and the module behind it, as the settings say. The loop pumps `player` in place of the core, calls
 * `turn` once after it, sleeps until `nextTurn`, and `look`s some times a second. Where settings of the network change, or the Wi-Fi comes and
 * goes, the port is opened anew; what had been learnt of the shared clock outlives a lost Wi-Fi.
 */
import type { Backend } from "../../src/backend"
import type { Module } from "../../src/module"
import { NetworkedModule } from "../../src/net/networked-module"
import type { Address } from "../../src/net/ntp-exchange"
import type { Micros } from "../../src/time"
import { RUNNING } from "../../src/transport"
import type { UdpClass, WifiClass } from "./moddable"
import { UdpPort } from "./udp-port"
import { WifiLogin } from "./wifi-login"

export class BoardNetwork {
  player: NetworkedModule
  readonly login: WifiLogin
  readonly port: UdpPort
  private number = 0
  private isNew = true
  private server = ""
  private beats = ""

  /** `wake` asks for a turn soon; `blocks`: the radio's start and login keep this board for longer than the core is ahead. */
  constructor(
    private readonly core: Module,
    private readonly backend: Backend,
    private readonly wake: () => void,
    UDP: UdpClass,
    Wifi: WifiClass,
    private readonly blocks: boolean,
  ) {
    this.login = new WifiLogin(Wifi)
    this.port = new UdpPort(UDP, () => backend.now(), wake)
    this.player = this.makePlayer()
  }

  /** One packet, one message of it, or one step of thinking about the clock. */
  turn(): void {
    const heard = this.player.isReading ? undefined : this.port.next()
    if (heard !== undefined) {
      const { packet, arrived } = heard
      this.player.hear(new Uint8Array(packet), arrived, packet.address, packet.port)
    } else this.player.turn(this.backend.now())
  }

  nextTurn(): Micros {
    return this.port.isWaiting() ? 0 : this.player.nextTurn(this.backend.now())
  }

  /** Settings, Wi-Fi and port. The first time is before anything plays: a radio that keeps the board busy may log in there. */
  look(): void {
    const { ssid, password, port, server, beats } = this.core.settings.network
    const { login } = this
    login.look(this.backend.now(), ssid, password, !this.blocks || this.isNew || this.core.transport.state !== RUNNING)
    this.isNew = false
    if (server !== this.server || beats !== this.beats) {
      this.server = server
      this.beats = beats
      this.player = this.makePlayer()
      this.wake()
    }
    if (login.isUp && (!this.port.isOpen || port !== this.number)) {
      this.number = port
      this.port.open(port)
      this.wake()
    } else if (!login.isUp && this.port.isOpen) this.port.close()
    this.player.isOnline = this.port.isOpen
  }

  counters(): Record<string, number> {
    const { login, port, player } = this
    const { queue } = player.session
    const error = player.map.errorMicros(this.backend.now())
    return {
      wifiLogins: login.logins,
      netFaults: login.lost + login.failed + port.failed + port.dropped,
      oscRefused: player.session.refused + queue.tooFar + queue.overflowed,
      oscLate: queue.late + player.player.lateChanges,
      clockMicros: Number.isFinite(error) ? Math.round(error) : -1,
    }
  }

  private makePlayer(): NetworkedModule {
    const line = { send: (packet: Uint8Array, address: string, port: number) => this.port.send(packet, address, port) }
    return new NetworkedModule(this.core, this.backend, line, Math.random, addressOf(this.server), addressOf(this.beats))
  }
}

/** Of a text that the settings have let through: empty, or an address and a port. */
function addressOf(text: string): Address | undefined {
  const colon = text.indexOf(":")
  return colon < 0 ? undefined : { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
}

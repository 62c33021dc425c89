/** In the place of ../pico/network.ts: Moddable's Wi-Fi and UDP. Starting the radio loads its program over a slow bus, and a login waits for its answers. */
import UDP from "embedded:io/socket/udp"
import WiFi from "embedded:network/interface/wifi"
import type { Backend } from "../../src/backend"
import type { Module } from "../../src/module"
import { BoardNetwork } from "../network/board-network"
import type { UdpClass, WifiClass } from "../network/moddable"

const BLOCKS = true

export function openNetwork(core: Module, backend: Backend, wake: () => void): BoardNetwork {
  return new BoardNetwork(core, backend, wake, UDP as unknown as UdpClass, WiFi as unknown as WifiClass, BLOCKS)
}

/** Options about networks, as several commands take them. */
import { BadInput } from "../input/bad-input"
import type { Address } from "../net/sockets"
import { findInterface, LOOPBACK, type NetworkInterface } from "../net/network-interface"

export function addressOf(option: string, text: string): Address {
  const found = /^([\d.]+|localhost):(\d{1,5})$/.exec(text)
  if (!found || Number(found[2]) > 65535)
    throw new BadInput(`--${option} is ${JSON.stringify(text)}; expected an address and a port, like 127.0.0.1:8001`)
  return { address: found[1] === "localhost" ? LOOPBACK : found[1], port: Number(found[2]) }
}

/** An interface by name or address. */
export function network(name: string): NetworkInterface {
  try {
    return findInterface(name)
  } catch (fault) {
    throw new BadInput((fault as Error).message)
  }
}

/**
 * The one interface that a port serves. Binding to its address is not enough: Linux takes packets for that address on any of its
 * interfaces. So the sender must be in the interface's own network too; what is not is dropped and counted.
 */
import { BlockList } from "node:net"
import { networkInterfaces } from "node:os"

export interface NetworkInterface {
  name: string
  address: string
  /** Where packets to everybody in this network go. */
  broadcast: string
  includes(address: string): boolean
}

export const LOOPBACK = "127.0.0.1"

/** By name (`eth0`) or IPv4 address. Throws an error whose message says what there is. */
export function findInterface(nameOrAddress: string): NetworkInterface {
  const known = Object.entries(networkInterfaces()).flatMap(([name, list]) => (list ?? []).map((each) => ({ name, ...each })))
  const usable = known.filter(({ family }) => family === "IPv4")
  const found = usable.find(({ name, address }) => nameOrAddress === name || nameOrAddress === address)
  if (!found) {
    const there = usable.map(({ name, address }) => `${name} (${address})`).join(", ")
    throw new Error(`interface ${nameOrAddress}: not found, expected one of ${there}`)
  }
  const prefix = Number((found.cidr ?? "/32").split("/")[1])
  const network = new BlockList()
  network.addSubnet(found.address, prefix)
  const hostBits = prefix === 32 ? 0 : 0xffffffff >>> prefix
  return {
    name: found.name,
    address: found.address,
    broadcast: textOf((numberOf(found.address) | hostBits) >>> 0),
    includes: (address) => network.check(address),
  }
}

function numberOf(address: string): number {
  return address.split(".").reduce((bits, part) => bits * 256 + Number(part), 0)
}

function textOf(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".")
}

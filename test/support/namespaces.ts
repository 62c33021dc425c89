/** Two machines and a cable between them, as network namespaces of this one: real interfaces, addresses and routes. Needs root. */
import { execFileSync, spawnSync } from "node:child_process"
import { join } from "node:path"

export interface Probe {
  readonly answers: number
  readonly bytes: number
  readonly longest: number
}

export class TwoMachines {
  private constructor(
    readonly one: string,
    readonly other: string,
  ) {}

  /** `left`, `right`: the interfaces' names; 10.77.0.1 and 10.77.0.2. Undefined where namespaces are not to be had. */
  static open(left: string, right: string): TwoMachines | undefined {
    const [one, other] = [`tactus-${process.pid}-a`, `tactus-${process.pid}-b`]
    if (spawnSync("ip", ["netns", "add", one]).status !== 0) return undefined
    ip("netns", "add", other)
    const machines = new TwoMachines(one, other)
    try {
      ip("link", "add", left, "netns", one, "type", "veth", "peer", "name", right, "netns", other)
    } catch {
      machines.close()
      return undefined
    }
    for (const [machine, name, address] of [
      [one, left, "10.77.0.1/24"],
      [other, right, "10.77.0.2/24"],
    ]) {
      ip("-n", machine, "addr", "add", address, "dev", name)
      for (const link of ["lo", name]) ip("-n", machine, "link", "set", link, "up")
    }
    // Whatever the first machine sends anywhere passes the other, which can pretend to be anybody.
    ip("-n", one, "route", "add", "default", "via", "10.77.0.2")
    return machines
  }

  /** What a command is run with to run there. */
  static inside(machine: string): string[] {
    return ["ip", "netns", "exec", machine]
  }

  /** The other machine has this address as well. */
  pretend(address: string, on: string): void {
    ip("-n", this.other, "addr", "add", `${address}/32`, "dev", on)
  }

  /** Pulls the first machine's cable, or puts it back. */
  plug(link: string, isIn: boolean): void {
    ip("-n", this.one, "link", "set", link, isIn ? "up" : "down")
    if (isIn) ip("-n", this.one, "route", "replace", "default", "via", "10.77.0.2")
  }

  /** The other machine sends the first a packet so many times. */
  probe(from: string, port: number, times: number, packet: Uint8Array): Probe {
    const [command, ...words] = TwoMachines.inside(this.other)
    const script = join(__dirname, "udp-probe.cjs")
    const all = [...words, process.execPath, script, from, "10.77.0.1", String(port), String(times), Buffer.from(packet).toString("hex")]
    return JSON.parse(execFileSync(command, all, { encoding: "utf8" })) as Probe
  }

  /** Twice is fine. */
  close(): void {
    for (const machine of [this.one, this.other]) spawnSync("ip", ["netns", "del", machine])
  }
}

function ip(...words: string[]): void {
  execFileSync("ip", words, { stdio: "pipe" })
}

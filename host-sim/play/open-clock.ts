/** The shared clock as a player needs it: the system's own or a time server's, and perhaps served on to others. */
import { lookup } from "node:dns/promises"
import { ClockMap } from "../../src/clock-map/clock-map"
import type { SharedMicros } from "../../src/osc/timetag"
import { BadInput } from "../input/bad-input"
import { localMicros } from "../net/local-clock"
import type { NetworkInterface } from "../net/network-interface"
import { NtpClient, PUBLIC_PACE, RIG_PACE } from "../net/ntp-client"
import { NtpServer } from "../net/ntp-server"
import { SystemClock } from "../net/system-clock"
import type { Clock } from "./play-session"

export interface OpenClock extends Clock {
  readonly map: ClockMap
  sharedAt(local: number): SharedMicros
  /** In words. */
  about(): string
  close(): void
}

export async function openClock(on: NetworkInterface, server: string | undefined, servePort: number | undefined): Promise<OpenClock> {
  if (server === undefined) {
    const system = new SystemClock()
    const serving = servePort === undefined ? undefined : await NtpServer.open(on, servePort, system)
    const close = (): void => [system, serving].forEach((each) => each?.close())
    return clockOf(system.map, () => system.source, close)
  }
  if (servePort !== undefined) throw new BadInput("--server and --serve exclude each other; expected one of them")
  const [host, port = "123"] = server.split(":")
  const map = new ClockMap()
  const { address } = await lookup(host, 4).catch(() => {
    throw new BadInput(`--server ${server}: no such host, expected an address or a name, and :PORT`)
  })
  // The well-known port is a stranger's: asked as rarely as its operator expects, which takes longer to begin with.
  const isPublic = port === "123"
  const client = await NtpClient.open(on, { address, port: Number(port) }, map, isPublic ? PUBLIC_PACE : RIG_PACE)
  const patience = isPublic ? 25_000 : 5000
  for (let waited = 0; !map.isSet && waited < patience; waited += 20) await new Promise((done) => setTimeout(done, 20))
  if (!map.isSet)
    throw new BadInput(`--server ${server}: no answer in ${patience / 1000} s, expected a time server (tactus play --serve PORT is one)`)
  return clockOf(
    map,
    () => `${server} (stratum ${client.stratum})`,
    () => client.close(),
  )
}

function clockOf(map: ClockMap, source: () => string, close: () => void): OpenClock {
  const errorMicros = (): number => map.errorMicros(localMicros())
  return {
    map,
    now: () => map.sharedAt(localMicros()),
    sharedAt: (local) => map.sharedAt(local),
    errorMicros,
    about: () => `${source()}, within ${(errorMicros() / 1000).toFixed(2)} ms`,
    close,
  }
}

/**
 * The live host's sockets, in a thread of their own: what arrives is stamped here, whatever the page and the main thread are at, and goes to
 * the core directly. See ../live/network-door.ts for the other end.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import { hurry } from "../live/hurry"
import type { FromStation, ToStation } from "../live/network-door"
import type { Doorway } from "../live/worker"
import { addressAt } from "./live-node"
import { monotonicOf } from "./local-clock"
import { findInterface } from "./network-interface"
import type { NetworkReport, NetworkWishes } from "./network-report"
import { Sockets } from "./sockets"

export interface NetworkThreadData {
  readonly wishes: NetworkWishes
  readonly door: Doorway
}

/** To the main thread. */
export type FromNetwork =
  | { readonly kind: "open"; readonly port: number }
  | { readonly kind: "failed"; readonly problem: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "report"; readonly report: NetworkReport }

const { wishes, door } = workerData as NetworkThreadData
const core: MessagePort = door.port
const tellMain = (message: FromNetwork) => parentPort?.postMessage(message)

function tellCore(message: ToStation): void {
  core.postMessage(message)
  Atomics.store(door.bell, 0, 1)
  Atomics.notify(door.bell, 0)
}

function obey(sockets: Sockets, message: FromStation): void {
  if (message.kind === "peers") sockets.toPeers(message.packet)
  else if (message.kind === "beat") sockets.beat(message.packet)
  else if (message.kind === "reply") sockets.reply(message.packet, addressAt(message.to))
  else if (message.kind === "leader") sockets.leaderIs(message.name, addressAt(message.at))
  else if (message.kind === "met") sockets.met(addressAt(message.at))
  else if (message.kind === "text") tellMain(message)
  else {
    const listening = `${sockets.address}:${sockets.port}`
    const report = { ...message.status, ...sockets.counters(), clockSource: sockets.clockSource(), listening }
    tellMain({ kind: "report", report })
  }
}

async function run(): Promise<void> {
  hurry()
  const { on, ...rest } = wishes.sockets
  const sockets = await Sockets.open(
    { ...rest, on: findInterface(on) },
    {
      packet: (packet, arrived, _, from) =>
        tellCore({ kind: "packet", packet, arrived: monotonicOf(arrived), from: `${from.address}:${from.port}` }),
      roundTrip: (micros) => tellCore({ kind: "round-trip", micros }),
      exchange: (sent, arrived, departed, received, theirError = 0) => {
        tellCore({ kind: "exchange", sent: monotonicOf(sent), arrived, departed, received: monotonicOf(received), theirError })
        return true
      },
    },
  )
  core.on("message", (message: FromStation) => obey(sockets, message))
  parentPort?.once("message", () => {
    sockets.close()
    core.close()
    parentPort?.close()
  })
  tellMain({ kind: "open", port: sockets.port })
}

run().catch((fault: Error) => {
  tellMain({ kind: "failed", problem: fault.message })
  core.close()
  parentPort?.close()
})

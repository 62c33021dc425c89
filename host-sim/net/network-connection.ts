/** The network as the main thread of a live host sees it: opened, told about, ended. What is heard there never comes by here. */
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import { BadInput } from "../input/bad-input"
import type { LiveHost } from "../live/live-host"
import type { NetworkReport, NetworkWishes } from "./network-report"
import type { FromNetwork, NetworkThreadData } from "./network-thread"

export class NetworkConnection {
  /** The newest. */
  report: NetworkReport | undefined
  /** Told four times a second how it stands. */
  onReport: (report: NetworkReport) => void = () => undefined
  /** Told of each text that comes with a tick. */
  onText: (text: string) => void = () => undefined
  /** The port at which OSC comes in. */
  port = 0
  private readonly worker: Worker

  private constructor(host: LiveHost, wishes: NetworkWishes) {
    const door = host.network(wishes.station)
    const workerData: NetworkThreadData = { wishes, door }
    this.worker = new Worker(join(__dirname, "network-thread.cjs"), { workerData, transferList: [door.port], execArgv: [] })
  }

  /** Throws BadInput where a port is not to be had. */
  static async open(host: LiveHost, wishes: NetworkWishes): Promise<NetworkConnection> {
    const connection = new NetworkConnection(host, wishes)
    await new Promise<void>((resolve, reject) => {
      connection.worker.on("error", reject)
      connection.worker.on("message", (message: FromNetwork) => {
        if (message.kind === "failed") reject(new BadInput(message.problem))
        else if (message.kind === "open") {
          connection.port = message.port
          resolve()
        } else if (message.kind === "text") connection.onText(message.text)
        else connection.onReport((connection.report = message.report))
      })
    })
    return connection
  }

  /** Twice is fine. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.worker.once("exit", resolve))
    this.worker.postMessage("end")
    if (this.worker.threadId !== -1) await ended
  }
}

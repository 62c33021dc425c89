/** The computer's MIDI ports as the main thread sees them: started, told about, ended. What goes through them never comes by here. */
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import type { LiveHost } from "../live/live-host"
import type { MidiReport, MidiStatus } from "./midi-status"
import type { MidiThreadData } from "./midi-thread"
import type { MidiWishes } from "./wishes"

/** A driver that hangs is left behind after this. */
const PATIENCE_MILLISECONDS = 1000

export class MidiConnection {
  status: MidiStatus | undefined
  private readonly worker: Worker

  /** `hear` is told whenever something is different. */
  constructor(host: LiveHost, wishes: MidiWishes, hear: (report: MidiReport) => void) {
    const door = host.doorway()
    const workerData: MidiThreadData = { wishes, door }
    this.worker = new Worker(join(__dirname, "midi-thread.cjs"), { workerData, transferList: [door.port], execArgv: [] })
    const tell = (report: MidiReport) => {
      this.status = report.status
      hear(report)
    }
    this.worker.on("message", tell)
    this.worker.on("error", ({ message }) => {
      const problem = `the MIDI ports have failed: ${message}`
      tell({ status: { problem, virtualPort: null, ports: [] }, news: [problem] })
    })
  }

  /** Lets the ports go. Twice is fine. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.worker.once("exit", resolve))
    this.worker.postMessage("end")
    const patience = setTimeout(() => void this.worker.terminate(), PATIENCE_MILLISECONDS)
    if (this.worker.threadId !== -1) await ended
    clearTimeout(patience)
  }
}

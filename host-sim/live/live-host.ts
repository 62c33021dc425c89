/**
 * The live module as the main thread sees it: inputs go in, updates come out, settings are asked for and answered. The core itself
 * runs in a thread of its own (worker.ts); inputs are stamped here, when they arrive.
 */
import { join } from "node:path"
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads"
import { IN_MIDI_DIN } from "../../src/event"
import type { StationOptions } from "../../src/net/station"
import { DIN_BYTE_MICROS, type Micros } from "../../src/time"
import { InputList, type NestedSettings, type TimedEvent } from "../input/timed-input"
import { microsSince } from "./clock"
import type { Update } from "./engine"
import type { InputContent } from "./protocol"
import type { Doorway, FromWorker, ToWorker, WorkerData } from "./worker"

/** Bytes that would wait longer for the DIN wire are refused. */
const LONGEST_WAIT_MICROS = 5e6

export interface LiveListener {
  update?(update: Update): void
  /** The module's settings are others now, by whoever's hand. */
  settings?(settings: NestedSettings): void
  /** The core has died of a fault of its own. */
  failed?(error: Error): void
}

export class LiveHost {
  /** As the module holds them; undefined until it has said so. */
  settings: NestedSettings | undefined
  update: Update | undefined
  private readonly bell = new Int32Array(new SharedArrayBuffer(4))
  private readonly beginning = new BigInt64Array(new SharedArrayBuffer(8))
  private readonly channel = new MessageChannel()
  private readonly worker: Worker
  private readonly listeners = new Set<LiveListener>()
  private readonly answers = new Map<number, (problems: readonly string[]) => void>()
  private nextId = 1
  private wireFree: Micros = 0
  private stopped: (() => void) | undefined
  private ending: Promise<void> | undefined

  /** `settings` are checked already; `hasMidi`: there may be real MIDI outputs. */
  constructor(settings: NestedSettings, hasMidi = false) {
    const { beginning, bell } = this
    const workerData: WorkerData = { settings, beginning, bell, port: this.channel.port2, hasMidi }
    this.worker = new Worker(join(__dirname, "worker.cjs"), { workerData, transferList: [this.channel.port2], execArgv: [] })
    this.channel.port1.on("message", (message: FromWorker) => this.hear(message))
    this.worker.on("error", (error) => this.fail(error))
  }

  listen(listener: LiveListener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Resolves when the core runs and has told its settings. */
  ready(): Promise<void> {
    if (this.settings) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const stop = this.listen({
        settings: () => {
          stop()
          resolve()
        },
        failed: reject,
      })
    })
  }

  /** Whole µs since the core began; 0 before. */
  now(): Micros {
    const origin = Atomics.load(this.beginning, 0)
    return origin === 0n ? 0 : microsSince(origin)
  }

  /** Something comes in at `port` now, or at `time`. DIN bytes take their time on the wire. Returns what is wrong; empty if taken. */
  input(port: number, content: InputContent, time: Micros = this.now()): readonly string[] {
    if (port === IN_MIDI_DIN && this.wireFree - time > LONGEST_WAIT_MICROS) return ["the DIN wire is taken for seconds to come"]
    const list = new InputList()
    if ("level" in content) list.level(time, port, content.level)
    else if ("value" in content) list.level(time, port, content.value)
    else {
      const start = port === IN_MIDI_DIN ? Math.max(time, this.wireFree) : time
      if (port === IN_MIDI_DIN) this.wireFree = start + content.bytes.length * DIN_BYTE_MICROS
      list.bytes(start, port, content.bytes)
    }
    this.events(list.sorted() as TimedEvent[])
    return []
  }

  /** Event words at their own times, whole µs, also future ones. */
  events(events: readonly TimedEvent[]): void {
    this.tell({ kind: "events", events })
  }

  /** Changes settings, all or none; resolves with what is wrong. */
  set(set: NestedSettings): Promise<readonly string[]> {
    const id = this.nextId++
    return new Promise((resolve) => {
      this.answers.set(id, resolve)
      this.tell({ kind: "set", id, time: this.now(), set })
    })
  }

  /** While the internal clock rules, MIDI ports hear everything so much later. */
  holdMidi(micros: Micros): void {
    this.tell({ kind: "hold", micros })
  }

  /** A way for another thread to speak to the core past this one. Its port is to be transferred. */
  doorway(): Doorway {
    const { port1, port2 } = new MessageChannel()
    this.tell({ kind: "door", port: port2 }, [port2])
    return { port: port1, bell: this.bell, beginning: this.beginning }
  }

  /** The network's way to the core; the port is to be transferred. */
  network(options: StationOptions): Doorway {
    const { port1, port2 } = new MessageChannel()
    this.tell({ kind: "network", port: port2, options }, [port2])
    return { port: port1, bell: this.bell, beginning: this.beginning }
  }

  /** Ends the core after what is due by now. Twice is fine. */
  close(): Promise<void> {
    this.ending ??= new Promise<void>((resolve) => {
      this.stopped = resolve
      this.tell({ kind: "stop" })
    }).then(async () => {
      this.channel.port1.close()
      await this.worker.terminate()
    })
    return this.ending
  }

  private tell(message: ToWorker, transfer: MessagePort[] = []): void {
    this.channel.port1.postMessage(message, transfer)
    Atomics.store(this.bell, 0, 1)
    Atomics.notify(this.bell, 0)
  }

  private hear(message: FromWorker): void {
    if (message.kind === "answer") {
      this.answers.get(message.id)?.(message.problems)
      this.answers.delete(message.id)
    } else if (message.kind === "stopped") this.stopped?.()
    else if (message.kind === "settings") {
      this.settings = message.settings
      for (const listener of this.listeners) listener.settings?.(message.settings)
    } else if (message.kind === "update") {
      this.update = message.update
      for (const listener of this.listeners) listener.update?.(message.update)
    }
  }

  private fail(error: Error): void {
    for (const listener of this.listeners) listener.failed?.(error)
    this.stopped?.()
  }
}

/** The engines the module runs on, behind one face: a run goes in as bytes (codec.ts), its events come out. */
import { join } from "node:path"
import { bundle } from "../xs/bundle"
import { type Meters, XsWorker } from "../xs/worker"
import { decodeEvents, type Events } from "./codec"
import { play } from "./player"

export interface Engine {
  play(request: Uint8Array): Promise<Events>
}

export class NodeEngine implements Engine {
  async play(request: Uint8Array): Promise<Events> {
    return decodeEvents(play(request.slice().buffer))
  }
}

/** The guest's commands, as in test/xs/guest.ts. */
const PLAY = 0
const SOAK = 1
const PREPARE = 2

export class XsEngine implements Engine {
  #worker: XsWorker
  #ready: Promise<unknown>

  /** `path` is the engine's worker program. */
  constructor(path: string) {
    this.#worker = new XsWorker(path)
    this.#ready = this.#worker.evaluate(bundle(join(__dirname, "../xs/guest.ts")))
    this.#ready.catch(() => undefined)
  }

  async play(request: Uint8Array): Promise<Events> {
    const { bytes } = await this.#command(PLAY, request)
    return decodeEvents(bytes.buffer)
  }

  /** Runs the busy module for `pulses` more. */
  async soak(pulses: number): Promise<{ clocks: number; events: number; sum: number; meters: Meters }> {
    const { bytes, meters } = await this.#command(SOAK, number(pulses))
    const [clocks, events, sum] = new Float64Array(bytes.buffer)
    return { clocks, events, sum, meters }
  }

  /** Makes a collection likely, with this much of the engine's chunks taken, and visible: the heap's count falls by 1000 and more. */
  async prepareForCollection(ballastBytes: number): Promise<void> {
    await this.#command(PREPARE, number(ballastBytes))
  }

  evaluate(source: string): Promise<{ meters: Meters }> {
    return this.#worker.evaluate(source)
  }

  close(): void {
    this.#worker.close()
  }

  async #command(kind: number, request: Uint8Array) {
    await this.#ready
    const bytes = new Uint8Array(8 + request.length)
    bytes[0] = kind
    bytes.set(request, 8)
    return this.#worker.command(bytes)
  }
}

function number(value: number): Uint8Array {
  return new Uint8Array(Float64Array.of(value).buffer)
}

/**
 * The live core's thread. It never returns to the event loop: it sleeps on a shared word until something is due or a message has
 * come, so neither the page nor the main thread, nor anybody's timers, can hold it up. Messages are stamped where they arise and
 * taken from the port by hand.
 *
 * Where the system allows it (root, or a limit set for it) the thread runs before all ordinary ones.
 *
 * Cost: a wake-up every 2 ms at least, about 1 % of one core.
 */
import { setPriority } from "node:os"
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads"
import type { Micros } from "../../src/time"
import type { NestedSettings, TimedEvent } from "../input/timed-input"
import { clockOrigin, microsSince } from "./clock"
import { Engine, type Update } from "./engine"

/** Nice value asked for, -20..19. */
const PRIORITY = -15
/** How often the main thread hears what happened. */
const REPORT_MICROS = 25000

export interface WorkerData {
  readonly settings: NestedSettings
  /** Where time begins, hrtime: set by the worker when it begins; 0 before. */
  readonly beginning: BigInt64Array
  /** Not zero: a message waits. */
  readonly bell: Int32Array
  readonly port: MessagePort
}

export type ToWorker =
  | { readonly kind: "events"; readonly events: readonly TimedEvent[] }
  | { readonly kind: "set"; readonly id: number; readonly time: Micros; readonly set: NestedSettings }
  | { readonly kind: "stop" }

export type FromWorker =
  | { readonly kind: "update"; readonly update: Update }
  /** The settings the module holds, whole; sent at the start and whenever they differ from before. */
  | { readonly kind: "settings"; readonly settings: NestedSettings }
  | { readonly kind: "answer"; readonly id: number; readonly problems: readonly string[] }
  | { readonly kind: "stopped" }

const { settings, beginning, bell, port } = workerData as WorkerData
hurry()
warmUp()
const engine = new Engine(settings)
let held = ""
let isStopped = false

const say = (message: FromWorker) => port.postMessage(message)

function report(): void {
  say({ kind: "update", update: engine.report() })
  const now = JSON.stringify(engine.module.settings)
  if (now === held) return
  held = now
  say({ kind: "settings", settings: JSON.parse(now) as NestedSettings })
}

function hear(message: ToWorker): void {
  if (message.kind === "events") for (const event of message.events) engine.accept(event)
  else if (message.kind === "stop") isStopped = true
  else {
    say({ kind: "answer", id: message.id, problems: engine.change(message.time, message.set) })
    report()
  }
}

/** On Linux this is the thread's own priority; elsewhere the process's. */
function hurry(): void {
  try {
    setPriority(0, PRIORITY)
  } catch {
    // Not allowed: the histogram of wake-ups tells what that costs.
  }
}

/** The first seconds of a cold core would be late: the compiler sees a song in virtual time before the real one. */
function warmUp(): void {
  const rehearsal = new Engine(settings)
  for (let now = 0; now < 2e6; now += 2000) rehearsal.advance(now)
  rehearsal.report()
}

const origin = clockOrigin()
Atomics.store(beginning, 0, origin)
let reported = -REPORT_MICROS
while (!isStopped) {
  const now = microsSince(origin)
  for (let packet = receiveMessageOnPort(port); packet; packet = receiveMessageOnPort(port)) hear(packet.message as ToWorker)
  engine.advance(Math.max(now, engine.now))
  if (now - reported >= REPORT_MICROS) {
    report()
    reported = now
  }
  const sleep = engine.nextWake() - microsSince(origin)
  if (sleep > 0) Atomics.wait(bell, 0, 0, sleep / 1000)
  Atomics.store(bell, 0, 0)
}
report()
say({ kind: "stopped" })
port.close()

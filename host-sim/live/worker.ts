/**
 * The live core's thread. It never returns to the event loop: it sleeps on a shared word until something is due or a message has
 * come, so neither the page nor the main thread, nor anybody's timers, can hold it up. Messages are stamped where they arise and
 * taken from the port by hand.
 *
 * Where the system allows it (root, or a limit set for it) the thread runs before all ordinary ones.
 *
 * Cost: a wake-up every 2 ms at least, about 1 % of one core.
 */
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads"
import type { StationOptions } from "../../src/net/station"
import type { Micros } from "../../src/time"
import type { NestedSettings, TimedEvent } from "../input/timed-input"
import { HeldMidi } from "../midi/held-midi"
import { type Asker, MidiOutputs, type OutputPlace } from "../midi/midi-outputs"
import { loadMidi } from "../midi/midi-system"
import { clockOrigin, microsSince } from "./clock"
import { Engine, type Update } from "./engine"
import { hurry } from "./hurry"
import { NetworkDoor } from "./network-door"

/** How often the main thread hears what happened. */
const REPORT_MICROS = 25000

export interface WorkerData {
  readonly settings: NestedSettings
  /** Where time begins, hrtime: set by the worker when it begins; 0 before. */
  readonly beginning: BigInt64Array
  /** Not zero: a message waits. */
  readonly bell: Int32Array
  readonly port: MessagePort
  /** The MIDI library is loaded before time begins: later it would hold things up. */
  readonly hasMidi: boolean
}

/** What another thread needs to speak to this one. */
export interface Doorway {
  /** Takes `ToWorker`; ring the bell after each message. */
  readonly port: MessagePort
  readonly bell: Int32Array
  readonly beginning: BigInt64Array
}

export type ToWorker =
  | { readonly kind: "events"; readonly events: readonly TimedEvent[] }
  | { readonly kind: "set"; readonly id: number; readonly time: Micros; readonly set: NestedSettings }
  | { readonly kind: "stop" }
  /** One more thread has something to say. */
  | { readonly kind: "door"; readonly port: MessagePort }
  /** The network: what is heard there comes through its own port. */
  | { readonly kind: "network"; readonly port: MessagePort; readonly options: StationOptions }
  /** Real MIDI outputs: these, from now on. */
  | { readonly kind: "outputs"; readonly places: readonly OutputPlace[] }
  /** Who the next answers about the configuration are for. */
  | { readonly kind: "asker"; readonly asker: Asker }
  /** While the internal clock rules, MIDI leaves so much later: with the sound cards. */
  | { readonly kind: "hold"; readonly micros: Micros }

export type FromWorker =
  | { readonly kind: "update"; readonly update: Update }
  /** The settings the module holds, whole; sent at the start and whenever they differ from before. */
  | { readonly kind: "settings"; readonly settings: NestedSettings }
  | { readonly kind: "answer"; readonly id: number; readonly problems: readonly string[] }
  | { readonly kind: "stopped" }
  /** To the thread that wanted the output. */
  | { readonly kind: "output-failed"; readonly place: OutputPlace; readonly problem: string }

const { settings, beginning, bell, port, hasMidi } = workerData as WorkerData
hurry()
warmUp()
if (hasMidi) loadMidi()
const doors: MessagePort[] = [port]
const outputs = new MidiOutputs((place, problem) => {
  for (const door of doors) door.postMessage({ kind: "output-failed", place, problem } satisfies FromWorker)
})
let hold: Micros = 0
const held = new HeldMidi((word) => outputs.deliver(word))
const engine = new Engine(settings, (time, word) => held.take(time, word, engine.isInternal ? hold : 0))
let told = ""
let network: NetworkDoor | undefined
let isStopped = false

const say = (message: FromWorker) => port.postMessage(message)

function report(): void {
  say({ kind: "update", update: engine.report() })
  const now = JSON.stringify(engine.module.settings)
  if (now === told) return
  told = now
  say({ kind: "settings", settings: JSON.parse(now) as NestedSettings })
}

function hear(message: ToWorker): void {
  if (message.kind === "events") for (const event of message.events) engine.accept(event)
  else if (message.kind === "stop") isStopped = true
  else if (message.kind === "door") doors.push(message.port)
  else if (message.kind === "network") network = new NetworkDoor(engine, message.port, message.options, origin)
  else if (message.kind === "outputs") outputs.set(message.places)
  else if (message.kind === "asker") outputs.answerTo(message.asker)
  else if (message.kind === "hold") hold = message.micros
  else {
    const problems = engine.change(message.time, message.set)
    report() // who hears that it was taken has heard what is held now
    say({ kind: "answer", id: message.id, problems })
  }
}

function listenAt(door: MessagePort): void {
  for (let packet = receiveMessageOnPort(door); packet; packet = receiveMessageOnPort(door)) hear(packet.message as ToWorker)
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
  for (let i = 0; i < doors.length; i++) listenAt(doors[i])
  network?.listen()
  engine.advance(Math.max(now, engine.now))
  network?.tell(now)
  held.advance(now)
  if (now - reported >= REPORT_MICROS) {
    report()
    reported = now
  }
  const sleep = Math.min(engine.nextWake(), held.firstTime + 1) - microsSince(origin)
  if (sleep > 0) Atomics.wait(bell, 0, 0, sleep / 1000)
  Atomics.store(bell, 0, 0)
}
held.close()
outputs.close()
report()
say({ kind: "stopped" })
for (const door of doors) door.close()
network?.close()

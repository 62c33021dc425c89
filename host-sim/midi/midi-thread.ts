/**
 * The MIDI inputs, in a thread of their own: what comes in is stamped here with the monotonic clock and goes to the core directly, past the
 * main thread. Here is also the look at which ports there are; outputs are opened by the core's thread, which sends.
 *
 * SysEx for the configuration is led to the configuration port, whichever input it comes in by.
 */
import { type MessagePort, parentPort, workerData } from "node:worker_threads"
import type { Input } from "@julusian/midi"
import { IN_MIDI_CONFIG, IN_MIDI_DIN } from "../../src/event"
import { DIN_BYTE_MICROS } from "../../src/time"
import { InputList, type TimedEvent } from "../input/timed-input"
import { microsSince } from "../live/clock"
import { hurry } from "../live/hurry"
import type { Doorway, FromWorker, ToWorker } from "../live/worker"
import type { OutputPlace } from "./midi-outputs"
import { HAS_VIRTUAL_PORTS, openMidiSystem, portNames, shortName, VIRTUAL_NAME } from "./midi-system"
import type { MidiStatus, PortStatus } from "./midi-status"
import { PortWatch, type WatchedPort } from "./port-watch"
import { type MidiWishes, roleName } from "./wishes"

/** How often the ports are looked at. Less than it takes to pull a plug and put it back. */
const LOOK_MILLISECONDS = 300
const USB_ROLE = 1
/** Two SysEx of the longest the core takes come in whole, and more. */
const BUFFER_BYTES = 4096
const CONFIG_HEAD: readonly number[] = [0xf0, 0x7d, 0x74, 0x63]

export interface MidiThreadData {
  readonly wishes: MidiWishes
  readonly door: Doorway
}

const { wishes, door } = workerData as MidiThreadData
const core: MessagePort = door.port
const inputs = new PortWatch(wishes.inputs)
const outputs = new PortWatch(wishes.outputs)
const opened = new Map<WatchedPort, Input>()
/** Full names of ports that are there and do not open, with the reason. */
const troubles = new Map<string, string>()
const system = openMidiSystem()

const tell = (message: ToWorker) => {
  core.postMessage(message)
  Atomics.store(door.bell, 0, 1)
  Atomics.notify(door.bell, 0)
}

function hear(role: number, name: string, bytes: readonly number[]): void {
  const origin = Atomics.load(door.beginning, 0)
  if (origin === 0n || bytes.length === 0) return
  const now = microsSince(origin)
  const isConfig = CONFIG_HEAD.every((byte, i) => bytes[i] === byte)
  const port = isConfig ? IN_MIDI_CONFIG : IN_MIDI_DIN + role
  if (port === IN_MIDI_CONFIG) tell({ kind: "asker", asker: { role, name } })
  const list = new InputList()
  // On the DIN port the first byte is complete now.
  list.bytes(port === IN_MIDI_DIN ? now - DIN_BYTE_MICROS : now, port, bytes)
  tell({ kind: "events", events: list.sorted() as TimedEvent[] })
}

function openInput(role: number, name: string, isVirtual: boolean): Input | string {
  if (typeof system === "string") return system
  try {
    const input = new system.library.Input()
    input.setBufferSize(BUFFER_BYTES, 4)
    input.ignoreTypes(false, false, true) // SysEx and clocks are wanted; active sensing is for the cable
    input.on("message", (_, bytes) => hear(role, name, bytes))
    if (isVirtual) input.openVirtualPort(VIRTUAL_NAME)
    else input.openPortByName(name)
    if (isVirtual || input.isPortOpen()) return input
    input.destroy()
    return "it did not open"
  } catch (error) {
    return (error as Error).message
  }
}

function lookAtInputs(names: readonly string[]): string[] {
  const news: string[] = []
  for (const { port, kind, name } of inputs.look(names)) {
    if (kind === "lost") {
      closeInput(port)
      news.push(`input ${shortName(name)} is gone; waiting for it`)
    } else {
      const input = openInput(port.wish.role, name, false)
      if (typeof input === "string") {
        port.name = undefined // tried again at the next look
        if (troubles.get(name) !== input) news.push(`input ${shortName(name)} cannot be opened: ${input}`)
        troubles.set(name, input)
      } else {
        opened.set(port, input)
        troubles.delete(name)
        news.push(`input ${shortName(name)} feeds ${roleName(port.wish.role)}`)
      }
    }
  }
  return news
}

function closeInput(port: WatchedPort): void {
  try {
    opened.get(port)?.closePort()
    opened.get(port)?.destroy()
  } catch {
    // It is gone already.
  }
  opened.delete(port)
}

function lookAtOutputs(names: readonly string[]): string[] {
  const changes = outputs.look(names)
  if (changes.length > 0) placeOutputs()
  return changes.map(({ port, kind, name }) =>
    kind === "lost" ? `output ${shortName(name)} is gone; waiting for it` : `${roleName(port.wish.role)} goes to output ${shortName(name)}`,
  )
}

function placeOutputs(): void {
  const places: OutputPlace[] = HAS_VIRTUAL_PORTS ? [{ role: USB_ROLE, name: VIRTUAL_NAME, isVirtual: true }] : []
  for (const { wish, name } of outputs.ports) if (name !== undefined) places.push({ role: wish.role, name, isVirtual: false })
  tell({ kind: "outputs", places })
}

/** The core could not open or use one: it is let go, and taken up again at the next look. */
function hearCore(message: FromWorker): void {
  if (message.kind !== "output-failed") return
  const { name, isVirtual } = message.place
  const news = troubles.get(name) === message.problem ? [] : [`output ${shortName(name)} cannot be used: ${message.problem}`]
  troubles.set(name, message.problem)
  if (!isVirtual) for (const port of outputs.ports) if (port.name === name) port.name = undefined
  say(news)
}

function statusOf(direction: PortStatus["direction"], watch: PortWatch): PortStatus[] {
  return watch.ports.map(({ wish, name }) => ({
    direction,
    port: roleName(wish.role),
    wanted: wish.text,
    name: name === undefined ? null : shortName(name),
  }))
}

let virtualPort: string | undefined
let said = ""

function say(news: readonly string[]): void {
  const status: MidiStatus = {
    problem: typeof system === "string" ? system : null,
    virtualPort: virtualPort ?? null,
    ports: [...statusOf("in", inputs), ...statusOf("out", outputs)],
  }
  const text = JSON.stringify(status)
  if (text === said && news.length === 0) return
  said = text
  parentPort?.postMessage({ status, news })
}

function look(): void {
  if (typeof system === "string") return
  try {
    const news = [...lookAtInputs(portNames(system.input)), ...lookAtOutputs(portNames(system.output))]
    say(news)
  } catch (error) {
    say([`the MIDI system does not answer: ${(error as Error).message}`])
  }
}

function openVirtual(): string[] {
  if (!HAS_VIRTUAL_PORTS) return []
  const input = openInput(USB_ROLE, VIRTUAL_NAME, true)
  if (typeof input === "string") return [`other programs will not see a port ${VIRTUAL_NAME}: ${input}`]
  virtualPort = VIRTUAL_NAME
  return [`other programs see a port ${VIRTUAL_NAME}, in and out`]
}

function waiting(): string[] {
  const missing = (side: string, watch: PortWatch) =>
    watch.ports
      .filter(({ name }) => name === undefined)
      .map(({ wish }) => `waiting for an ${side} with ${JSON.stringify(wish.text)} in its name`)
  return [...missing("input", inputs), ...missing("output", outputs)]
}

if (typeof system === "string") {
  say([system])
  core.close()
} else {
  hurry()
  core.on("message", hearCore)
  say(openVirtual())
  placeOutputs()
  look()
  say(waiting())
  setInterval(look, LOOK_MILLISECONDS)
  parentPort?.on("message", () => {
    // The only message: the end.
    for (const port of [...opened.keys()]) closeInput(port)
    process.exit()
  })
}

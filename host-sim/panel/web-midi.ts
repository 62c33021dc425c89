/**
 * The connection to a hardware module over Web MIDI: finds it by its identity, dumps its settings, writes what is changed and reads it
 * back. To the page it speaks as a live host does (../live/protocol.ts), with less to say: a module tells its settings and its
 * counters over SysEx, not what it plays.
 */
import type { NestedSettings } from "../input/timed-input"
import { readRequest } from "../live/protocol"
import type { Transport, TransportEvents } from "./device"
import { IDENTITY_REQUEST, question, READ, readMessage } from "./module-sysex"
import { keysOf, ModuleTalk } from "./module-talk"

/** How long a port is listened to for an answer before the next is asked. */
const ASK_MILLISECONDS = 300
const RETRY_MILLISECONDS = 1500
/** A module in use is asked this often whether it is still there. */
const CARE_MILLISECONDS = 2500
/** Asked for on every port: whoever answers is where settings are configured. */
const PROBE = "tempo"

interface Found {
  readonly input: MIDIInput
  readonly output: MIDIOutput
  readonly version: string
}

interface Connected extends Found {
  readonly talk: ModuleTalk
  settings: NestedSettings
}

export function connectModule(events: TransportEvents): Transport {
  let connected: Connected | undefined
  const say = (message: object) => events.text(JSON.stringify(message))

  const lose = (why: string) => {
    if (connected) {
      connected.input.onmidimessage = null
      connected = undefined
      events.closed()
    }
    events.status(why)
  }

  /** Stays as long as the module does. */
  const stay = async (found: Found) => {
    const talk = new ModuleTalk((bytes) => found.output.send(bytes))
    found.input.onmidimessage = ({ data }) => data && talk.hear(data)
    events.status(`reading the settings of the module ${found.version} …`)
    const mine: Connected = { ...found, talk, settings: await talk.dump() }
    connected = mine
    events.open()
    say({ hello: { version: mine.version, file: null, settings: mine.settings, module: mine.output.name ?? "MIDI" } })
    while (connected === mine) {
      say({ counters: await talk.counters() })
      await pause(CARE_MILLISECONDS)
    }
  }

  const seek = async (access: MIDIAccess) => {
    for (;;) {
      try {
        const found = await find(access)
        if (found) await stay(found)
        else events.status(nobody(access))
      } catch (error) {
        lose(`${messageOf(error)}; looking for it …`)
      }
      await pause(RETRY_MILLISECONDS)
    }
  }

  const ask = async (request: ReturnType<typeof readRequest>): Promise<string[]> => {
    const mine = connected
    if (!mine) return ["the module is away"]
    if (request.kind === "refused") return [request.problem]
    if (request.kind !== "set" && request.kind !== "factory") return ["a module takes only settings over SysEx"]
    const problem = await (request.kind === "set" ? mine.talk.write(request.set) : mine.talk.factory())
    if (problem !== "") return problem.split("; ")
    if (request.kind === "factory") mine.settings = await mine.talk.dump()
    else for (const key of keysOf(request.set)) put(mine.settings, key, await mine.talk.read(key))
    say({ settings: mine.settings })
    return []
  }

  void open(events).then((access) => access && seek(access))
  return {
    send: (text) => {
      if (!connected) return false
      const request = readRequest(text)
      ask(request)
        .catch((error: unknown) => [messageOf(error)])
        .then((problems) => say({ answer: request.id, problems }))
      return true
    },
  }
}

/** Asks the browser for MIDI; says why where there is none. */
async function open(events: TransportEvents): Promise<MIDIAccess | undefined> {
  if (!("requestMIDIAccess" in navigator)) {
    const isSafe = window.isSecureContext
    events.status(
      isSafe
        ? "this browser has no Web MIDI: Chrome, Edge, Opera and Firefox have"
        : "Web MIDI needs this page from disk, localhost or https",
    )
    return undefined
  }
  events.status("asking the browser for MIDI …")
  try {
    return await navigator.requestMIDIAccess({ sysex: true })
  } catch (error) {
    events.status(`the browser does not give MIDI: ${messageOf(error)}`)
    return undefined
  }
}

/** The ports of a module's configuration. Ports whose names say so are asked first. */
async function find(access: MIDIAccess): Promise<Found | undefined> {
  const inputs = [...access.inputs.values()]
  const outputs = [...access.outputs.values()].sort((one, other) => rank(other) - rank(one))
  await Promise.allSettled([...inputs, ...outputs].map((port) => port.open()))
  const identity = await answerTo(inputs, () => outputs.forEach((output) => output.send(IDENTITY_REQUEST)), "identity")
  if (identity?.message.kind !== "identity") return undefined
  for (const output of outputs) {
    const value = await answerTo(inputs, () => output.send(question(READ, PROBE)), "value")
    if (value) return { input: value.input, output, version: identity.message.version }
  }
  return undefined
}

function rank(port: MIDIPort): number {
  const name = port.name ?? ""
  return (/tactus/i.test(name) ? 2 : 0) + (/config/i.test(name) ? 1 : 0)
}

/** The first message of a kind on any of the inputs; undefined if none comes in time. */
function answerTo(inputs: readonly MIDIInput[], ask: () => void, kind: string) {
  return new Promise<{ input: MIDIInput; message: NonNullable<ReturnType<typeof readMessage>> } | undefined>((resolve) => {
    const end = (answer?: Parameters<typeof resolve>[0]) => {
      for (const input of inputs) input.onmidimessage = null
      clearTimeout(patience)
      resolve(answer)
    }
    const patience = setTimeout(end, ASK_MILLISECONDS)
    for (const input of inputs) {
      input.onmidimessage = ({ data }) => {
        const message = data ? readMessage(data) : undefined
        if (message?.kind === kind) end({ input, message })
      }
    }
    ask()
  })
}

function nobody(access: MIDIAccess): string {
  const names = [...access.outputs.values()].map(({ name }) => name)
  return names.length === 0 ? "no MIDI port is there; looking for a module …" : `no module answers on ${names.join(", ")}; looking for it …`
}

function put(settings: NestedSettings, key: string, value: unknown): void {
  const names = key.split(".")
  let node = settings as { [name: string]: unknown }
  for (const name of names.slice(0, -1)) node = node[name] as typeof node
  node[names[names.length - 1]] = value
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

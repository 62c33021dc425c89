/** Options about networks, as several commands take them: `tactus net`, `npm start`, `tactus play`. */
import { hostname } from "node:os"
import type { OscOptions } from "../../src/net/osc-session"
import { LONGEST_NAME } from "../../src/net/timeline-messages"
import { BadInput } from "../input/bad-input"
import { findInterface, LOOPBACK, type NetworkInterface } from "../net/network-interface"
import type { NetworkWishes } from "../net/network-report"
import { PRESETS } from "../net/presets"
import type { Address } from "../net/sockets"
import { numberOption } from "./command"

export function addressOf(option: string, text: string): Address {
  const found = /^([\d.]+|localhost):(\d{1,5})$/.exec(text)
  if (!found || Number(found[2]) > 65535)
    throw new BadInput(`--${option} is ${JSON.stringify(text)}; expected an address and a port, like 127.0.0.1:8001`)
  return { address: found[1] === "localhost" ? LOOPBACK : found[1], port: Number(found[2]) }
}

/** An interface by name or address. */
export function network(name: string): NetworkInterface {
  try {
    return findInterface(name)
  } catch (fault) {
    throw new BadInput((fault as Error).message)
  }
}

export const STANDARD_PORT = 8000

const text = { type: "string" } as const
const flag = { type: "boolean" } as const

/** For `parseArgs`. Where OSC comes in is the command's own: `--listen` and `--osc`. */
export const NETWORK_OPTIONS = {
  ...{ preset: text, send: text, beat: text, forward: text, immediate: flag, lead: flag, follow: flag },
  ...{ peer: { type: "string" as const, multiple: true as const }, discover: flag, name: text, priority: text, "on-loss": text },
  ...{ server: text, serve: text, interface: text, late: text, furthest: text },
}

export const NETWORK_HELP = `  --send HOST:PORT   where beats go, each ahead of its time
  --beat ADDRESS     the address of a beat (/tick)
  --forward MS       how far ahead; auto measures it (auto)
  --immediate        beats without timetags, at their time
  --lead, --follow   gives or takes the timeline
  --peer HOST:PORT   who else plays; may be given more than once, and it is enough that one of two names the other
  --discover         finds others by mDNS (_osc._udp)
  --name NAME        this machine's (${hostname()})
  --priority N       less goes first when a leader is to be elected (100)
  --on-loss WHAT     hold, elect or stand, when the leader is gone (hold)
  --server WHICH     where the shared clock comes from: HOST:PORT, a time server; leader, whoever leads; or system, this
                     machine's, kept right by chrony, PTP, an RTC or a GPS (leader where it follows, else system)
  --serve PORT       be a time server there, for others than tactus (who follows asks at the port above)
  --interface NAME   by name or address; nothing outside its network is answered (${LOOPBACK})
  --late WHAT        what comes after its time: execute (at once) or drop (execute)
  --furthest SECONDS what lies farther ahead is refused (60)
`

/** By their names machines know each other. */
function nameOf(given: string | undefined): string {
  const name = given ?? hostname()
  if (name === "" || name.length > LONGEST_NAME)
    throw new BadInput(`--name is ${JSON.stringify(name)}; expected 1..${LONGEST_NAME} characters`)
  return name
}

interface NetworkValues {
  readonly preset?: string
  readonly send?: string
  readonly beat?: string
  readonly forward?: string
  readonly immediate?: boolean
  readonly lead?: boolean
  readonly follow?: boolean
  readonly peer?: string[]
  readonly discover?: boolean
  readonly name?: string
  readonly priority?: string
  readonly "on-loss"?: string
  readonly server?: string
  readonly serve?: string
  readonly interface?: string
  readonly late?: string
  readonly furthest?: string
}

/** `listen` is what the command's own option says of the port. Throws BadInput. */
export function networkWishes(values: NetworkValues, listen: number | undefined): NetworkWishes {
  if (values.lead && values.follow) throw new BadInput("--lead and --follow exclude each other; expected one of them")
  const preset = values.preset === undefined ? undefined : PRESETS[values.preset]
  if (values.preset !== undefined && !preset)
    throw new BadInput(`--preset is ${JSON.stringify(values.preset)}; expected one of ${Object.keys(PRESETS).join(", ")}`)
  const forward = values.forward === "auto" ? undefined : numberOption("forward", values.forward, 0, 60000, "0..60000 milliseconds or auto")
  const furthest = numberOption("furthest", values.furthest, 1, 3600, "1..3600 seconds") ?? 60
  const sendTo = values.send === undefined ? preset && { address: LOOPBACK, port: preset.sendTo } : addressOf("send", values.send)
  const name = nameOf(values.name)
  if (values.beat !== undefined && !/^\/[\x21-\x7e]+$/.test(values.beat))
    throw new BadInput(`--beat is ${JSON.stringify(values.beat)}; expected an address of OSC, like /tick`)
  const osc: OscOptions = {
    beatAddress: sendTo ? (values.beat ?? preset?.options.beatAddress ?? "/tick") : undefined,
    isImmediate: values.immediate,
    latePolicy: oneOf("late", values.late ?? "execute", ["execute", "drop"] as const),
    furthestMicros: furthest * 1e6,
    forwardMicros: forward === undefined ? (preset?.options.forwardMicros ?? "auto") : forward * 1000,
  }
  return {
    sockets: {
      on: network(values.interface ?? LOOPBACK).address,
      listen: listen ?? preset?.listen ?? STANDARD_PORT,
      name,
      sendTo,
      peers: (values.peer ?? []).map((peer) => addressOf("peer", peer)),
      server: timeServer(values.server, values.follow ?? false),
      serve: numberOption("serve", values.serve, 1, 65535, "a port, 1..65535"),
      discover: values.discover ?? false,
      isReference: values.lead,
    },
    station: {
      name,
      role: values.lead ? "lead" : values.follow ? "follow" : "alone",
      priority: numberOption("priority", values.priority, 0, 1e6, "0..1000000") ?? 100,
      onLoss: oneOf("on-loss", values["on-loss"] ?? "hold", ["hold", "elect", "stand"] as const),
      osc,
    },
  }
}

/** Where OSC comes in, for one who wonders why nobody else is heard. */
export function placeWords(address: string, port: number): string {
  return `${address}:${port}${address === LOOPBACK ? " (this machine only; others with --interface NAME)" : ""}`
}

export function oneOf<Choice extends string>(option: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value)
  if (!found) throw new BadInput(`--${option} is ${JSON.stringify(value)}; expected one of ${choices.join(", ")}`)
  return found
}

function timeServer(text: string | undefined, follows: boolean): Address | "leader" | undefined {
  if (text === "leader" || (text === undefined && follows)) return "leader"
  return text === undefined || text === "system" ? undefined : addressOf("server", text)
}

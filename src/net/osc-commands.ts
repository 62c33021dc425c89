/**
 * What can be asked for by OSC, and what it means to the module. Addresses stand with or without `/tactus` in front, and may be
 * patterns (`/tactus/channel/[1-3]/start`). Nothing is guessed: what is not understood is answered with `/tactus/error` and a
 * sentence.
 *
 *     /play  /stop  /continue          the transport
 *     /tempo f                         beats per minute; without an argument: asks
 *     /channel/N/start stop pause step a sync channel, at its part's end; what it does already is left alone
 *     /arp/mode i   /arp/pattern i     SysEx of the arpeggiator: mode 0..2, pattern 0..18
 *     /arp/set iiii                    pattern and its three bytes
 *     /settings/KEY/... value          one setting; without an argument: asks
 *     /tick s   /pd s   /py s          a beat, as the workshop's examples send it
 */
import {
  bytesEvent,
  byteEvent,
  IN_KEYS,
  IN_MIDI_USB,
  IN_REMOTE,
  levelEvent,
  REMOTE_CONTINUE,
  REMOTE_PLAY,
  REMOTE_STOP,
  type EventWord,
} from "../event"
import type { OscMessage } from "../osc/message"
import type { AddressMatcher } from "../osc/pattern"
import type { Tree } from "../settings"
import { CHANNEL_RUNNING, CHANNEL_STOPPED, PENDING_PAUSE, PENDING_START, PENDING_STOP } from "../sync/channel"
import { FASTEST_BPM, SLOWEST_BPM } from "../time"

export type Command =
  | { kind: "transport"; value: number }
  | { kind: "inputs"; events: EventWord[] }
  | { kind: "channel"; channel: number; action: ChannelAction }
  | { kind: "settings"; change: Tree }
  | { kind: "query"; key: string; address: string }
  | { kind: "tempo-query"; address: string }
  | { kind: "tick"; text: string }

export type ChannelAction = "start" | "stop" | "pause" | "step"

const PREFIX = "/tactus"
/** What is not understood is answered here; never an answer, or two machines would answer each other for ever. */
export const ERROR_ADDRESS = "/tactus/error"
/** Of an address that is not understood, so that the sentence about it fits a packet. */
const LONGEST_SHOWN = 80
const SETTINGS = "/settings/"
/** Of patterns. */
const SIGNS = "?*[]{}"
const TICK_ADDRESSES = ["/tick", "/pd", "/py"]

/** Whether a song can go so fast. A leader takes no other: with ticks of next to nothing the next second would have no end. */
export function isTempo(bpm: number): boolean {
  return bpm >= SLOWEST_BPM && bpm <= FASTEST_BPM
}

interface Method {
  address: string
  command: (message: OscMessage) => Command | string
}

/** Everything that a message asks for; texts are what is wrong. */
export function commandsOf(message: OscMessage, matcher: AddressMatcher): (Command | string)[] {
  const address = message.address()
  const plain = address.startsWith(PREFIX + "/") ? address.slice(PREFIX.length) : address
  if (plain.startsWith(SETTINGS)) return [settingCommand(plain.slice(SETTINGS.length), address, message)]
  if (Object.hasOwn(BY_ADDRESS, plain)) return [BY_ADDRESS[plain].command(message)] // a plain address, as nearly always: no search
  const found = searched(message, plain, address === plain ? "" : PREFIX, matcher)
  if (found.length === 0 && address === ERROR_ADDRESS) return []
  if (found.length === 0)
    return [
      `${address.slice(0, LONGEST_SHOWN)}: no such method, expected ${METHODS.map((method) => method.address).join(" ")} ${SETTINGS}KEY`,
    ]
  return found.map((method) => method.command(message))
}

/**
 * The methods a pattern means. Only those that agree with it before its first sign and, where it is plain, in its last name are searched, from
 * that sign on: a packet should not take longer than a module is ahead. `prefix` is what stood before `plain`.
 */
function searched(message: OscMessage, plain: string, prefix: string, matcher: AddressMatcher): Method[] {
  const first = firstSign(plain, 0)
  if (first < 0) return []
  const lastName = plain.slice(plain.lastIndexOf("/"))
  const isLastPlain = firstSign(lastName, 0) < 0
  const candidates = isLastPlain ? BY_LAST_NAME[lastName] : METHODS
  if (candidates === undefined) return []
  const head = plain.slice(0, first)
  // Where the first name is a pattern it may mean "tactus", or stand for it.
  const isEither = prefix === "" && head.lastIndexOf("/") <= 0
  const last = isLastPlain ? lastName.length : 0
  const found: Method[] = []
  for (const method of candidates) {
    const { address } = method
    const isMeant = isEither
      ? matcher.matches(message, address) || matcher.matches(message, PREFIX + address)
      : address.startsWith(head) && matcher.matches(message, address.slice(first, address.length - last), prefix.length + first, last)
    if (isMeant) found.push(method)
  }
  return found
}

/** Where a pattern's first sign stands, from there on; -1 where there is none. */
function firstSign(text: string, from: number): number {
  for (let at = from; at < text.length; at++) if (SIGNS.includes(text[at])) return at
  return -1
}

function settingCommand(path: string, address: string, message: OscMessage): Command | string {
  const names = path.split("/")
  if (names.some((name) => !/^[A-Za-z0-9-]+$/.test(name) || name === "__proto__"))
    return `${address.slice(0, LONGEST_SHOWN)}: expected ${SETTINGS} and a key, its levels parted by slashes`
  if (message.argumentCount === 0) return { kind: "query", key: names.join("."), address }
  const value = valueOf(message)
  if (value === undefined) return `${address}: expected one number, text, true or false`
  const change = names.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
  return { kind: "settings", change: change as Tree }
}

/** One argument as the settings take it. A float is read to six digits, since 123.45 does not fit one exactly. */
function valueOf(message: OscMessage): number | string | boolean | undefined {
  if (message.argumentCount !== 1) return undefined
  if (message.isText(0)) return message.text(0)
  const type = String.fromCharCode(message.types[0])
  if (type === "T" || type === "F") return type === "T"
  const value = message.number(0)
  if (!Number.isFinite(value)) return undefined
  return type === "f" ? Number(value.toPrecision(6)) : value
}

/** A whole number within a range; NaN for all else. */
function whole(message: OscMessage, index: number, most: number): number {
  const value = message.number(index)
  return Number.isInteger(value) && value >= 0 && value <= most ? value : NaN
}

function transport(value: number): () => Command {
  return () => ({ kind: "transport", value })
}

function channel(number: number, action: ChannelAction): Method {
  return { address: `/channel/${number + 1}/${action}`, command: () => ({ kind: "channel", channel: number, action }) }
}

/** The key that does it to a channel as it stands; undefined where nothing needs to be done. On the seed's keyboard one key starts and stops. */
export function channelKey(command: { channel: number; action: ChannelAction }, state: number, pending: number): EventWord | undefined {
  const { action } = command
  const willStop = pending === PENDING_STOP || (state === CHANNEL_STOPPED && pending !== PENDING_START)
  const isWanted = {
    start: willStop,
    stop: !willStop,
    pause: state === CHANNEL_RUNNING && pending !== PENDING_PAUSE,
    step: state === CHANNEL_STOPPED,
  }[action]
  const keys = action === "start" || action === "stop" ? "abcd" : "ijkl"
  return isWanted ? byteEvent(IN_KEYS, keys.charCodeAt(command.channel)) : undefined
}

/** SysEx of the arpeggiator, in words of three bytes as USB-MIDI has it. */
function arpeggiator(...content: number[]): Command {
  const bytes = [0xf0, 0x42, 0x30, 0x7f, ...content, 0xf7]
  const events: EventWord[] = []
  for (let at = 0; at < bytes.length; at += 3) {
    const three = bytes.slice(at, at + 3)
    events.push(bytesEvent(IN_MIDI_USB, three.length, three[0], three[1] ?? 0, three[2] ?? 0))
  }
  return { kind: "inputs", events }
}

function tempo(message: OscMessage): Command | string {
  if (message.argumentCount === 0) return { kind: "tempo-query", address: message.address() }
  const value = message.number(0)
  if (!(value > 0)) return "/tempo: expected beats per minute"
  return { kind: "settings", change: { tempo: Math.round(value * 100) / 100 } }
}

function arpMode(message: OscMessage): Command | string {
  const mode = whole(message, 0, 2)
  return mode >= 0 ? arpeggiator(0x00, mode) : "/arp/mode: expected 0, 1 or 2"
}

function arpPattern(message: OscMessage): Command | string {
  const pattern = whole(message, 0, 18)
  return pattern >= 0 ? arpeggiator(0x01, pattern) : "/arp/pattern: expected 0..18"
}

function arpSet(message: OscMessage): Command | string {
  const [pattern, first, second, length] = [whole(message, 0, 18), whole(message, 1, 15), whole(message, 2, 15), whole(message, 3, 8)]
  if (Number.isNaN(pattern + first + second + length)) return "/arp/set: expected pattern 0..18, steps 1-4 and 5-8 as 0..15, length 0..8"
  return pattern < 16 ? arpeggiator(0x10 + pattern, first, second, length) : arpeggiator(0x20, pattern, first, second, length)
}

const METHODS: Method[] = [
  { address: "/play", command: transport(REMOTE_PLAY) },
  { address: "/stop", command: transport(REMOTE_STOP) },
  { address: "/continue", command: transport(REMOTE_CONTINUE) },
  { address: "/tempo", command: tempo },
  { address: "/arp/mode", command: arpMode },
  { address: "/arp/pattern", command: arpPattern },
  { address: "/arp/set", command: arpSet },
  ...[0, 1, 2, 3].flatMap((number) => (["start", "stop", "pause", "step"] as const).map((action) => channel(number, action))),
  ...TICK_ADDRESSES.map((address) => ({ address, command: (message: OscMessage): Command => ({ kind: "tick", text: message.text(0) }) })),
]

const BY_ADDRESS: { [address: string]: Method } = {}
const BY_LAST_NAME: { [name: string]: Method[] | undefined } = {}
for (const method of METHODS) {
  BY_ADDRESS[method.address] = method
  const name = method.address.slice(method.address.lastIndexOf("/"))
  BY_LAST_NAME[name] = [...(BY_LAST_NAME[name] ?? []), method]
}

/** The module's input for a transport command. */
export function transportEvent(value: number): EventWord {
  return levelEvent(IN_REMOTE, value)
}

/**
 * The timeline and the hellos as OSC. A heartbeat is one bundle with the ruling change and all that wait:
 *     /tactus/timeline ,siitddi   leader, term, number, at, tick, microseconds a tick, running (0 or 1)
 *     /tactus/hello ,si           name, priority; in a bundle whose timetag is when it was said
 *     /tactus/peers ,ss...        whom a leader hears, names and addresses by turns: they are to know of each other when it is gone
 */
import type { OscMessage } from "../osc/message"
import { sharedOfTimetag, timetagFraction, timetagSeconds, type SharedMicros } from "../osc/timetag"
import type { OscWriter } from "../osc/writer"
import type { Rank } from "./election"
import type { TimelineChange } from "./shared-timeline"

export const TIMELINE_ADDRESS = "/tactus/timeline"
export const HELLO_ADDRESS = "/tactus/hello"
export const PEERS_ADDRESS = "/tactus/peers"

/** The priority of one who never leads. */
export const LAST_RANK = 0x7fffffff

/** Of a machine, characters. */
export const LONGEST_NAME = 64

/** Slowest and fastest tick believed: 1 and 2000 BPM. */
const LONGEST_TICK_MICROS = 2_500_000
const SHORTEST_TICK_MICROS = 1250

/** A packet with these changes; call `writer.finish()` for its size. */
export function writeHeartbeat(writer: OscWriter, changes: readonly TimelineChange[]): void {
  writer.begin()
  writer.openBundle(0, 1)
  for (const change of changes) {
    writer.message(TIMELINE_ADDRESS, "siitddi")
    writer.string(change.leader)
    writer.int(change.term)
    writer.int(change.number)
    writer.words(timetagSeconds(change.at), timetagFraction(change.at))
    writer.double(change.tick)
    writer.double(change.periodMicros)
    writer.int(change.isRunning ? 1 : 0)
  }
  writer.closeBundle()
}

/** Its timetag is when it is said; "immediately" where `now` is not known. */
export function writeHello(writer: OscWriter, rank: Rank, now: SharedMicros | undefined): void {
  writer.begin()
  if (now === undefined) writer.openBundle(0, 1)
  else writer.openBundle(timetagSeconds(now), timetagFraction(now))
  writer.message(HELLO_ADDRESS, "si")
  writer.string(rank.id)
  writer.int(rank.priority)
  writer.closeBundle()
}

/** The same packet said again at this time. */
export function writeHelloTime(packet: Uint8Array<ArrayBuffer>, now: SharedMicros): void {
  const view = new DataView(packet.buffer)
  view.setUint32(8, timetagSeconds(now))
  view.setUint32(12, timetagFraction(now))
}

export interface Peer {
  readonly name: string
  /** `192.168.1.10:8000` */
  readonly at: string
}

export function writePeers(writer: OscWriter, peers: readonly Peer[]): void {
  writer.begin()
  writer.message(PEERS_ADDRESS, "ss".repeat(peers.length))
  for (const { name, at } of peers) {
    writer.string(name)
    writer.string(at)
  }
}

export function readPeers(message: OscMessage): Peer[] {
  const peers: Peer[] = []
  for (let index = 0; index + 1 < message.argumentCount; index += 2) peers.push({ name: message.text(index), at: message.text(index + 1) })
  return peers
}

/** Undefined for what no leader would say. */
export function readChange(message: OscMessage): TimelineChange | undefined {
  const change = {
    leader: message.text(0),
    term: message.number(1),
    number: message.number(2),
    at: sharedOfTimetag(message.word(3, 0), message.word(3, 1)),
    tick: message.number(4),
    periodMicros: message.number(5),
    isRunning: message.number(6) === 1,
  }
  if (
    change.leader === "" ||
    change.leader.length > LONGEST_NAME ||
    !isCount(change.term) ||
    !isCount(change.number) ||
    !isCount(change.tick)
  )
    return undefined
  return change.periodMicros >= SHORTEST_TICK_MICROS && change.periodMicros <= LONGEST_TICK_MICROS ? change : undefined
}

/** Whole, and so that an int holds it: by ticks two hundred days at 300 BPM. Beyond 2^53 one more is none, and who counted on never ended. */
function isCount(value: number): boolean {
  return (value | 0) === value && value >= 0
}

export function readHello(message: OscMessage): Rank | undefined {
  const rank = { id: message.text(0), priority: message.number(1) }
  return rank.id !== "" && rank.id.length <= LONGEST_NAME && Number.isFinite(rank.priority) ? rank : undefined
}

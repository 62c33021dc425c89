/**
 * A module on a network, as one processor: what was told from afar is told to the core in the order of time between what comes in at its
 * jacks, because it is told just before the core is rendered for that moment. One port hears all: OSC (commands, ticks, a leader's
 * timeline) and the answers to its questions for the shared clock. It says hello where it asks for the time, so a leader knows of it and of
 * how long packets take. It owns no socket.
 *
 * A module has little time. While nothing is due, rendering costs one comparison more than without a network. A packet is judged, a message
 * of it heard, a step of the clock's fit taken, one of them at a time, when the loop asks for it after the beat's own work (`turn`).
 */
import { LEAD_MICROS } from "../backend"
import { ClockMap, MAXIMUM_SLEW } from "../clock-map/clock-map"
import type { EventWord } from "../event"
import type { Module } from "../module"
import type { OscMessage } from "../osc/message"
import { OscWriter } from "../osc/writer"
import type { EventSink, Processor } from "../processor"
import type { Micros } from "../time"
import { ModuleHand } from "./module-hand"
import { NtpExchange, type Address } from "./ntp-exchange"
import { OscSession, type OscOptions } from "./osc-session"
import { pumpInOrder } from "./pump"
import { HELLO_ADDRESS, LAST_RANK, PEERS_ADDRESS, readChange, TIMELINE_ADDRESS, writeHello, writeHelloTime } from "./timeline-messages"
import { TimelinePlayer } from "./timeline-player"

/** Where packets go; each is the receiver's to keep. Returns when it left. */
export interface Line {
  send(packet: Uint8Array, address: string, port: number): Micros
}

/** A question a second: the fit takes 24 steps of some milliseconds on an RP2040. */
const PACE = { burst: 16, burstMicros: 100_000, micros: 1_000_000 }

/** Bins of the clock's window, 5 s each at last. */
const CLOCK_BINS = 24

/** How often it is looked whether a beat is to be announced. */
const BEATS_EVERY_MICROS = 20_000

const HELLO_MICROS = 1_000_000

/** NTP's own port: whoever answers there is no leader, and need not be greeted. */
const NTP_PORT = 123

const OSC: OscOptions = { mostBytes: 1472, mostMessages: 8, mostWaiting: 64 }

const SLASH = 0x2f
const HASH = 0x23

export class NetworkedModule implements Processor {
  readonly map = new ClockMap(MAXIMUM_SLEW, CLOCK_BINS)
  readonly session: OscSession
  readonly player: TimelinePlayer
  readonly time: NtpExchange
  /** Whether it can be heard: it asks and announces nothing else. */
  isOnline = true
  private readonly from = { address: "", port: 0 }
  /** The packet in which a leader last said something, word by word: four times a second it says the same. */
  private said = new Uint32Array(0)
  /** The packet that is being read, and whether a leader alone speaks in it. */
  private packet: Uint8Array = new Uint8Array(0)
  private isOfLeader = false
  private isOfOthers = false
  private arrived: Micros = 0
  private readonly isServerGiven: boolean
  /** Nothing is to be told to the core before. */
  private due: Micros = Infinity
  /** Nothing is to be sent before. */
  private nextSay: Micros = Infinity
  private nextBeats: Micros = Infinity
  private nextHello: Micros = Infinity
  /** Written once; but for its time it says the same each second. */
  private readonly hello: Uint8Array<ArrayBuffer>

  /** `server` undefined: whoever leads. `chance` gives numbers in 0..1, below 1. */
  constructor(
    readonly module: Module,
    out: EventSink,
    private readonly line: Line,
    chance: () => number,
    server?: Address,
    private readonly beats?: Address,
  ) {
    const hand = new ModuleHand(module, out)
    this.session = new OscSession(hand, this.map, beats === undefined ? OSC : { ...OSC, beatAddress: "/tick" })
    this.session.intercept = (message) => this.hears(message)
    this.player = new TimelinePlayer(hand, this.map)
    this.time = new NtpExchange(this.map, PACE, chance, server)
    this.isServerGiven = server !== undefined
    this.hello = helloOf(`module ${Math.floor(chance() * 0x10000).toString(16)}`)
    this.greet()
    if (beats !== undefined) this.nextBeats = 0
    this.findDue()
  }

  input(time: Micros, event: EventWord): void {
    this.module.input(time, event)
  }

  render(until: Micros, out: EventSink): void {
    const now = until - LEAD_MICROS
    if (now >= this.due) this.tell(now)
    this.module.render(until, out)
  }

  /** When the loop is wanted again: for the core, for what is due from afar, or to think. */
  nextTurn(now: Micros): Micros {
    if (this.map.isThinking || this.session.isReading) return now
    let next = this.module.nextTurn()
    if (this.due < next) next = this.due
    return this.isOnline && this.nextSay < next ? this.nextSay : next
  }

  /** Messages of a packet wait to be heard, one in each `turn`; the next packet is to wait until then. */
  get isReading(): boolean {
    return this.session.isReading
  }

  /** A packet that arrived at this local time. One with a single message is heard at once. */
  hear(packet: Uint8Array, arrived: Micros, address: string, port: number): void {
    const isOsc = packet.length > 0 && (packet[0] === SLASH || packet[0] === HASH)
    this.arrived = arrived
    this.from.address = address
    this.from.port = port
    if (!isOsc) this.hearTime(packet, arrived)
    else if (!this.isSaidAgain(packet)) {
      const { session } = this
      this.isOfLeader = false
      this.isOfOthers = false
      this.packet = packet
      session.begin(packet, arrived, (reply) => void this.line.send(reply, address, port))
      if (session.reader.waiting === 1) this.hearNext()
    }
    this.findDue()
  }

  private hearNext(): void {
    this.session.hearNext()
    if (!this.session.isReading && this.isOfLeader && !this.isOfOthers) this.said = wordsOf(this.packet.slice())
  }

  /** What can wait until the beat's work is done; call once a turn. */
  turn(now: Micros): void {
    if (this.session.isReading) {
      this.hearNext()
      this.findDue()
      return
    }
    if (this.map.isThinking) {
      this.map.think(now)
      this.findDue()
    }
    if (!this.isOnline || now < this.nextSay) return
    const { server } = this.time
    if (server !== undefined && now >= this.time.nextAsk) {
      this.time.ask(now)
      this.time.leaves(this.line.send(this.time.request, server.address, server.port))
    }
    if (this.beats !== undefined && now >= this.nextBeats) this.announce(now, this.beats)
    if (now >= this.nextHello) this.sayHello(now)
    this.findDue()
  }

  private tell(now: Micros): void {
    if (this.map.isSet) pumpInOrder(this.session, this.player, now)
    else this.session.pump(now)
    this.findDue()
  }

  private announce(now: Micros, to: Address): void {
    this.nextBeats = now + BEATS_EVERY_MICROS
    if (!this.map.isSet) return
    this.session.sendBeats(now, 2 * this.map.errorMicros(now), (packet) => this.line.send(packet, to.address, to.port))
  }

  /** From now on, where it is worth it. */
  private greet(): void {
    const { server } = this.time
    this.nextHello = server !== undefined && server.port !== NTP_PORT ? 0 : Infinity
  }

  private sayHello(now: Micros): void {
    this.nextHello = now + HELLO_MICROS
    const { server } = this.time
    if (server === undefined) return
    if (this.map.isSet) writeHelloTime(this.hello, this.map.sharedAt(now))
    this.line.send(this.hello.slice(), server.address, server.port)
  }

  private hearTime(packet: Uint8Array, arrived: Micros): void {
    const isFromServer = this.time.isFrom(this.from.address, this.from.port)
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    const roundTrip = this.time.hear(view, packet.length, arrived, isFromServer)
    if (roundTrip >= 0) this.session.delay.observe(roundTrip)
  }

  private isSaidAgain(packet: Uint8Array): boolean {
    const said = this.said
    if (said.length === 0 || said.length * 4 !== packet.length || (packet.byteOffset & 3) !== 0) return false
    const words = wordsOf(packet)
    for (let i = 0; i < said.length; i++) if (said[i] !== words[i]) return false
    return true
  }

  private hears(message: OscMessage): boolean {
    if (!message.addressHas(0, TIMELINE_ADDRESS)) {
      this.isOfOthers = true
      return message.addressHas(0, HELLO_ADDRESS) || message.addressHas(0, PEERS_ADDRESS)
    }
    const change = readChange(message)
    if (change === undefined) return true
    this.isOfLeader = true
    const { timeline } = this.player
    timeline.hear(change)
    const { address, port } = this.from
    if (this.isServerGiven || timeline.newest?.leader !== change.leader) return true
    if (this.time.goTo(change.leader, address, port, this.arrived)) this.greet()
    return true
  }

  private findDue(): void {
    let due = this.session.nextWake()
    if (this.map.isSet) {
      const change = this.player.nextDue()
      if (change < due) due = change
    }
    this.due = due
    let say = this.nextBeats < this.nextHello ? this.nextBeats : this.nextHello
    if (this.time.server !== undefined && this.time.nextAsk < say) say = this.time.nextAsk
    this.nextSay = say
  }
}

function helloOf(name: string): Uint8Array<ArrayBuffer> {
  const writer = new OscWriter(64)
  writeHello(writer, { id: name, priority: LAST_RANK }, undefined)
  return writer.bytes.slice(0, writer.finish()) as Uint8Array<ArrayBuffer>
}

function wordsOf(packet: Uint8Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(packet.buffer as ArrayBuffer, packet.byteOffset, packet.length >> 2)
}

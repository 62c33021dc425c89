/**
 * One machine of a rig without its sockets and without a clock of its own: what it hears from others, what of it the module is told and
 * when, and what it says itself. Whoever owns sockets hands packets in with the time of their arrival and sends what comes out;
 * whoever owns the module's loop calls `pump` before each rendering and `speak` after it. So it runs in real time, in a
 * thread apart from the sockets, and in virtual time alike.
 */
import { LEAD_MICROS } from "../backend"
import type { ClockMap } from "../clock-map/clock-map"
import type { EventWord } from "../event"
import type { OscMessage } from "../osc/message"
import { isImmediately, sharedOfTimetag, type SharedMicros } from "../osc/timetag"
import { OscWriter } from "../osc/writer"
import type { Micros } from "../time"
import { Election, type LossPolicy } from "./election"
import type { ModuleHand } from "./module-hand"
import { handOrders } from "./hand-orders"
import { isTempo } from "./osc-commands"
import { CONDUCTING_MICROS, OscSession, type Intercept, type OscOptions, type Reply } from "./osc-session"
import { pumpInOrder } from "./pump"
import { TimelineLeader, type TimelineChange } from "./shared-timeline"
import type { StationStatus } from "./station-status"
import {
  HELLO_ADDRESS,
  LAST_RANK,
  PEERS_ADDRESS,
  readChange,
  readHello,
  readPeers,
  TIMELINE_ADDRESS,
  writeHeartbeat,
  writeHello,
  writePeers,
} from "./timeline-messages"
import { TimelinePlayer } from "./timeline-player"

const HEARTBEAT_MICROS = 250_000
const HELLO_MICROS = 1_000_000
const NAMESAKE_LASTS_MICROS = 3_500_000

/** Of those a leader hears, so many are introduced to each other. */
const MOST_INTRODUCED = 16
const MOST_PLACES = 256

export interface StationOptions {
  readonly name: string
  readonly role: "lead" | "follow" | "alone"
  /** Less goes first when a leader is elected. */
  readonly priority: number
  readonly onLoss: LossPolicy
  readonly osc: OscOptions
}

/** Where what it says goes. The packets are the receiver's to keep. */
export interface StationLines {
  toPeers(packet: Uint8Array): void
  beat(packet: Uint8Array): void
}

export class Station {
  readonly session: OscSession
  readonly player: TimelinePlayer
  readonly election: Election
  /** Sees every message first. */
  alsoHears: Intercept = () => false
  /** Told that this one leads, each time it says so; `from` is where the packet came from, in the words of whoever handed it in. */
  onLeader: (leader: string, from: string) => void = () => undefined

  /** Told of each machine that says hello or is introduced by a leader, and where it is; whether that is a place of this network is the receiver's to see. */
  onHello: (name: string, from: string) => void = () => undefined

  private readonly writer = new OscWriter()
  private arrived: Micros = 0
  private from = ""
  /** Where those who say hello are, by name. */
  private readonly places = new Map<string, string>()
  private namesakeHeard: Micros = -Infinity
  private nextHeartbeat: Micros = -Infinity
  private nextHello: Micros = -Infinity
  private isToLead: boolean

  constructor(
    private readonly hand: ModuleHand,
    readonly map: ClockMap,
    readonly options: StationOptions,
    private readonly lines: StationLines,
  ) {
    this.session = new OscSession(hand, map, options.osc)
    this.player = new TimelinePlayer(hand, map)
    this.election = new Election({ id: options.name, priority: options.priority }, options.onLoss)
    this.session.intercept = (message, seconds, fraction, reply) => this.hears(message, seconds, fraction, reply)
    this.isToLead = options.role === "lead"
  }

  /** A packet that arrived at this local time. Commands are not heard before the shared clock is known: they have no time yet. */
  receive(packet: Uint8Array, arrived: Micros, reply?: Reply, from = ""): void {
    this.begin(arrived)
    this.arrived = arrived
    this.from = from
    this.session.receive(packet, arrived, reply)
  }

  /** When `pump` has something to do next, of what is heard of by `now`. */
  nextDue(now: Micros): Micros {
    return this.map.isSet ? Math.min(this.session.nextDue(now), this.player.nextDue()) : Infinity
  }

  /** Tells the module what is due; call before it is rendered for `now`. */
  pump(now: Micros): void {
    if (!this.map.isSet) return
    this.begin(now)
    pumpInOrder(this.session, this.player, now)
  }

  /** Says what there is to say; call after the module is rendered for `now`. */
  speak(now: Micros): void {
    if (now >= this.nextHello && this.options.role !== "alone") this.hello(now)
    if (!this.map.isSet) return
    this.session.sendBeats(now, this.bothClocksError(now), (packet) => this.lines.beat(packet))
    if (now >= this.nextHeartbeat) this.heartbeat(now)
  }

  /** Whether what a hand does at this machine at `time` (the play button, a key) is an order to all: then it is one, and not for the module. */
  takes(time: Micros, event: EventWord): boolean {
    const { conducting } = this.session
    const { newest } = this.player.timeline
    return conducting !== undefined && newest !== undefined && handOrders(conducting, newest, this.soonest(time), event)
  }

  /** A tempo that is set at this machine; false where it is its own affair, or no tempo, which its settings will say. */
  takesTempo(time: Micros, bpm: number): boolean {
    const { conducting } = this.session
    if (conducting === undefined || !isTempo(bpm)) return false
    conducting.tempo(this.soonest(time), bpm)
    return true
  }

  status(now: Micros): StationStatus {
    const { map, session, election, player } = this
    const { queue } = session
    const { current } = player.timeline
    const forwardMicros = session.forwardMicros(this.bothClocksError(now))
    return {
      name: this.options.name,
      hasNamesake: now - this.namesakeHeard < NAMESAKE_LASTS_MICROS,
      role: this.options.role,
      state: election.state(now),
      leader: player.timeline.newest?.leader ?? null,
      peers: election.others(now).map(({ id }) => id),
      isClockSet: map.isSet,
      errorMicros: map.isSet ? map.errorMicros(now) : null,
      correctionMicros: map.correctionMicros(now),
      roundTripMicros: map.roundTripMicros,
      ratePpm: map.rate * 1e6,
      holdoverMicros: map.holdoverMicros(now),
      clockSteps: map.steps,
      sharedMicros: map.isSet ? map.sharedAt(now) : null,
      song: current ? { tick: current.tick, at: current.at, periodMicros: current.periodMicros, isRunning: current.isRunning } : null,
      lateChanges: player.lateChanges,
      forwardMicros,
      isForwardMeasured: session.delay.hasMeasured,
      lateShare: session.delay.lossAt(forwardMicros, this.bothClocksError(now)),
      beatsSent: session.beatsSent,
      executed: queue.executed,
      late: queue.late,
      dropped: queue.dropped,
      tooFar: queue.tooFar,
      overflowed: queue.overflowed,
      refused: session.refused,
      margins: queue.margins,
    }
  }

  /** When an order that is given now can have reached everybody. */
  private soonest(time: Micros): SharedMicros {
    return this.map.sharedAt(time) + CONDUCTING_MICROS
  }

  /** This machine's clock and the other's, which is taken to be no better. */
  private bothClocksError(now: Micros): Micros {
    return this.map.isSet ? 2 * this.map.errorMicros(now) : 0
  }

  private hears(message: OscMessage, seconds: number, fraction: number, reply: Reply): boolean {
    if (this.alsoHears(message, seconds, fraction, reply)) return true
    if (message.addressHas(0, TIMELINE_ADDRESS)) {
      this.hearChange(message)
      return true
    }
    if (message.addressHas(0, PEERS_ADDRESS)) {
      this.hearPeers(message)
      return true
    }
    if (!message.addressHas(0, HELLO_ADDRESS)) return !this.map.isSet
    const rank = readHello(message)
    if (rank) {
      // Nobody hears himself: machines made from one image are called the same.
      if (rank.id === this.options.name) this.namesakeHeard = this.arrived
      else this.election.hello(rank, this.arrived)
      if (this.places.size >= MOST_PLACES) this.places.clear() // who is here says hello again within a second
      if (rank.priority < LAST_RANK) this.places.set(rank.id, this.from)
      this.onHello(rank.id, this.from)
      // Its timetag says when it was sent: how long packets take between this machine and its peers.
      if (this.map.isSet && !isImmediately(seconds, fraction))
        this.session.delay.observe(this.map.sharedAt(this.arrived) - sharedOfTimetag(seconds, fraction))
    }
    return true
  }

  /** Those it does not hear itself. */
  private hearPeers(message: OscMessage): void {
    if (this.options.role === "alone") return
    const known = this.election.others(this.arrived).map(({ id }) => id)
    for (const { name, at } of readPeers(message)) if (name !== this.options.name && !known.includes(name)) this.onHello(name, at)
  }

  private hearChange(message: OscMessage): void {
    const { timeline } = this.player
    const change = this.options.role === "alone" ? undefined : readChange(message)
    if (!change) return
    timeline.hear(change)
    const { newest } = timeline
    if (newest && change.leader === newest.leader && change.term === newest.term) {
      this.election.heartbeat(change.leader, this.arrived)
      this.onLeader(change.leader, this.from)
    }
    if (this.session.conducting && newest?.leader !== this.options.name) this.session.conducting = undefined
  }

  /** One who is told to lead does so as soon as there is a time to lead by. */
  private begin(now: Micros): void {
    if (!this.isToLead || !this.map.isSet) return
    this.isToLead = false
    this.lead(Math.floor(this.map.sharedAt(now) / 1e6), now)
  }

  /**
   * Everybody follows this machine from now on; the song, if there is one, goes on as it is. The term of one who is told to lead is
   * the second in which it was: started anew, it goes before what it was before.
   */
  private lead(term: number, now: Micros): void {
    const { module } = this.hand
    const hand = new TimelineLeader(this.options.name, term, this.player.timeline)
    this.election.heartbeat(this.options.name, now)
    const soon = this.map.sharedAt(now) + HEARTBEAT_MICROS
    // Without a song it says so: that it leads is to be known before it plays.
    if (!hand.takeOver(soon)) hand.tempo(soon, module.settings.tempo)
    this.session.conducting = {
      play: (at) => this.announce(() => hand.play(at)),
      continue: (at) => this.announce(() => hand.continue(at)),
      stop: (at) => this.announce(() => hand.stop(at)),
      tempo: (at, bpm) => this.announce(() => hand.tempo(at, bpm)),
    }
  }

  /** Everybody hears of the change with the next turn. */
  private announce(change: () => TimelineChange | undefined): void {
    change()
    this.nextHeartbeat = -Infinity
  }

  /** Also by one who does not know the time yet: it is by its hello that a leader knows of it. */
  private hello(now: Micros): void {
    this.nextHello = now + HELLO_MICROS
    writeHello(this.writer, this.election.own, this.map.isSet ? this.map.sharedAt(now) : undefined)
    this.sendToPeers()
    if (this.session.conducting) this.introduce(now)
  }

  /** All may have been told of the leader alone: without it they would not know of each other. */
  private introduce(now: Micros): void {
    const peers = this.election.others(now).flatMap(({ id }) => {
      const at = this.places.get(id)
      return at === undefined || at === "" ? [] : [{ name: id, at }]
    })
    if (peers.length < 2) return
    writePeers(this.writer, peers.slice(0, MOST_INTRODUCED))
    if (!this.writer.overflow) this.sendToPeers()
  }

  private heartbeat(now: Micros): void {
    this.nextHeartbeat = now + HEARTBEAT_MICROS
    const { timeline } = this.player
    const state = this.election.state(now)
    if (state === "elect") this.lead((timeline.newest?.term ?? 0) + 1, now)
    if (state === "stand" && timeline.current?.isRunning) {
      const hand = new TimelineLeader(this.options.name, (timeline.newest?.term ?? 0) + 1, timeline)
      hand.stop(this.map.sharedAt(now) + LEAD_MICROS * 2)
    }
    if (!this.session.conducting) return
    const changes = timeline.current ? [timeline.current, ...timeline.pending] : timeline.pending
    if (changes.length === 0) return
    writeHeartbeat(this.writer, changes)
    this.sendToPeers()
  }

  private sendToPeers(): void {
    this.lines.toPeers(this.writer.bytes.slice(0, this.writer.finish()))
  }
}

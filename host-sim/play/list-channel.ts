/**
 * Tells the other machines on the network what is heard, and hears it from them, by multicast. Whoever comes asks three times within a
 * third of a second; a new state is told three times, and again every two seconds, so one who has missed it is not out for
 * long.
 *
 *     /tactus/playlist/state ,ssiitidii   list, by, number, playing, since, track, place in it, volume, 1 if an answer is wanted
 */
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import type { OscMessage } from "../../src/osc/message"
import { OscReader } from "../../src/osc/reader"
import { sharedOfTimetag, timetagFraction, timetagSeconds } from "../../src/osc/timetag"
import { OscWriter } from "../../src/osc/writer"
import type { NetworkInterface } from "../net/network-interface"
import { isNewer, type ListState } from "./list-state"

const ADDRESS = "/tactus/playlist/state"
/** Of the block for use within an organisation (RFC 2365). */
const GROUP = "239.255.84.67"
const PORT = 7384
const TIMES = 3
const PAUSE_MILLIS = 120
const REPEAT_MILLIS = 2000

export class ListChannel {
  /** Told of each state that comes to rule, our own too. */
  onState: (state: ListState) => void = () => undefined

  private readonly writer = new OscWriter(512)
  private readonly reader = new OscReader(512)
  private socket: Socket | undefined
  private readonly timers = new Set<NodeJS.Timeout>()

  private constructor(
    private readonly on: NetworkInterface,
    private readonly key: string,
    public state: ListState,
    private readonly port: number,
  ) {}

  /** Takes about a third of a second. Where multicast is not to be had, or nobody answers, the proposal stands. */
  static async open(on: NetworkInterface, key: string, proposal: ListState, port = PORT): Promise<ListChannel> {
    const channel = new ListChannel(on, key, proposal, port)
    await channel.listen()
    for (let time = 0; time < TIMES; time++) {
      channel.tell(true)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS))
    }
    // The others stand still: this is the command to begin.
    const found = channel.state
    if (!found.isPlaying && proposal.isPlaying) channel.set({ ...proposal, number: found.number + 1, volume: found.volume })
    const repeat = setInterval(() => channel.tell(false), REPEAT_MILLIS * (0.9 + Math.random() / 5))
    channel.timers.add(repeat)
    return channel
  }

  /** This rules from now on, if nobody says something newer at the same moment. */
  set(state: ListState): void {
    this.state = state
    this.tell(false)
    for (let time = 1; time < TIMES; time++) this.timers.add(setTimeout(() => this.tell(false), time * PAUSE_MILLIS))
    this.onState(state)
  }

  /** Twice is fine. */
  close(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.socket?.close()
    this.socket = undefined
  }

  private async listen(): Promise<void> {
    const socket = createSocket({ type: "udp4", reuseAddr: true })
    try {
      socket.on("error", () => undefined)
      socket.bind(this.port, GROUP)
      await once(socket, "listening")
      socket.addMembership(GROUP, this.on.address)
      socket.setMulticastInterface(this.on.address)
      socket.setMulticastTTL(1)
    } catch {
      socket.close()
      return
    }
    this.socket = socket
    socket.on("message", (packet, from) => {
      if (packet.length > this.reader.bytes.length || !this.on.includes(from.address)) return
      this.reader.bytes.set(packet)
      this.reader.read(packet.length, { message: (message) => this.hear(message) })
    })
  }

  private hear(message: OscMessage): void {
    if (!message.addressHas(0, ADDRESS) || !message.textIs(0, this.key) || message.argumentCount !== 9) return
    const state = {
      by: message.text(1),
      number: message.number(2),
      isPlaying: message.number(3) === 1,
      at: Math.round(sharedOfTimetag(message.word(4, 0), message.word(4, 1))),
      track: message.number(5),
      seconds: message.number(6),
      volume: message.number(7),
    }
    const isWhole = [state.number, state.track].every((count) => Number.isInteger(count) && count >= 0 && count <= 0x7fffffff)
    const isRight = Number.isFinite(state.seconds) && state.seconds >= 0 && state.volume >= 0 && state.volume <= 100
    if (!isWhole || !isRight) return
    if (isNewer(state, this.state)) {
      this.state = state
      this.onState(state)
    } else if (isNewer(this.state, state) && message.number(8) === 1) this.tell(false)
  }

  private tell(asks: boolean): void {
    const { writer, state } = this
    writer.begin()
    writer.message(ADDRESS, "ssiitidii")
    writer.string(this.key)
    writer.string(state.by)
    writer.int(state.number)
    writer.int(state.isPlaying ? 1 : 0)
    writer.words(timetagSeconds(state.at), timetagFraction(state.at))
    writer.int(state.track)
    writer.double(state.seconds)
    writer.int(state.volume)
    writer.int(asks ? 1 : 0)
    this.socket?.send(writer.bytes.slice(0, writer.finish()), this.port, GROUP, () => undefined)
  }
}

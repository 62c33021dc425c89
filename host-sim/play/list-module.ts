/**
 * `--clock`: a module on the list's song, in real time. It is a machine of the network like any other: it is played by OSC, plays to MIDI
 * ports, and those who follow it hear of each change.
 */
import type { ClockMap } from "../../src/clock-map/clock-map"
import type { NestedSettings } from "../input/timed-input"
import { LiveNode } from "../net/live-node"
import { openMidiOut } from "../net/midi-out"
import type { NetworkInterface } from "../net/network-interface"
import type { Address } from "../net/sockets"
import type { Follower } from "./play-session"

export interface ListModuleOptions {
  readonly on: NetworkInterface
  readonly listen: number
  readonly name: string
  readonly map: ClockMap
  readonly settings: NestedSettings
  readonly peers: readonly Address[]
  readonly midiOut: readonly string[]
}

export interface ListModule extends Follower {
  readonly node: LiveNode
  close(): void
}

export async function openListModule(options: ListModuleOptions): Promise<ListModule> {
  const { peers, midiOut, name, ...rest } = options
  const outputs = openMidiOut(midiOut)
  const role = peers.length > 0 ? "lead" : "alone"
  const node = await LiveNode.open({ ...rest, name, osc: {}, peers, role, priority: 0, onLoss: "hold", discover: false })
  node.deliver = (_, word) => outputs?.deliver(word)
  const { timeline } = node.player
  return {
    node,
    name,
    newestTerm: () => timeline.newest?.term ?? Math.floor(Date.now() / 1000),
    hear: (change) => void timeline.hear(change),
    close() {
      node.close()
      outputs?.close()
    },
  }
}

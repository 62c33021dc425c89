/** The network of a live host: what is wanted of it, and what panels are told of it. */
import type { StationOptions } from "../../src/net/station"
import type { StationStatus } from "../../src/net/station-status"
import type { SocketCounters, SocketOptions } from "./sockets"

/** What can be sent to another thread. */
export interface NetworkWishes {
  readonly sockets: Omit<SocketOptions, "on" | "map"> & {
    /** The interface's address. */
    readonly on: string
  }
  readonly station: StationOptions
}

export type NetworkReport = StationStatus &
  SocketCounters & {
    /** What the shared clock comes from, in words. */
    readonly clockSource: string
    /** Where OSC comes in. */
    readonly listening: string
  }

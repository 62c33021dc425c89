/** What a machine of a rig tells about itself and its network: plain values, for a line of text, a panel and a file alike. */
import type { SharedMicros } from "../osc/timetag"
import type { Micros } from "../time"
import type { LeaderState } from "./election"

export interface StationStatus {
  readonly name: string
  /** Another machine has lately been heard under the same name. */
  readonly hasNamesake: boolean
  readonly role: "lead" | "follow" | "alone"
  readonly state: LeaderState
  /** Whose timeline it is; null before one is known. */
  readonly leader: string | null
  /** Machines heard lately. */
  readonly peers: readonly string[]

  readonly isClockSet: boolean
  /** How wrong the shared clock may be here; it grows while nothing is heard of it. Null before it is known. */
  readonly errorMicros: Micros | null
  /** What is being slewed away. */
  readonly correctionMicros: Micros
  readonly roundTripMicros: Micros
  /** How fast the shared clock runs against this machine's own. */
  readonly ratePpm: number
  /** How long nothing has been heard of the shared clock. */
  readonly holdoverMicros: Micros
  /** Times that the clock that is followed was stepped. */
  readonly clockSteps: number
  readonly sharedMicros: SharedMicros | null

  /** The shared timeline: `tick` stands at `at`. Null before one is known. */
  readonly song: { readonly tick: number; readonly at: SharedMicros; readonly periodMicros: Micros; readonly isRunning: boolean } | null
  readonly lateChanges: number

  /** D, how far ahead of their time beats are sent, and the share of packets that would come late with it. */
  readonly forwardMicros: Micros
  /** Whether delays have been measured, or D is only a cautious guess. */
  readonly isForwardMeasured: boolean
  readonly lateShare: number
  readonly beatsSent: number

  /** Commands and ticks, and of those with a timetag how many came late, were dropped for it or refused. */
  readonly executed: number
  readonly late: number
  readonly dropped: number
  readonly tooFar: number
  readonly overflowed: number
  readonly refused: number
  /** How long before its time each came, in the classes of `MARGIN_EDGES`. */
  readonly margins: readonly number[]
}

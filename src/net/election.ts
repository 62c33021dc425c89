/**
 * Who leads. Every machine says hello once a second; a leader's heartbeats come four times a second. When they stop, everybody plays
 * on as before (the timeline needs no network). After `patience` either nothing more happens until the song is stopped by hand or
 * the leader is back (`stand`: the transport stops), or the machine with the least rank among those that can be heard takes over
 * (`elect`). Ranks are a priority and a name, so there is exactly one; if the network had fallen apart and two have taken over,
 * the higher term, then the lesser name wins, and the other follows.
 */
import type { Micros } from "../time"

export type LossPolicy = "elect" | "stand" | "hold"

export interface Rank {
  /** Less goes first. */
  readonly priority: number
  readonly id: string
}

export type LeaderState = "none" | "leading" | "following" | "holding" | "elect" | "stand"

const HELLO_LASTS_MICROS = 3_500_000
const MOST_HEARD = 256

function goesBefore(first: Rank, second: Rank): boolean {
  return first.priority !== second.priority ? first.priority < second.priority : first.id < second.id
}

export class Election {
  private readonly heard = new Map<string, { rank: Rank; at: Micros }>()
  private leader: string | undefined
  private leaderHeard: Micros = -Infinity

  constructor(
    readonly own: Rank,
    readonly policy: LossPolicy = "hold",
    private readonly lostAfter: Micros = 1_500_000,
    private readonly patience: Micros = 4_000_000,
  ) {}

  hello(rank: Rank, now: Micros): void {
    if (this.heard.size >= MOST_HEARD) for (const [id, { at }] of this.heard) if (now - at >= HELLO_LASTS_MICROS) this.heard.delete(id)
    if (this.heard.size < MOST_HEARD || this.heard.has(rank.id)) this.heard.set(rank.id, { rank, at: now })
  }

  /** A heartbeat of the leader that the timeline has accepted. */
  heartbeat(leader: string, now: Micros): void {
    this.leader = leader
    this.leaderHeard = now
  }

  /** What this machine is to do now. `elect`: take over, then call `heartbeat` with your own name. `stand`: stop. */
  state(now: Micros): LeaderState {
    if (this.leader === undefined) return "none"
    if (this.leader === this.own.id) return "leading"
    const silence = now - this.leaderHeard
    if (silence < this.lostAfter) return "following"
    if (silence < this.patience || this.policy === "hold") return "holding"
    if (this.policy === "stand") return "stand"
    return this.isFirst(now) ? "elect" : "holding"
  }

  /** Machines heard lately. */
  others(now: Micros): Rank[] {
    return [...this.heard.values()].filter(({ at }) => now - at < HELLO_LASTS_MICROS).map(({ rank }) => rank)
  }

  private isFirst(now: Micros): boolean {
    return this.others(now).every((rank) => rank.id === this.leader || rank.id === this.own.id || goesBefore(this.own, rank))
  }
}

/**
 * Who hears what this machine says to all: those it was told of, for good, and those it has met, as many as there are places. When the
 * places are taken, a newcomer gets that of the one who has been silent longest, if he is gone: a rig that is started again and again, from
 * other ports each time, would have none left at the end of the evening.
 */
import type { Address } from "../../src/net/ntp-exchange"
import type { Micros } from "../../src/time"

/** Five packets a second go to each; whoever says hello a hundred times from as many ports is no rig. */
const MOST = 64

/** Of hellos, which come once a second. */
const GONE_MICROS = 10_000_000

export class Peers {
  readonly all: Address[]
  private readonly lastMet = new Map<string, Micros>()

  constructor(named: readonly Address[]) {
    this.all = [...named]
  }

  met(at: Address, now: Micros): void {
    const known = this.all.some((each) => keyOf(each) === keyOf(at))
    if (!known && this.all.length >= MOST && !this.forgetOne(now)) return
    if (!known) this.all.push(at)
    if (!known || this.lastMet.has(keyOf(at))) this.lastMet.set(keyOf(at), now)
  }

  /** False where all places are of those who were named, or are here. */
  private forgetOne(now: Micros): boolean {
    let [oldest, since] = ["", now - GONE_MICROS]
    for (const [key, at] of this.lastMet) if (at < since) [oldest, since] = [key, at]
    const place = this.all.findIndex((each) => keyOf(each) === oldest)
    if (place >= 0) this.all.splice(place, 1)
    return this.lastMet.delete(oldest)
  }
}

function keyOf({ address, port }: Address): string {
  return `${address}:${port}`
}

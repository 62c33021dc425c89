/**
 * Packets and a timeline tell one module what to do. Whoever looks late (a stalled loop) finds both with something overdue: it is done
 * in the order of its times, so what a module hears does not depend on how often anyone looks.
 */
import type { Micros } from "../time"
import type { OscSession } from "./osc-session"
import type { TimelinePlayer } from "./timeline-player"

/** Does what is due by `now`; call before the module is rendered for it. */
export function pumpInOrder(session: OscSession, player: TimelinePlayer, now: Micros): void {
  for (let due; (due = Math.min(session.nextDue(now), player.nextDue())) <= now;) {
    session.pump(due)
    player.pump(due)
  }
  session.pump(now)
  player.pump(now)
}

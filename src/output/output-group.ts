/**
 * Outputs that are looked at together. The group knows when its first member is due, so asking it costs little while none is.
 */
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import type { Output } from "./output"

export class OutputGroup {
  readonly members: Output[] = []
  /** Nothing is due before; -Infinity where that is not known. */
  nextDue: Micros = -Infinity

  add(output: Output): void {
    this.members.push(output)
    this.nextDue = -Infinity
  }

  /** A member's due time may have changed. */
  touch(): void {
    this.nextDue = -Infinity
  }

  /** Sends everything due before `horizon`. */
  commit(horizon: Micros, out: EventSink): void {
    if (this.nextDue >= horizon) return
    const members = this.members
    let first = Infinity
    for (let i = 0; i < members.length; i++) {
      const output = members[i]
      let due = output.due
      while (due < horizon) {
        output.emit(out)
        due = output.due
      }
      if (due < first) first = due
    }
    this.nextDue = first
  }

  /** No member has anything due. */
  isIdle(): boolean {
    for (let i = 0; i < this.members.length; i++) if (this.members[i].due !== Infinity) return false
    return true
  }

  /** Sets all due times anew. */
  retime(): void {
    const members = this.members
    this.nextDue = -Infinity
    for (let i = 0; i < members.length; i++) members[i].retime()
  }

  /** The same for those that are due before `soon`, or wait. */
  retimeBefore(soon: Micros): void {
    const members = this.members
    for (let i = 0; i < members.length; i++) {
      const due = members[i].due
      if (due < soon || due === Infinity) {
        members[i].retime()
        this.nextDue = -Infinity
      }
    }
  }

  start(): void {
    const members = this.members
    this.nextDue = -Infinity
    for (let i = 0; i < members.length; i++) members[i].start()
  }

  stop(): void {
    const members = this.members
    this.nextDue = -Infinity
    for (let i = 0; i < members.length; i++) members[i].stop()
  }
}

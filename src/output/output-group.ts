/**
 * Outputs that are looked at together. The group knows when its first member is due, so asking it costs little while none is.
 * Its size is counted here: an array's `length` is a call on XS.
 */
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import type { Output } from "./output"

export class OutputGroup {
  /** Nothing is due before; -Infinity where that is not known. */
  nextDue: Micros = -Infinity
  private count = 0
  private readonly members: Output[] = []

  add(output: Output): void {
    this.members.push(output)
    this.count++
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
    const count = this.count
    let first = Infinity
    for (let i = 0; i < count; i++) {
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
    for (let i = 0; i < this.count; i++) if (this.members[i].due !== Infinity) return false
    return true
  }

  /** Sets all due times anew. */
  retime(): void {
    const members = this.members
    this.nextDue = -Infinity
    const count = this.count
    for (let i = 0; i < count; i++) members[i].retime()
  }

  /** The same for those that are due before `soon`, or wait. */
  retimeBefore(soon: Micros): void {
    const members = this.members
    const count = this.count
    for (let i = 0; i < count; i++) {
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
    const count = this.count
    for (let i = 0; i < count; i++) members[i].start()
  }

  stop(): void {
    const members = this.members
    this.nextDue = -Infinity
    const count = this.count
    for (let i = 0; i < count; i++) members[i].stop()
  }
}

/**
 * Outputs that are looked at together. The group knows when its first member is due, so asking it costs little while none is.
 * Its size is counted here: an array's `length` is a call on XS.
 */
import type { EventSink } from "../processor"
import type { Micros } from "../time"
import type { Output } from "./output"

/** Infinity is a property of the global object; a constant of the module is at hand. */
const NEVER = Infinity

export class OutputGroup {
  /** Nothing is due before; -Infinity where that is not known. */
  nextDue: Micros = -Infinity
  private count = 0
  /** A member has nothing due: it is silent, or cannot know yet. */
  private waits = true
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

  /** Sends everything due before `horizon`. Ask only where `nextDue` is. */
  commit(horizon: Micros, out: EventSink): void {
    const members = this.members
    const count = this.count
    let first = NEVER
    for (let i = 0; i < count; i++) {
      const output = members[i]
      let due = output.due
      while (due < horizon) {
        output.emit(out, horizon)
        due = output.due
      }
      if (due < first) first = due
      else if (due === NEVER) this.waits = true
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
    const count = this.count
    let first = NEVER
    for (let i = 0; i < count; i++) {
      const output = members[i]
      output.retime()
      const due = output.due
      if (due < first) first = due
      else if (due === NEVER) this.waits = true
    }
    this.nextDue = first
  }

  /** The same for those that are due before `soon`, or wait. */
  retimeBefore(soon: Micros): void {
    if (this.nextDue >= soon && !this.waits) return
    const members = this.members
    const count = this.count
    let first = NEVER
    let waits = false
    for (let i = 0; i < count; i++) {
      const output = members[i]
      let due = output.due
      if (due < soon || due === NEVER) {
        output.retime()
        due = output.due
        if (due === NEVER) waits = true
      }
      if (due < first) first = due
    }
    this.nextDue = first
    this.waits = waits
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

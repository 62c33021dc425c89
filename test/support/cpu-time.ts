/**
 * What work has cost in processor time, which a busy machine does not stretch as it stretches the time on the wall. For bars on how
 * fast something is.
 */
import { readFileSync } from "node:fs"

const TICKS_PER_SECOND = 100

/** CPU seconds this process has used by now. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** CPU seconds of a process so far, with the children it has waited for; of those alone with `childrenOnly`. 0 where there is no /proc. */
export function cpuSecondsOf(pid: number | "self", childrenOnly = false): number {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1")
  } catch {
    return 0
  }
  // utime, stime, cutime, cstime: fields 14..17 of proc(5), counted after the name in parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  const times = fields.slice(childrenOnly ? 13 : 11, 15).map(Number)
  return times.reduce((sum, time) => sum + time, 0) / TICKS_PER_SECOND
}

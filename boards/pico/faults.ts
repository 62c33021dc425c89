/** What the board has counted since power-up, by the names a report uses. */
import * as native from "./native"

/** By the native layer's numbers: see `fault`. `latestMicros` is no count: how late the latest departure was. The last
 * three are of SysEx that goes round the core, which counts its own by these names. */
const NAMES = [
  "outputsRefused",
  "outputsLate",
  "capturesLost",
  "dinErrors",
  "usbLost",
  "wakesLost",
  "latestMicros",
  "bytesDropped",
  "sysexTooLong",
  "midiBroken",
]

export class BoardFaults {
  /** Turns of the loop that ended in an exception. */
  exceptions = 0

  counters(): Record<string, number> {
    const counted: Record<string, number> = { exceptions: this.exceptions }
    for (let kind = 0; kind < NAMES.length; kind++) counted[NAMES[kind]] = native.fault(kind)
    return counted
  }
}

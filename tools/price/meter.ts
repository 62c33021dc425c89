/**
 * How long core 0 is in one function: from each entry to the return from it, everything it calls and every interrupt meanwhile
 * included. Calls within a call are part of it.
 */
import { CLOCK_HERTZ, type Chip } from "../emulate/chip"

const STACK = 13
const LINK = 14
const PROGRAM = 15

export class Meter {
  /** Since the last `reset`. */
  calls = 0
  longest = 0
  private cycles = 0
  private isInside = false
  private back = 0
  private stack = 0
  private since = 0

  constructor(chip: Chip, address: number) {
    const [{ core }] = chip.cores
    const execute = core.executeInstruction.bind(core)
    core.executeInstruction = () => {
      const program = core.registers[PROGRAM]
      if (this.isInside) {
        if (program === this.back && core.registers[STACK] === this.stack) this.leave(chip.cycles)
      } else if (program === address) {
        this.isInside = true
        this.back = core.registers[LINK] & ~1
        this.stack = core.registers[STACK]
        this.since = chip.cycles
      }
      return execute()
    }
  }

  get micros(): number {
    return (this.cycles / CLOCK_HERTZ) * 1e6
  }

  get longestMicros(): number {
    return (this.longest / CLOCK_HERTZ) * 1e6
  }

  reset(): void {
    this.calls = this.longest = this.cycles = 0
  }

  private leave(now: number): void {
    const took = now - this.since
    this.isInside = false
    this.calls++
    this.cycles += took
    if (took > this.longest) this.longest = took
  }
}

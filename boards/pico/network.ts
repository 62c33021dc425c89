/**
 * What the loop wants of a network, and the Pico's: none. Its radio is what another board has more; that board's manifest puts a file of its
 * own in the place of this one (../network/README.md).
 */
import type { Backend } from "../../src/backend"
import type { Module } from "../../src/module"
import type { Processor } from "../../src/processor"
import type { Micros } from "../../src/time"

export interface Network {
  /** The core, or the core and what is told to it from afar. */
  readonly player: Processor
  /** Once a turn, after the beat's work. */
  turn(): void
  nextTurn(): Micros
  /** Some times a second. */
  look(): void
  counters(): Record<string, number>
}

class NoNetwork implements Network {
  constructor(readonly player: Module) {}

  turn(): void {}

  nextTurn(): Micros {
    return this.player.nextTurn()
  }

  look(): void {}

  counters(): Record<string, number> {
    return {}
  }
}

/** `wake` asks for a turn soon. */
export const openNetwork: (core: Module, backend: Backend, wake: () => void) => Network = (core) => new NoNetwork(core)

/**
 * The smallest back end there is: virtual time, the simulator's own queue, fixed room. It shows what the contract asks for, and
 * lets a test run the main loop of a board (`pump`) as seldom and as irregularly as a board does.
 */
import { OrderedQueue } from "../../host-sim/ordered-queue"
import { type Backend, feed } from "../../src/backend"
import type { Processor } from "../../src/processor"
import type { BackendUnderTest, Delivered } from "./backend"

export class VirtualBackend implements Backend, BackendUnderTest {
  readonly backend = this
  readonly #outputs = new OrderedQueue()
  readonly #captured: Delivered[] = []
  readonly #left: Delivered[] = []
  #now = 0
  #refused = 0
  #open = true

  constructor(readonly capacity: number) {}

  now = () => this.#now
  delivered = () => this.#left
  refused = () => this.#refused

  schedule(time: number, event: number): boolean {
    if (this.#outputs.length >= this.capacity) return this.#full()
    this.#outputs.push(time, event)
    return true
  }

  arrive(time: number, event: number): boolean {
    if (this.#captured.length >= this.capacity) return this.#full()
    this.#captured.push({ time, event })
    return true
  }

  drain(to: Processor): void {
    for (const { time, event } of this.#captured.splice(0)) feed(to, this, time, event)
  }

  passTo = (time: number): void => {
    this.#now = Math.max(this.#now, time)
    if (this.#open) this.#outputs.deliver(this.#now, (due, event) => this.#left.push({ time: due, event }))
  }

  close(): void {
    this.#open = false
  }

  #full(): false {
    this.#refused++
    return false
  }
}

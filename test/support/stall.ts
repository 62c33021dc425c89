/**
 * Stalls of the main thread, to see whether others go on meanwhile. Judged by what was done in the middle of them, not by how punctually:
 * where the machine is so busy that the others hardly run at all, a test that is repeated stalls four times as long each time, and what
 * hangs on the main thread fails whatever the length.
 */
import type { Context } from "mocha"
import { sleep } from "./sleep"

const LONGER = 4

export interface Stall<Time> {
  readonly from: Time
  readonly until: Time
}

/** Stalls `count` times for `milliseconds`, with pauses of 200 ms; `now` is read at the beginning and at the end of each. */
export async function stall<Time>(context: Context, count: number, milliseconds: number, now: () => Time): Promise<Stall<Time>[]> {
  const length = stallMilliseconds(context, milliseconds)
  const stalls: Stall<Time>[] = []
  for (let i = 0; i < count; i++) {
    const from = now()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, length)
    stalls.push({ from, until: now() })
    await sleep(200)
  }
  return stalls
}

/** How long they are this time. */
export function stallMilliseconds(context: Context, milliseconds: number): number {
  const test = context.test as unknown as { currentRetry(): number } // mocha's typings lack it
  return milliseconds * LONGER ** test.currentRetry()
}

/**
 * What drivers say of their latency is right within half a millisecond or so, and each says something else. Cards of a kind have the same
 * latency, to the sample; so cards that say nearly the same are taken to have the mean of it, and what is left between them is what
 * their clocks say, which is a hundred times better.
 */
import type { Micros } from "../../src/time"

/** Cards of a kind say the same within this. */
const ALIKE_MICROS = 3000

/** One for each card; those without (undefined) stay so. */
export function sharedLatencies(said: readonly (Micros | undefined)[]): (Micros | undefined)[] {
  const order = said.map((_, index) => index).filter((index) => said[index] !== undefined)
  order.sort((one, other) => (said[one] as Micros) - (said[other] as Micros))
  const shared: (Micros | undefined)[] = said.map(() => undefined)
  let kind: number[] = []
  order.forEach((index, place) => {
    kind.push(index)
    const next = order[place + 1] as number | undefined
    if (next !== undefined && (said[next] as Micros) - (said[index] as Micros) <= ALIKE_MICROS) return
    const mean = kind.reduce((sum, one) => sum + (said[one] as Micros), 0) / kind.length
    for (const one of kind) shared[one] = mean
    kind = []
  })
  return shared
}

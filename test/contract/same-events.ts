/** Two runs compared event for event, their times to the bit. */
import assert from "node:assert/strict"
import { byteOf, lengthOf, OUTPUT_PORTS, portOf, valueOf } from "../../src/event"
import type { Events } from "./codec"

/** Fails with the first event that differs, in words. */
export function assertSameEvents(actual: Events, expected: Events): void {
  const count = Math.max(actual.times.length, expected.times.length)
  for (let index = 0; index < count; index++) {
    if (Object.is(actual.times[index], expected.times[index]) && actual.words[index] === expected.words[index]) continue
    assert.fail(`event ${index} of ${count} differs: ${show(actual, index)}; expected ${show(expected, index)}`)
  }
}

/** The events of each port apart, in time order, as lines: between ports, and before a sink has sorted them, order is free. */
export function byPort(events: Events): string[][] {
  const order = Array.from(events.times.keys()).sort((one, other) => events.times[one] - events.times[other])
  const ports: string[][] = OUTPUT_PORTS.map(() => [])
  for (const index of order) ports[portOf(events.words[index])].push(show(events, index))
  return ports
}

function show(events: Events, index: number): string {
  if (index >= events.times.length) return "none"
  const word = events.words[index]
  const content = lengthOf(word) === 0 ? [valueOf(word)] : [0, 1, 2].slice(0, lengthOf(word)).map((at) => byteOf(word, at).toString(16))
  return `${OUTPUT_PORTS[portOf(word)]} ${content.join(" ")} at ${events.times[index]}`
}

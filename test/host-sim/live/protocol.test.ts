import assert from "node:assert/strict"
import fc from "fast-check"
import { IN_KEYS, IN_POT_TEMPO } from "../../../src/event"
import { readRequest } from "../../../host-sim/live/protocol"

const read = (message: unknown) => readRequest(JSON.stringify(message))

/** Objects in objects. */
function deep(levels: number): object {
  return levels === 0 ? {} : { sync: deep(levels - 1) }
}

describe("what a panel may say", () => {
  it("takes inputs as a trace has them, settings, a test clock, and save", () => {
    assert.deepEqual(read({ id: 1, input: { port: "keys", bytes: [97] } }), {
      kind: "input",
      id: 1,
      port: IN_KEYS,
      content: { bytes: [97] },
    })
    assert.deepEqual(read({ id: 2, input: { port: "pot-tempo", value: 1023 } }), {
      kind: "input",
      id: 2,
      port: IN_POT_TEMPO,
      content: { value: 1023 },
    })
    assert.deepEqual(read({ id: 3, set: { tempo: 130 } }), { kind: "set", id: 3, set: { tempo: 130 } })
    assert.deepEqual(read({ id: 4, clock: null }), { kind: "clock", id: 4, clock: null })
    assert.deepEqual(read({ id: 5, save: true }), { kind: "save", id: 5 })
  })

  for (const [why, message] of [
    ["a level of 2", { id: 1, input: { port: "cv", level: 2 } }],
    ["a pot beyond its end", { id: 1, input: { port: "pot-arp", value: 1024 } }],
    ["a port that is none", { id: 1, input: { port: "toString", level: 1 } }],
    ["no bytes", { id: 1, input: { port: "keys", bytes: [] } }],
    ["a byte of 256", { id: 1, input: { port: "midi-usb", bytes: [256] } }],
    ["a number that is none", { id: 1, clock: { tempo: "fast", ppqn: 1, jitterMicros: 0 } }],
    ["settings that are a list", { id: 1, set: [] }],
    ["settings that have no end", { id: 1, set: deep(9) }],
    ["cards that are a list", { id: 1, useCards: [] }],
    ["cards that have no end", { id: 1, useCards: deep(9) }],
    ["no id", { set: {} }],
    ["a half id", { id: 1.5, set: {} }],
  ] as const) {
    it(`refuses ${why}, and says what was expected`, () => {
      const answer = read(message)
      assert.equal(answer.kind, "refused")
      assert.match(answer.kind === "refused" ? answer.problem : "", /\w{4}/)
    })
  }

  it("survives anything", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((text) => text.slice(1)),
    )
    const near = fc.record({
      id: fc.oneof(fc.nat(), fc.anything()),
      input: fc.record({ port: fc.constantFrom("cv", "keys", "pot-arp", "__proto__"), level: fc.anything(), bytes: fc.anything() }),
    })
    fc.assert(
      fc.property(
        fc.oneof(
          anything,
          near.map((one) => JSON.stringify(one)),
        ),
        (text) => {
          const answer = readRequest(String(text))
          if (answer.kind !== "refused") assert.ok(Number.isInteger(answer.id))
        },
      ),
      { numRuns: 500 },
    )
  })
})

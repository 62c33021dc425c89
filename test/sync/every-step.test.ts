/**
 * Every key in every state at every step of a part, on the boundary and on the last moment before it, one microsecond to either
 * side included, on all four channels at once: each plays what the oracle says, and each instrument is on the step it shows.
 */
import assert from "node:assert/strict"
import { Collector } from "./collector"
import { SyncOracle } from "./oracle"

const PART = 2e6
const BOUNDARY = 10000 + 3 * PART
const ROWS = ["abcd", "ijkl", "IJKL"]

/** Keys of channel 1 that lead to each state: what is pressed in the first, second and third part. */
const STATES: Record<string, string> = {
  running: "",
  stopped: "a",
  paused: "i",
  "stopped and stepped": "a ii",
  "running, about to stop": "  a",
  "running, about to pause": "  i",
  "stopped, about to start": "a a",
  "stopped and stepped, about to start": "a iia",
  "paused, about to resume": "i i",
  "paused, about to stop": "i a",
}
const ACTIONS = ["a", "i", "I", "aa", "ai", "ia", "s", "x", "a9", "i]]"]

/** The same key for another channel. */
function forChannel(keys: string, channel: number): string {
  return [...keys].map((key) => ROWS.find((row) => row[0] === key)?.[channel] ?? (channel === 0 ? key : "")).join("")
}

function moments(): number[] {
  const times: number[] = []
  for (let step = 0; step < 16; step++) times.push(BOUNDARY - PART + step * 125000, BOUNDARY - PART + step * 125000 + 60000)
  for (const around of [BOUNDARY - 8000, BOUNDARY]) for (const by of [-1, 0, 1]) times.push(around + by)
  return times
}

/** Plays the prelude and then, at `time`, the action's keys on every channel. */
function play(prelude: string, action: string, time: number): { collector: Collector; oracle: SyncOracle } {
  const collector = new Collector({ source: "internal", wait: 2 })
  const oracle = new SyncOracle()
  oracle.wait = oracle.nextWait = 2
  const press = (at: number, keys: string) => {
    for (let channel = 0; channel < 4; channel++) {
      for (const key of forChannel(keys, channel)) {
        collector.key(at, key)
        oracle.press(at, key)
      }
    }
  }
  prelude.split(" ").forEach((keys, part) => press(20000 + part * (PART - 5000), keys))
  press(time, action)
  const until = BOUNDARY + 4 * PART - 500000
  collector.runTo(until)
  oracle.advance(until)
  return { collector, oracle }
}

describe("every key at every step", () => {
  for (const [state, prelude] of Object.entries(STATES)) {
    it(`of a channel that is ${state}`, () => {
      for (const action of ACTIONS) {
        for (const time of moments()) {
          const { collector, oracle } = play(prelude, action, time)
          const where = `${action} at ${time}`
          for (let channel = 0; channel < 4; channel++) {
            const played = collector.rises[channel].filter((at) => at < collector.until)
            const wanted = oracle.players[channel].pulses.filter((at) => at < collector.until)
            assert.deepEqual(played.map(Math.round), wanted.map(Math.round), `${where}, channel ${channel + 1}`)
            assert.deepEqual(collector.rises[channel], collector.rises[0], `${where}: all four play as one`)
            if (action === "i]]" || action === "a9") continue
            // An instrument counts pulses, eight to a part: on a boundary it is as far off as the module says.
            const last = played.filter((at) => at < BOUNDARY + 3 * PART - 1).length
            assert.equal(last % 8, collector.module.bank.channels[channel].pulsesOff, `${where}: the step shown is true`)
          }
        }
      }
    })
  }
})

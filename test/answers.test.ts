/** A board that fires the answers on capture sends the very same events as one that leaves it to the core. */
import assert from "node:assert/strict"
import { ANSWERED } from "../src/answers"
import { LEAD_MICROS, feed } from "../src/backend"
import { type EventWord, IN_CV, IN_REMOTE, levelEvent, OUT_RUN, REMOTE_PLAY } from "../src/event"
import { Module } from "../src/module"
import type { EventSink } from "../src/processor"
import { steady } from "./support/rack"

/** How a pulse rises on a board that arms what is offered, and fires it (`fires`), or has no way to: returns how many events it fired. */
function riser(module: Module, out: EventSink, fires: boolean): (time: number) => number {
  const armed: EventWord[] = []
  if (fires)
    module.answers.armBy((_, words, count) => {
      armed.splice(0, Infinity, ...words.slice(0, count))
      return true
    })
  return (time) => {
    module.answers.keepArmed()
    const fired = armed.splice(0)
    for (const word of fired) out.schedule(time, word)
    feed(module, out, time, levelEvent(IN_CV, fired.length > 0 ? 1 + ANSWERED : 1))
    return fired.length
  }
}

function play(answers: boolean, times: readonly number[], settings: Record<string, unknown>) {
  const module = new Module({ ...settings })
  const events: string[] = []
  let fired = 0
  const out = {
    schedule(time: number, word: number) {
      events.push(`${Math.round(time)}:${word}`)
      return true
    },
  }
  const rise = riser(module, out, answers)
  for (const time of times) {
    module.render(time + LEAD_MICROS - 1, out)
    fired += rise(time)
    feed(module, out, time + 1000, levelEvent(IN_CV, 0))
  }
  module.render(times[times.length - 1] + 1e6, out)
  return { events: events.sort(), fired }
}

describe("answers on capture", () => {
  for (const ppqn of [1, 4, 24]) {
    it(`are what the core would have sent itself, at ${ppqn} PPQN, wandering tempo and all`, () => {
      const times = steady(1e6, 120, ppqn, 30 * ppqn).map((time, i) => Math.round(time + 4000 * Math.sin(i / 7)))
      const settings = { cv: { ppqn, policy: "follow" }, sync: [{ ppqn: 24 }, { swing: 60 }] }
      const byCore = play(false, times, settings)
      const byBoard = play(true, times, settings)
      assert.deepEqual(byBoard.events, byCore.events)
      assert.equal(byCore.fired, 0)
      assert.ok(byBoard.fired > times.length, `${byBoard.fired} answers to ${times.length} pulses`)
    })
  }

  it("are offered anew for every pulse, however the turns fall between", () => {
    for (const turn of [500, 1700, 3000, 7000]) {
      const module = new Module({ cv: { ppqn: 24, policy: "follow" } })
      const out = { schedule: () => true }
      const rise = riser(module, out, true)
      const offered: boolean[] = []
      let now = 1e6
      for (const time of steady(1e6, 120, 24, 60)) {
        for (; now < time; now += turn) module.render(now + LEAD_MICROS, out)
        offered.push(rise(time) > 0)
        module.render(time + 100 + LEAD_MICROS, out)
        feed(module, out, time + 2000, levelEvent(IN_CV, 0))
        now = time + 2500
      }
      assert.ok(
        offered.slice(3).every((is) => is),
        `a turn each ${turn} us: ${offered.map(Number).join("")}`,
      )
    }
  })

  it("are offered as soon as the pulse before is dealt with, while its own pulses are still high", () => {
    for (const early of [0, 6000, 11500]) {
      const play = (fires: boolean) => {
        const module = new Module({
          cv: { ppqn: 24, policy: "follow" },
          clock: { ppqn: 24, widthMicros: 10000 },
          sync: [{ ppqn: 24 }, { ppqn: 2 }],
        })
        const events: { time: number; word: number }[] = []
        const out = { schedule: (time: number, word: number) => events.push({ time, word }) > 0 }
        const rise = riser(module, out, fires)
        const offered: number[] = []
        // No turn but those at the pulses' own edges, falls of 5 and 10 ms not yet committed.
        steady(1e6, 120, 24, 120).forEach((steadyTime, i) => {
          const time = i % 24 === 13 ? steadyTime - early : steadyTime
          offered.push(rise(time))
          feed(module, out, time + 1000, levelEvent(IN_CV, 0))
        })
        module.render(5e6, out)
        return { offered, events: events.map(({ time, word }) => `${Math.round(time)}:${word}`).sort() }
      }
      const answered = play(true)
      assert.deepEqual(answered.events, play(false).events)
      assert.ok(
        answered.offered.slice(3).every((count) => count >= 2),
        `${early} us early: ${answered.offered.join("")}`,
      )
    }
  })

  for (const [ppqn, jitter] of [
    [1, 5000],
    [1, 60000],
    [2, 20000],
    [4, 20000],
    [24, 4000],
  ]) {
    it(`take nothing else as sent: a part that begins on a pulse which comes early, ${jitter} us of jitter at ${ppqn} PPQN`, () => {
      let seed = 7
      const random = () => (seed = (seed * 48271) % 0x7fffffff) / 0x3fffffff - 1
      const times = steady(1e6, 120, ppqn, 40 * ppqn).map((time, i) => Math.round(i > 4 ? time + random() * jitter : time))
      const settings = { cv: { ppqn, policy: "follow" }, sync: [{ ppqn: 4 }, { ppqn: 2 }, { ppqn: 1 }], part: { steps: 4 } }
      const counts = (answers: boolean) => {
        const count: Record<string, number> = {}
        for (const event of play(answers, times, settings).events) count[event.split(":")[1]] = (count[event.split(":")[1]] ?? 0) + 1
        return count
      }
      assert.deepEqual(counts(true), counts(false))
    })
  }

  it("do not swallow what else leaves with a pulse: a clock that goes on while stopped, and then the song starts", () => {
    const play = (fires: boolean): string[] => {
      const module = new Module({ cv: { ppqn: 24, policy: "follow" }, clock: { whileStopped: true }, transport: { start: "button" } })
      const events: string[] = []
      const out = { schedule: (time: number, word: number) => events.push(`${Math.round(time)}:${word}`) > 0 }
      const rise = riser(module, out, fires)
      steady(1e6, 120, 24, 60).forEach((time, i) => {
        if (i === 30) feed(module, out, time - 5000, levelEvent(IN_REMOTE, REMOTE_PLAY))
        module.render(time - 1 + LEAD_MICROS, out)
        rise(time)
        feed(module, out, time + 1000, levelEvent(IN_CV, 0))
      })
      return events.sort()
    }
    assert.deepEqual(play(true), play(false))
    assert.ok(play(true).some((event) => event.endsWith(`:${levelEvent(OUT_RUN, 1)}`)))
  })

  it("are offered no longer once the clock is not followed: not by policy, nor by source", () => {
    for (const change of [{ cv: { policy: "predict" } }, { source: "internal" }]) {
      const module = new Module({ cv: { ppqn: 24, policy: "follow" } })
      const out = { schedule: () => true }
      const times = steady(1e6, 120, 24, 60)
      times.forEach((time, i) => {
        module.render(time - 1000 + LEAD_MICROS, out)
        if (i === 30) {
          assert.ok(module.answers.count > 0)
          assert.deepEqual(module.change(time - 1000, change), [])
        }
        feed(module, out, time, levelEvent(IN_CV, 1))
        feed(module, out, time + 2000, levelEvent(IN_CV, 0))
        if (i >= 30) assert.equal(module.answers.count, 0)
      })
    }
  })

  it("are not offered where the clock is predicted", () => {
    const module = new Module({ cv: { ppqn: 24 } })
    const out = { schedule: () => true }
    for (const time of steady(1e6, 120, 24, 200)) feed(module, out, time, levelEvent(IN_CV, 1))
    assert.equal(module.answers.count, 0)
  })
})

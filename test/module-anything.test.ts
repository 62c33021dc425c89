/**
 * Whatever comes, in clusters: pulses that jump and fail, buttons, keys, resets, MIDI transport in one moment, settings turned in play.
 * What must hold all the same: each output's edges alternate, in order and apart, and at the end it rests; both MIDI outputs carry
 * the same song; and it makes no difference how often the module is asked.
 */
import { strict as assert } from "node:assert"
import { LEAD_MICROS } from "../src/backend"
import * as E from "../src/event"
import { ANSWER_MICROS, BOARD_ANSWER_MICROS } from "../src/lead"
import { Module } from "../src/module"

interface Moment {
  time: number
  words?: number[]
  change?: object
}
interface Sent {
  time: number
  word: number
}
interface Script {
  settings: object
  answerMicros: number
  inputs: Moment[]
}

const STOP = 6e6
const END = 9e6
const SEEDS = 200
const LEVELS = [E.OUT_CLOCK, E.OUT_RUN, E.OUT_RESET, E.OUT_SYNC, E.OUT_SYNC + 1, E.OUT_SYNC + 2, E.OUT_SYNC + 3, E.OUT_ARP]
const SHORTEST_MICROS = 250
const TRANSPORTS = [[0xfa], [0xfb], [0xfc], [0xfc, 0xfa], [0xfc, 0xf2, 8, 1, 0xfb], [0xfc, 0xfb], [0xfa, 0xfc], [0xf2, 3, 0, 0xfb]]

function randomOf(seed: number) {
  let state = seed * 48271
  const below = (count: number) => {
    state = (state * 48271) % 0x7fffffff
    return state % count
  }
  return { below, of: <T>(list: readonly T[]): T => list[below(list.length)] }
}

type Random = ReturnType<typeof randomOf>
const width = (random: Random) => random.of([500, 1000, 2000, 5000, 5001, 8000, 15000])
const ppqn = (random: Random) => random.of([1, 2, 4, 8, 24])
const polarity = (random: Random) => random.of(["positive", "negative"])

function settingsOf(random: Random): object {
  return {
    source: random.of(["cv", "internal", "auto", "midi-usb"]),
    tempo: 40 + random.below(280),
    cv: { ppqn: ppqn(random), policy: random.of(["predict", "follow"]) },
    clock: { ppqn: ppqn(random), widthMicros: width(random), whileStopped: random.below(3) === 0 },
    lost: { action: random.of(["stop", "flywheel"]) },
    transport: { start: random.of(["auto", "button"]) },
    sync: [0, 1, 2, 3].map(() => ({ ppqn: ppqn(random), widthMicros: width(random), polarity: polarity(random) })),
    arp: { mode: random.below(3), widthMicros: width(random) },
  }
}

function changeOf(random: Random): object {
  const sync = (change: object) => ({ sync: [...Array.from({ length: random.below(4) }, () => ({})), change] })
  return random.of<() => object>([
    () => ({ clock: { widthMicros: width(random), swing: 50 + random.below(26) } }),
    () => ({ clock: { ppqn: ppqn(random), whileStopped: random.below(2) === 0 } }),
    () => ({ tempo: 20 + random.below(500), part: { steps: 1 + random.below(16) } }),
    () => ({ arp: { mode: random.below(3), polarity: polarity(random) } }),
    () => ({ cv: { policy: random.of(["predict", "follow"]), ppqn: ppqn(random) } }),
    () => ({ source: random.of(["cv", "internal", "auto"]) }),
    () => sync({ widthMicros: width(random), swing: 50 + random.below(26) }),
    () => sync({ ppqn: ppqn(random) }),
    () => sync({ polarity: polarity(random) }),
  ])()
}

function scriptOf(seed: number): Script {
  const random = randomOf(seed)
  const inputs: Moment[] = []
  const gate = (port: number, time: number, micros: number) =>
    inputs.push({ time, words: [E.levelEvent(port, 1)] }, { time: time + micros, words: [E.levelEvent(port, 0)] })
  const settings = settingsOf(random)
  let period = random.of([8333, 20833, 62500, 125000, 250000])
  for (let time = 200000; time < STOP; time += Math.max(6000, period + random.below(period / 4) - random.below(period / 4))) {
    if (seed % 3 === 0) inputs.push({ time, words: [E.byteEvent(E.IN_MIDI_USB, 0xf8)] })
    else gate(E.IN_CV, time, 2000)
    if (random.below(60) === 0) period = Math.max(6000, (period * (60 + random.below(100))) / 100)
    if (random.below(100) === 0) time += period * 7
  }
  for (let time = 300000; time < STOP; time += random.below(3) === 0 ? random.below(400000) : random.below(12000)) {
    const kind = random.below(11)
    if (kind < 4) inputs.push({ time, change: changeOf(random) })
    else if (kind < 6) gate(random.of([E.IN_RESET, E.IN_RUN]), time, random.of([1000, 50000]))
    else if (kind < 8) gate(E.IN_BUTTON_PLAY + random.below(10), time, 40000)
    else if (kind === 8) inputs.push({ time, words: [E.byteEvent(E.IN_KEYS, random.of([..."qwerasdf[]90-=56 1234"]).charCodeAt(0))] })
    else if (kind === 9) inputs.push({ time, words: [E.levelEvent(E.IN_REMOTE, random.below(3))] })
    else inputs.push({ time, words: random.of(TRANSPORTS).map((byte) => E.byteEvent(E.IN_MIDI_USB, byte)) })
  }
  inputs.push({ time: STOP + 300000, change: { clock: { whileStopped: false }, lost: { action: "stop" }, arp: { mode: 1 } } })
  for (const time of [STOP + 600000, STOP + 700000]) inputs.push({ time, words: [E.levelEvent(E.IN_REMOTE, E.REMOTE_STOP)] })
  return { settings, answerMicros: random.of([ANSWER_MICROS, BOARD_ANSWER_MICROS]), inputs: inputs.sort((a, b) => a.time - b.time) }
}

function play({ settings, answerMicros, inputs }: Script, next: (module: Module, now: number) => number) {
  const module = new Module(settings)
  module.conductor.answerMicros = answerMicros
  const sent: Sent[] = []
  const sink = { schedule: (time: number, word: number) => sent.push({ time, word }) > 0 }
  let at = 0
  for (let now = 0; now < END;) {
    const time = inputs[at]?.time ?? Infinity
    now = Math.min(time, Math.max(next(module, now), now + 1000), END)
    if (time === now) {
      const { words = [], change } = inputs[at++]
      for (const word of words) {
        module.render(now + LEAD_MICROS, sink)
        module.input(now, word)
      }
      module.render(now + LEAD_MICROS, sink)
      if (change) module.change(now, change)
    }
    module.render(now + LEAD_MICROS, sink)
  }
  return { module, sent }
}

/** Where a slave's song stands that hears this port, and how many clocks came. */
function gearOf(sent: readonly Sent[], port: number): string {
  let [clocks, position, runs] = [0, 0, false]
  const bytes = sent
    .filter(({ word }) => E.portOf(word) === port)
    .flatMap(({ word }) => [0, 1, 2].slice(0, E.lengthOf(word)).map((i) => E.byteOf(word, i)))
  bytes.forEach((byte, i) => {
    if (byte === 0xf2) position = 6 * (bytes[i + 1] + 128 * bytes[i + 2])
    if (byte === 0xfa) position = 0
    if (byte >= 0xfa) runs = byte !== 0xfc
    if (byte !== 0xf8) return
    clocks++
    if (runs) position++
  })
  return `${clocks} clocks, ${runs ? "running" : "stopped"} at ${position}`
}

function check(module: Module, sent: readonly Sent[]): void {
  for (const port of LEVELS) {
    const edges = sent.filter(({ word }) => E.portOf(word) === port)
    for (let i = 1; i < edges.length; i++) {
      const [before, { time, word }] = [edges[i - 1], edges[i]]
      assert.notEqual(word, before.word, `${E.OUTPUT_PORTS[port]}: no change at ${time}`)
      assert.ok(time - before.time >= SHORTEST_MICROS, `${E.OUTPUT_PORTS[port]}: an edge at ${time} behind one at ${before.time}`)
    }
    if (edges.length > 0)
      assert.equal(E.valueOf(edges[edges.length - 1].word), module.restingLevel(port), `${E.OUTPUT_PORTS[port]} does not rest`)
  }
  for (const port of [E.OUT_MIDI_DIN, E.OUT_MIDI_USB]) {
    const times = sent.filter(({ word }) => E.portOf(word) === port).map(({ time }) => time)
    for (let i = 1; i < times.length; i++)
      assert.ok(times[i] >= times[i - 1], `${E.OUTPUT_PORTS[port]}: ${times[i]} behind ${times[i - 1]}`)
  }
  assert.equal(gearOf(sent, E.OUT_MIDI_DIN), gearOf(sent, E.OUT_MIDI_USB))
}

describe("a module to which anything happens", () => {
  for (let first = 1; first <= SEEDS; first += 10) {
    it(`keeps its outputs in order: ${first} to ${first + 9}`, () => {
      for (let seed = first; seed < first + 10; seed++) {
        const script = scriptOf(seed)
        const often = play(script, (_, now) => now + 1000)
        const seldom = play(script, (module) => module.nextTurn())
        try {
          check(often.module, often.sent)
          const sorted = (sent: Sent[]) => sent.sort((a, b) => a.time - b.time || a.word - b.word)
          assert.deepEqual(sorted(seldom.sent), sorted(often.sent))
        } catch (error) {
          throw new Error(`script ${seed}: ${(error as Error).message.slice(0, 500)}`)
        }
      }
    })
  }
})

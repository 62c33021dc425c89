/** A driver in virtual time is watched by a program that looks when it is told to, and on a busy machine later. */
import assert from "node:assert"
import { type Gulp, GulpWatch } from "../../../host-sim/cards/gulp-watch"
import { SaidLatency } from "../../../host-sim/cards/said-latency"
import { seededRandom } from "../../support/virtual-network"

const RATE = 48000
const QUANTUM = 128
const PERIOD = 1365
const PERIOD_MICROS = (PERIOD / RATE) * 1e6
/** Rendering takes so long: who looks in the middle of it sees a part. */
const RENDERING_MICROS = 100
/** The same where a list is read between its samples, on a busy machine. */
const LONG_RENDERING_MICROS = 1500

function watched(
  seconds: number,
  lateness: (local: number) => number,
  renderingMicros = RENDERING_MICROS,
): { gulps: Gulp[]; looks: number } {
  let now = 0
  const gulps: Gulp[] = []
  const rendered = (frames: number) => Math.ceil(frames / QUANTUM) * QUANTUM
  const context = {
    get currentTime() {
      const periods = Math.floor(now / PERIOD_MICROS) + 1
      const done = Math.min(1, (now % PERIOD_MICROS) / renderingMicros)
      const [from, to] = [rendered((periods - 1) * PERIOD), rendered(periods * PERIOD)]
      return (from + Math.floor(((to - from) * done) / QUANTUM) * QUANTUM) / RATE
    },
    outputLatency: 0.25,
  }
  const watch = new GulpWatch(
    context,
    RATE,
    () => now,
    (gulp) => gulps.push(gulp),
  )
  let looks = 0
  for (; now < seconds * 1e6; looks++) {
    const wait = watch.look()
    now += (wait > 0 ? wait * 1000 : 160) + lateness(now)
  }
  return { gulps, looks }
}

describe("a card that asks for frames", () => {
  it("is seen to ask within a fifth of a millisecond and to the frame, for some looks at each gulp", () => {
    const { gulps, looks } = watched(30, () => 20)
    const settled = gulps.slice(200)
    for (const { local, frames, latencyMicros } of settled) {
      const late = local - (frames / RATE) * 1e6
      assert.ok(Math.abs(frames % PERIOD) === 0 && late >= 0 && late < 200 && latencyMicros === 250_000, `${late} us at ${frames}`)
    }
    assert.ok(settled.length > 0.95 * (30e6 / PERIOD_MICROS - 200), `${settled.length} gulps`)
    assert.ok(looks < 16 * (30e6 / PERIOD_MICROS), `${looks} looks`)
  })

  it("is seen when it asks, not when all has been rendered, and looked for at the right time after a late look", () => {
    const random = seededRandom(4)
    const { gulps } = watched(60, () => (random() < 0.002 ? 25_000 : random() * 60), LONG_RENDERING_MICROS)
    const settled = gulps.slice(200)
    const late = settled.map(({ local, frames }) => local - (frames / RATE) * 1e6)
    assert.ok(settled.every(({ frames }) => frames % PERIOD === 0))
    assert.ok(settled.length > 0.9 * (60e6 / PERIOD_MICROS - 200), `${settled.length} gulps`)
    assert.ok(late.filter((each) => each > 700).length < 0.01 * late.length, `${late.filter((each) => each > 700).length} seen late`)
  })

  it("is seen late by a busy machine, but hardly ever early, and no part of a gulp is told", () => {
    const random = seededRandom(3)
    const { gulps } = watched(60, () => (random() < 0.02 ? random() * 60_000 : random() * 300))
    const settled = gulps.slice(250)
    assert.ok(settled.length > 500)
    for (const { local, frames } of settled) {
      const late = local - (frames / RATE) * 1e6
      assert.ok(frames % PERIOD === 0 && late > -1000, `${late} us at ${frames}`)
    }
    assert.ok(settled.filter(({ local, frames }) => local < (frames / RATE) * 1e6).length < 0.01 * settled.length)
    const prompt = settled.filter(({ local, frames }) => local - (frames / RATE) * 1e6 < 600)
    assert.ok(prompt.length > 0.5 * settled.length, `${prompt.length} of ${settled.length}`)
  })
})

describe("what a driver says of its latency", () => {
  it("is kept as it was found while it wanders, and taken anew where the buffer has become another", () => {
    const said = new SaidLatency()
    const hear = (millis: number, count: number) => {
      for (let index = 0; index < count; index++) said.hear(millis * 1000 + 1800 * Math.sin(index / 30))
    }
    hear(283, 5)
    const found = said.micros
    assert.ok(found !== undefined && Math.abs(found - 283_000) < 500)
    hear(283, 2000)
    assert.strictEqual(said.micros, found)
    hear(340, 400)
    assert.ok(Math.abs((said.micros ?? 0) - 340_000) < 2000)
  })
})

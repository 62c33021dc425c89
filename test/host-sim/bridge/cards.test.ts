/**
 * The bridge as its user runs it, on four PulseAudio cards with crystals of their own. In `npm test` a short run is judged by what was
 * played, not by when: the machine may be busy. `TACTUS_BRIDGE_SECONDS=120` makes a long one of it and prints figures worth reading.
 */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Context } from "mocha"
import { quantile } from "../../support/figures"
import type { HeardPulse, PulseCard } from "../../support/pulse-card"
import { PulseCards } from "../../support/pulse-cards"
import { sleep, until } from "../../support/sleep"

const SECONDS = Number(process.env.TACTUS_BRIDGE_SECONDS ?? 8)
const CRYSTALS = [0, 60, -80, 150]
/** Five programs start, and a card's clock is listened to, before anything sounds. */
const START_SECONDS = 150
const SETTLED_MICROS = 15e6

describe("npm run bridge", function () {
  this.timeout(SECONDS * 1000 + 600_000)
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let rig: PulseCards
  let bridge: ChildProcess
  let said = ""

  /** Not a hook: those are not tried again. False where the machine is too busy for any sound, as the bridge itself says. */
  async function play(context: Context): Promise<boolean> {
    rig = new PulseCards(context, CRYSTALS)
    await rig.ready()
    const words = rig.cards.flatMap(({ name }) => ["--card", name])
    const command = join(__dirname, "../../../host-sim/tactus.cjs")
    said = ""
    bridge = spawn(process.execPath, [command, "bridge", ...words, "--port", "0", "--no-midi"], {
      env: rig.environment,
      stdio: ["ignore", "pipe", "pipe"],
    })
    for (const stream of [bridge.stdout, bridge.stderr]) stream?.on("data", (data) => (said += String(data)))
    const isPlaying = () => rig.cards.every(({ pulses }) => pulses[0].length > 8)
    try {
      await until("four cards to play", isPlaying, START_SECONDS)
    } catch (error) {
      if (rig.cards.every(isWell)) throw new Error(`${(error as Error).message}; ${said}`)
      console.log(`      not judged: this machine is too busy for sound; ${said.trim().split("\n").slice(-4).join("; ")}`)
      return false
    }
    return true
  }
  afterEach(() => {
    bridge?.kill("SIGKILL")
    rig?.close()
  })

  /** On a machine that is too busy for it a card loses samples, and says so; then nothing can be asked of it. */
  function isWell({ name }: PulseCard): boolean {
    return !said.includes(`${name}: has lost samples`)
  }

  async function end(): Promise<void> {
    const ended = once(bridge, "exit")
    bridge.kill("SIGINT")
    const [code] = await ended
    assert.equal(code, 0, said)
  }

  /** For each pulse of the first card from `from` on, those of all cards that belong together. */
  function chords(from = 0): HeardPulse[][] {
    const lists = rig.cards.map(({ pulses }) => pulses[0])
    return lists[0]
      .filter(({ time }) => time >= from)
      .map(({ time }) =>
        lists.map((list) => list.reduce((best, each) => (Math.abs(each.time - time) < Math.abs(best.time - time) ? each : best))),
      )
  }

  it("plays on four cards, each pulse whole, none lost and none doubled, left as right", async function () {
    if (!(await play(this))) return
    await sleep(SECONDS * 1000)
    await end()
    for (const { pulses, name } of rig.cards.filter(isWell)) {
      assert.deepEqual(
        [...pulses[0], ...pulses[1]].filter(({ frames, level }) => frames !== 720 || level < 32000),
        [],
        `${name}: ${said}`,
      )
      assert.deepEqual(pulses[0], pulses[1])
    }
    // The cards begin within the same beat and end when they are stopped: in between, pulse belongs to pulse.
    const groups = chords().slice(8, -4)
    assert.ok(groups.length >= SECONDS * 3, `${groups.length} pulses`)
    rig.cards.forEach(({ name }, card) => {
      if (!isWell(rig.cards[card])) return
      const numbers = groups.map((group) => rig.cards[card].pulses[0].indexOf(group[card]))
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => numbers[0] + index),
        `${name} lost or doubled a pulse: ${said}`,
      )
    })
    const spreads = chords(rig.cards[0].pulses[0][0].time + (SECONDS > 60 ? SETTLED_MICROS : 0))
      .slice(0, -4)
      .map((group) => Math.max(...group.map(({ time }) => time)) - Math.min(...group.map(({ time }) => time)))
    const early = rig.cards.map((_, card) => {
      const distances = groups.map((group) => group[card].time - group.reduce((sum, { time }) => sum + time / group.length, 0))
      return Math.round(distances.reduce((sum, distance) => sum + distance / distances.length, 0))
    })
    const mean = spreads.reduce((sum, spread) => sum + spread, 0) / spreads.length
    console.log(
      `      ${spreads.length} pulses on four cards, ${SECONDS} s: spread mean ${mean.toFixed(0)} us, ` +
        `p99 ${quantile(spreads, 0.99).toFixed(0)} us, worst ${quantile(spreads, 1).toFixed(0)} us, each from the middle ${early.join(" ")} us, slips ${rig.cards.map(({ slips }) => slips).join(" ")}`,
    )
  })

  it("goes on with three cards when one is pulled out, says so, and is back on the right step when it returns", async function () {
    if (!(await play(this))) return
    const [pulled, ...others] = rig.cards
    const countOf = (card: PulseCard) => card.pulses[0].length
    const part = 8 // pulses of 16 steps, at a Volca's two a beat
    await sleep(2000)
    const before = countOf(pulled)
    const pulledAt = monotonicMillis()
    rig.pull(pulled)
    await until("the loss to be told", () => new RegExp(`${pulled.name}: .*; it is tried again`).test(said))
    const toldAfter = monotonicMillis() - pulledAt
    await until("the others to play on", () => others.every((card) => countOf(card) > before + 13))
    rig.putBack(pulled)
    const returned = monotonicMillis()
    const atReturn = countOf(pulled)
    await until("it to be told", () => said.includes(`${pulled.name}: plays again`))
    await until("it to be back", () => countOf(pulled) > atReturn + 24)
    await end()
    // On step: with all others it plays the same pulse at the same time, and has had as many as they, less whole rounds.
    const groups = chords().slice(-12, -4)
    for (const group of groups) {
      const numbers = group.map((each, card) => rig.cards[card].pulses[0].indexOf(each))
      if (!rig.cards.every(isWell)) return
      assert.equal((numbers[1] - numbers[0]) % part, 0, `${numbers.join(" ")}; ${said}`)
      assert.deepEqual(numbers.slice(1), [numbers[1], numbers[1], numbers[1]])
      assert.ok(Math.max(...group.map(({ time }) => time)) - Math.min(...group.map(({ time }) => time)) < 100_000)
    }
    for (const card of others.filter(isWell)) assert.ok(card.pulses[0].every(({ frames }) => frames === 720))
    const back = pulled.pulses[0].find(({ time }) => time > returned * 1000)
    const backAfter = Number(back?.time) / 1000 - returned
    console.log(`      pulled out: told after ${toldAfter.toFixed(0)} ms; put back: first pulse after ${backAfter.toFixed(0)} ms`)
  })
})

function monotonicMillis(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/**
 * A card chosen in a panel while the host runs, on PulseAudio: found, played on, put on the beat of a clock from outside, and let go. Judged by
 * kind: a card that is merely late by what it is ahead stands between the clock's pulses.
 */
import assert from "node:assert/strict"
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { WebSocket } from "ws"
import { IN_CV, levelEvent, OUT_SYNC } from "../../../src/event"
import { quantile } from "../../support/figures"
import { PulseCards } from "../../support/pulse-cards"
import { sleep, until } from "../../support/sleep"

const START_SECONDS = 120
const PULSE_MICROS = 250_000
const AHEAD_MICROS = 600_000
/** 600 ms later would be 100 ms beside a pulse. What the machine and the way to this test add has to stay under it. */
const NEAR_MICROS = 50_000

interface Message {
  readonly answer?: number
  readonly problems?: string[]
  readonly soundCards?: { name: string; id: string }[]
  readonly cardPlans?: { card: string }[]
  readonly cards?: { state: string }[]
  readonly update?: { time: number; inputs: { time: number; event?: number }[]; outputs: number[] }
}

const now = () => Number(process.hrtime.bigint()) / 1000

describe("cards chosen in the panel", function () {
  this.timeout(600_000)
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let rig: PulseCards
  let host: ChildProcess
  let socket: WebSocket

  afterEach(() => {
    socket?.close()
    host?.kill("SIGKILL")
    rig?.close()
  })

  it("are found, play, stand on the pulses of a clock from outside, and are let go", async function () {
    rig = new PulseCards(this, [40])
    await rig.ready()
    const command = join(__dirname, "../../../host-sim/tactus.cjs")
    host = spawn(process.execPath, [command, "live", "--port", "0", "--no-midi"], {
      env: rig.environment,
      stdio: ["ignore", "pipe", "pipe"],
    })
    let said = ""
    for (const stream of [host.stdout, host.stderr]) stream?.on("data", (data) => (said += String(data)))
    await until("the panel", () => /http:\S+/.test(said))
    socket = new WebSocket((/http:\S+/.exec(said)?.[0] ?? "").replace("http", "ws") + "live")
    const heard: Message[] = []
    let [jack, edge] = [0, 0]
    let offset = Infinity
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Message
      if (!message.update) return void heard.push(message)
      offset = Math.min(offset, now() - message.update.time)
      const { outputs } = message.update
      for (let i = 0; i < outputs.length; i += 2) if (outputs[i + 1] === levelEvent(OUT_SYNC, 1)) jack = outputs[i]
      for (const { event, time } of message.update.inputs) if (event === levelEvent(IN_CV, 1)) edge = time
    })
    await until("a greeting", () => heard.some(({ cardPlans }) => cardPlans?.length === 0))
    let id = 0
    const ask = async (request: object) => {
      const mine = ++id
      socket.send(JSON.stringify({ id: mine, ...request }))
      await until(`the answer to ${JSON.stringify(request)}`, () => heard.some(({ answer }) => answer === mine), START_SECONDS)
      return heard.find(({ answer }) => answer === mine)?.problems
    }
    const [card] = rig.cards
    const [played] = card.pulses

    assert.deepEqual(await ask({ findCards: true }), [])
    assert.ok(heard.some(({ soundCards }) => soundCards?.some(({ name }) => name === "card1")))
    const wrong = await ask({ useCards: { cards: [{ card: "card1", left: "drums" }] } })
    assert.match(String(wrong), /the cards:1:\d+: .*drums.*expected one of sync1/)
    const absent = await ask({ useCards: { cards: [{ card: "nowhere", left: "sync1" }] } })
    assert.match(String(absent), /^nowhere: .*there is .*card1/)

    assert.deepEqual(await ask({ useCards: { cards: [{ card: "card1", left: "sync1", right: "sync2" }] } }), [])
    assert.ok(heard.some(({ cardPlans }) => cardPlans?.[0]?.card === "card1"))
    /** How much later than a point of the grid through `point` the card's next dozen pulses come, in the middle. */
    const later = async (point: () => number) => {
      const from = now()
      const dozen = () => played.filter(({ time }) => time > from)
      await until("a dozen pulses", () => dozen().length >= 12, START_SECONDS)
      const grid = point() + offset - PULSE_MICROS / 2
      return quantile(
        dozen().map(({ time }) => (((time - grid) % PULSE_MICROS) + PULSE_MICROS) % PULSE_MICROS),
        0.5,
      )
    }
    // The card's own lateness, which its driver does not tell, is in both.
    const internal = await later(() => jack + AHEAD_MICROS)
    assert.deepEqual(await ask({ set: { source: "cv", cv: { ppqn: 2 } } }), [])
    assert.deepEqual(await ask({ clock: { tempo: 120, ppqn: 2, jitterMicros: 0 } }), [])
    await sleep(6000)
    const external = await later(() => edge)
    console.log(`      later by ${((external - internal) / 1000).toFixed(1)} ms than with the internal clock and the wait`)
    assert.ok(Math.abs(external - internal) < NEAR_MICROS)

    assert.deepEqual(await ask({ useCards: { cards: [] } }), [])
    await sleep(1500)
    const count = played.length
    await sleep(1500)
    assert.equal(played.length, count)
  })
})

/**
 * Does the core go on while the main thread stands? It reports every 25 ms: a report written in the middle of a stall is proof that
 * the core was awake then, up to whatever was due. How punctual it was is the machine's affair, printed and not judged. Where
 * the machine is so busy that the core hardly runs at all, the test is repeated with longer stalls: a core that hangs on the main
 * thread fails whatever their length.
 */
import assert from "node:assert/strict"
import { once } from "node:events"
import { WebSocket } from "ws"
import type { Micros } from "../../../src/time"
import type { Update } from "../../../host-sim/live/engine"
import { histogramBorder } from "../../../host-sim/live/histogram"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { sleep } from "../../support/sleep"

const CLIENTS = 50
const STALLS = 6
const STALL_MILLISECONDS = 300
const LONGER = 4
/** So much of a stall, at each end, proves nothing: what is reported there may have been begun outside it. */
const EDGE_MICROS = 40000
/** Eight reports fit into the middle of a stall; on a busy machine some of them come late. */
const REPORTS_WANTED = 2

/** Nothing else happens in this thread for so long. */
function stall(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

/** How often the test has failed by now: mocha's typings lack it. */
function currentRetry(context: Mocha.Context): number {
  return (context.test as unknown as { currentRetry(): number }).currentRetry()
}

describe("a busy main thread", function () {
  this.timeout(120_000)
  this.retries(2)

  it("stalled for 300 ms in every 500, with fifty panels open, does not hold up the core", async function () {
    const milliseconds = STALL_MILLISECONDS * LONGER ** currentRetry(this)
    const session = new Session({ source: "internal", tempo: 240 }, undefined)
    const server = new PanelServer({ host: "127.0.0.1", port: 0 }, "", { joined: () => session.greeting(), heard: () => {} })
    session.broadcast = (text) => server.broadcast(text)
    const updates: Update[] = []
    session.host.listen({ update: (update) => void updates.push(update) })
    await session.host.ready()
    const address = (await server.open()).replace("http", "ws") + "live"
    const clients = Array.from({ length: CLIENTS }, () => new WebSocket(address))
    await Promise.all(clients.map((client) => once(client, "open")))
    const stalls: { from: Micros; until: Micros }[] = []
    for (let i = 0; i < STALLS; i++) {
      const from = session.host.now()
      stall(milliseconds)
      stalls.push({ from: from + EDGE_MICROS, until: session.host.now() - EDGE_MICROS })
      await sleep(200)
    }
    const { update } = session.host
    await session.close()
    await server.close()

    const within = stalls.map(
      ({ from, until }) => updates.filter(({ time, outputs }) => time > from && time < until && outputs.length > 0).length,
    )
    assert.ok(update && update.outputs.length > 0)
    const { wakeUps, late, worstLateMicros } = update
    const half = histogramBorder(wakeUps, 0.5)
    const lateness = `${late} late, worst ${worstLateMicros} us; half of the wake-ups under ${half} us, worst ${wakeUps.worst}`
    const figures = `${within.join(" ")} reports in stalls of ${milliseconds} ms; ${lateness}`
    console.log(`      ${figures}`)
    // None at all, if the main thread had to do anything for them.
    assert.ok(within.filter((count) => count >= REPORTS_WANTED).length >= STALLS / 2, figures)
  })
})

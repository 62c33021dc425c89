/**
 * Does the core go on while the main thread stands? It reports every 25 ms: a report written in the middle of a stall is proof that
 * the core was awake then, up to whatever was due. How punctual it was is the machine's affair, printed and not judged.
 */
import assert from "node:assert/strict"
import { once } from "node:events"
import { WebSocket } from "ws"
import type { Update } from "../../../host-sim/live/engine"
import { histogramBorder } from "../../../host-sim/live/histogram"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { stall, stallMilliseconds } from "../../support/stall"

const CLIENTS = 50
const STALLS = 6
const STALL_MILLISECONDS = 300
/** So much of a stall, at each end, proves nothing: what is reported there may have been begun outside it. */
const EDGE_MICROS = 40000
/** Eight reports fit into the middle of a stall; on a busy machine some of them come late. */
const REPORTS_WANTED = 2

describe("a busy main thread", function () {
  this.retries(2)

  it("stalled for 300 ms in every 500, with fifty panels open, does not hold up the core", async function () {
    const session = new Session({ source: "internal", tempo: 240 }, undefined)
    const server = new PanelServer({ host: "127.0.0.1", port: 0 }, "", { joined: () => session.greeting(), heard: () => {} })
    session.broadcast = (text) => server.broadcast(text)
    const updates: Update[] = []
    session.host.listen({ update: (update) => void updates.push(update) })
    await session.host.ready()
    const address = (await server.open()).replace("http", "ws") + "live"
    const clients = Array.from({ length: CLIENTS }, () => new WebSocket(address))
    await Promise.all(clients.map((client) => once(client, "open")))
    const stalls = await stall(this, STALLS, STALL_MILLISECONDS, () => session.host.now())
    const { update } = session.host
    await session.close()
    await server.close()

    const reports = updates.filter(({ outputs }) => outputs.length > 0)
    const within = stalls.map(
      ({ from, until }) => reports.filter(({ time }) => time > from + EDGE_MICROS && time < until - EDGE_MICROS).length,
    )
    assert.ok(update && update.outputs.length > 0)
    const { wakeUps, late, worstLateMicros } = update
    const half = histogramBorder(wakeUps, 0.5)
    const lateness = `${late} late, worst ${worstLateMicros} us; half of the wake-ups under ${half} us, worst ${wakeUps.worst}`
    const figures = `${within.join(" ")} reports in stalls of ${stallMilliseconds(this, STALL_MILLISECONDS)} ms; ${lateness}`
    console.log(`      ${figures}`)
    // None at all, if the main thread had to do anything for them.
    assert.ok(within.filter((count) => count >= REPORTS_WANTED).length >= STALLS / 2, figures)
  })
})

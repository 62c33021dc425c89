/** The panel's view of the network: what the host knows of itself, its leader, its clock and its packets stands there, and nothing where there is none. */
import assert from "node:assert/strict"
import { createSocket } from "node:dgram"
import { type Browser, chromium, type Page } from "playwright-core"
import { networkWishes } from "../../../host-sim/commands/network-options"
import { buildPage } from "../../../host-sim/live/page"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { timetagFraction, timetagSeconds } from "../../../src/osc/timetag"
import { OscWriter } from "../../../src/osc/writer"
import { needs } from "../../support/needs"

describe("the panel's view of the network", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let browser: Browser
  const closing: (() => Promise<void>)[] = []

  before(async function () {
    needs(this, "chromium")
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  after(() => browser?.close())

  async function open(session: Session, width = 1024): Promise<Page> {
    const server = new PanelServer({ host: "127.0.0.1", port: 0 }, await buildPage(), {
      joined: () => session.greeting(),
      heard: (text, answer) => void session.request(text, answer),
    })
    closing.push(
      () => session.close(),
      () => server.close(),
    )
    session.broadcast = (text) => server.broadcast(text)
    await session.host.ready()
    const page = await browser.newPage({ viewport: { width, height: 600 } })
    page.setDefaultTimeout(60_000)
    await page.goto(await server.open())
    await page.locator("nav [data-view=network]").click()
    return page
  }

  it("says who leads, how well the clock is known, D with its consequence, and when things came", async () => {
    const session = new Session({ source: "internal" }, undefined)
    const page = await open(session)
    const send = { send: "127.0.0.1:9", forward: "250" }
    const { port } = await session.connectNetwork(networkWishes({ lead: true, name: "desk", ...send }, 0), () => undefined)
    const row = (words: RegExp) => page.locator(".network dd").filter({ hasText: words }).waitFor()
    await row(new RegExp(`^desk, OSC at 127\\.0\\.0\\.1:${port}$`))
    await row(/^leads$/)
    await row(/^clock within \d+\.\d+ ms \(the system's clock, which the others take\)$/)
    await row(/^beats 250\.0 ms ahead \(no delay measured yet\); \d+ sent$/)
    await page.locator(".network figcaption").filter({ hasText: "no timetags yet" }).waitFor()

    const shared = Date.now() * 1000 + 30_000_000
    const writer = new OscWriter()
    writer.begin()
    writer.openBundle(timetagSeconds(shared), timetagFraction(shared))
    writer.message("/tactus/tempo", "f")
    writer.float(130)
    writer.message("/tactus/tick", "s")
    writer.string("tick")
    writer.closeBundle()
    const socket = createSocket("udp4")
    socket.send(writer.bytes.slice(0, writer.finish()), port, "127.0.0.1", () => socket.close())
    await page
      .locator(".network figcaption")
      .filter({ hasText: /^2 timetags,/ })
      .waitFor()
  })

  it("says so where there is no network, and fits a phone", async () => {
    const page = await open(new Session({ source: "internal" }, undefined), 390)
    await page.locator(".network p").filter({ hasText: "This host is on no network" }).waitFor()
    assert.equal(await page.locator(".network dl").isVisible(), false)
    assert.ok(await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
  })
})

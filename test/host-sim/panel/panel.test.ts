/** The panel in a real browser: each kind of control changes the device, and the page shows the device's answer. */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { type Browser, chromium, type Page } from "playwright-core"
import { buildPage } from "../../../host-sim/live/page"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { needs } from "../../support/needs"
import { until } from "../../support/sleep"

describe("the panel in a browser", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let browser: Browser
  let page: Page
  let session: Session
  let server: PanelServer
  const faults: string[] = []

  const serve = async (port = 0) => {
    session = new Session({ source: "internal" }, undefined)
    server = new PanelServer({ host: "127.0.0.1", port }, await buildPage(), {
      joined: () => session.greeting(),
      heard: (text, answer) => void session.request(text, answer),
    })
    session.broadcast = (text) => server.broadcast(text)
    await session.host.ready()
    return server.open()
  }
  const stop = async () => {
    await session.close()
    await server.close()
  }
  /** Waits until the text of `selector` is as wanted. */
  const shows = (selector: string, wanted: RegExp) =>
    page.locator(selector).filter({ hasText: wanted }).first().waitFor({ state: "visible" })
  const view = (name: string) => page.locator(`nav [data-view=${name}]`).click()

  before(async function () {
    needs(this, "chromium")
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
    const address = await serve()
    page = await browser.newPage({ viewport: { width: 1024, height: 600 } })
    page.setDefaultTimeout(60_000)
    page.on("pageerror", (error) => faults.push(error.message))
    await page.goto(address)
  })
  after(async () => {
    await browser?.close()
    if (session) await stop()
  })

  it("shows what the device says, and nothing before", async () => {
    await shows(".tempo", /^120\.0$/)
    await shows(".lock", /internal clock/)
    assert.equal(
      await page
        .locator(".strip b")
        .allTextContents()
        .then((names) => names.join()),
      "Volca 1,Volca 2,Volca 3,Volca 4",
    )
  })

  it("keys and buttons of the strips act on the channels", async () => {
    await page.keyboard.press("b")
    await shows(".strip:nth-child(2)", /stops with the part|stopped/)
    await page.locator(".strip:nth-child(3) .keys button").nth(1).click()
    await shows(".strip:nth-child(3)", /pauses with the part|paused/)
    await page.keyboard.press("+")
    await page.waitForFunction(() => /121/.test(document.querySelector("header")?.textContent ?? ""))
  })

  it("a setting goes to the device; a wrong one is refused with the device's words and shows what is held", async () => {
    await view("settings")
    const tempo = page.getByRole("spinbutton", { name: /^tempo/ })
    await tempo.fill("5")
    await tempo.press("Enter")
    await shows(".setting .problem", /tempo is 5; expected 20\.\.999\.99 BPM/)
    assert.notEqual(session.host.settings?.tempo, 5)
    await tempo.fill("133")
    await tempo.press("Enter")
    await shows(".tempo", /^133/)
    assert.equal(session.host.settings?.tempo, 133)
    await tempo.blur()
    await session.host.set({ tempo: 99 })
    await page.waitForFunction(() => [...document.querySelectorAll("input")].some((input) => input.value === "99"))
  })

  it("the pattern editor selects, draws, and sets mode and division", async () => {
    await view("arp")
    await page.locator(".pattern").nth(3).click()
    await shows("h2", /pattern 3/)
    await page.locator(".big-steps .step").nth(2).click()
    await page.locator(".pattern.on .dots[data-pattern='11110100']").waitFor()
    await page.locator(".modes button").nth(2).click()
    await page.getByTitle("6 MIDI clocks a pulse", { exact: true }).click()
    await page.locator(".choices [aria-pressed=true]", { hasText: "1/16" }).waitFor()
    const arp = session.host.settings?.arp as { pattern: number; mode: number; patterns: string[] }
    assert.deepEqual([arp.pattern, arp.mode, arp.patterns[3]], [3, 2, "11110100"])
  })

  it("pots turn by key, buttons of the front panel press", async () => {
    await view("panel")
    const wait = page.locator(".plate-view").getByLabel("wait")
    await wait.focus()
    for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp")
    await page.waitForFunction(() => true)
    await until("the pot to be heard", () => (session.host.update?.state.waitNext ?? 1) >= 20)
    await page.locator(".plate-view").getByLabel("play / stop").click()
    await until("the transport to stop", () => session.host.update?.state.transport === "stopped")
  })

  it("the monitor shows what is sent by hand", async () => {
    await view("midi")
    await page.getByLabel("bytes to send, hexadecimal").fill("91 3c 64")
    await page.getByRole("button", { name: "send" }).click()
    await shows(".lines .in", /note on C4, 100 · channel 2/)
  })

  it("says that the device is away, shows no settings then, and is back by itself", async () => {
    const port = Number(new URL(page.url()).port)
    await view("settings")
    await stop()
    await shows(".lock", /looking for the device/)
    assert.equal(await page.getByRole("spinbutton", { name: /^tempo/ }).inputValue(), "")
    await serve(port)
    await shows(".tempo", /^120\.0$/)
    assert.equal(await page.getByRole("spinbutton", { name: /^tempo/ }).inputValue(), "120")
  })

  it("fits a phone without scrolling sideways", async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const name of ["panel", "scope", "clock", "arp", "settings", "midi", "cards"]) {
      await view(name)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), name)
    }
  })

  it("opened from disk it runs the module in the page", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tactus-panel-"))
    const file = join(folder, "panel.html")
    writeFileSync(file, await buildPage())
    await page.setViewportSize({ width: 1300, height: 800 })
    await page.goto(pathToFileURL(file).href)
    await shows(".tempo", /^120\.0$/)
    await page.keyboard.press("9")
    await page.waitForFunction(() => /140/.test(document.querySelector("header")?.textContent ?? ""))
    rmSync(folder, { recursive: true })
  })

  it("did all this without a fault in the page", () => assert.deepEqual(faults, []))
})

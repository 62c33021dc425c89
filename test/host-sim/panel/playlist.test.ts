/** The list's page in a real browser: it shows what the host says, and its keys become commands for all machines. */
import assert from "node:assert/strict"
import { type Browser, chromium, type Page } from "playwright-core"
import { ListControl, type ListStatus } from "../../../host-sim/play/list-control"
import { answerTo, type ListPanel, openListPanel } from "../../../host-sim/play/list-panel"
import type { ListState } from "../../../host-sim/play/list-state"
import { needs } from "../../support/needs"
import { until } from "../../support/sleep"

const NOW = 1_790_000_000_000_000
const TITLES = ["Band - One", "Größe", "<b>Three</b>"]

function stage() {
  let state: ListState = { number: 0, by: "a", isPlaying: true, at: NOW - 60e6, track: 1, seconds: 0, volume: 100 }
  const status = (): ListStatus => ({
    state: state.isPlaying ? "plays" : "stopped",
    title: TITLES[state.track],
    track: state.track + 1,
    tracks: 3,
    seconds: 61.5,
    length: 200,
    start: state.at,
    volume: state.volume,
    clockMicros: 50,
    offMicros: 3,
  })
  const played = {
    tracks: 3,
    state: () => state,
    set: (next: ListState) => void (state = next),
    heardAt: () => ({ track: state.track, seconds: 61.5 }),
    status,
  }
  const control = new ListControl(played, "b", () => NOW)
  return { control, status, state: () => state }
}

describe("the list's page", function () {
  this.retries(2)
  let browser: Browser
  let page: Page
  let panel: ListPanel
  const list = stage()
  const faults: string[] = []

  before(async function () {
    needs(this, "chromium")
    const tracks = TITLES.map((title, index) => ({ path: `/nowhere/${index}`, title, line: index }))
    const shown = { tracks, control: list.control, status: list.status, now: () => NOW, clock: () => "a server, within 0.05 ms" }
    panel = await openListPanel({ host: "127.0.0.1", port: 0 }, shown)
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
    page = await browser.newPage({ viewport: { width: 1024, height: 600 } })
    page.setDefaultTimeout(60_000)
    page.on("pageerror", (error) => faults.push(error.message))
    await page.goto(panel.address)
  })
  after(async () => {
    await browser?.close()
    panel?.close()
  })

  it("shows title, place, volume, clock and the whole list, as text", async () => {
    await page.locator("h1", { hasText: "Größe" }).waitFor()
    assert.deepEqual(await page.locator("li").allTextContents(), TITLES)
    assert.equal(await page.locator("li.heard").textContent(), "Größe")
    assert.equal(await page.locator(".place").textContent(), "1:01 / 3:20")
    assert.match(String(await page.locator(".clock").textContent()), /a server, within 0\.05 ms; sound 3 µs off/)
    assert.match(String(await page.locator(".next").textContent()), /Track 2 of 3/)
    if (process.env.TACTUS_PICTURE) await page.screenshot({ path: process.env.TACTUS_PICTURE })
  })

  it("stops, resumes, goes on and turns the volume, for all", async () => {
    await page.getByLabel("Stop").click()
    await until("the stop", () => !list.state().isPlaying)
    assert.equal(list.state().seconds, 61.5)
    await page.getByLabel("Play", { exact: true }).click()
    await until("the list to play", () => list.state().isPlaying)
    await page.getByLabel("Next track").click()
    await until("the third", () => list.state().track === 2)
    await page.getByLabel("Volume of all machines").fill("35")
    await until("the volume", () => list.state().volume === 35)
    await page.locator("li button", { hasText: "Band - One" }).click()
    await until("the first", () => list.state().track === 0)
    await page.getByLabel("Next track").click()
    await until("the second", () => list.state().track === 1)
    await page.locator("li button", { hasText: "Three" }).click()
    await until("the third again", () => list.state().track === 2)
    await page.getByLabel("Next track").click()
    await page.locator(".problem", { hasText: "there is no track 4" }).waitFor()
    assert.deepEqual(faults, [])
  })

  it("answers what is no request with what was expected", () => {
    for (const text of ["", "7", "null", '{"id":1,"do":"dance"}', '{"id":1,"do":"volume","value":"loud"}'])
      assert.match(answerTo(list.control, text).problem ?? "", /expected \{"id": 1, "do": one of start, stop/)
    assert.deepEqual(answerTo(list.control, '{"id":7,"do":"volume","value":10}'), { answer: 7 })
  })
})

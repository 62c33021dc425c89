/**
 * The controls of the panel that set something up, and what it shows of the real-time loop: sound cards, every setting, late events. As in
 * controls.test.ts.
 */
import assert from "node:assert/strict"
import type { Browser, Page } from "playwright-core"
import type { CardRack } from "../../../host-sim/bridge/card-rack"
import { Engine } from "../../../host-sim/live/engine"
import { buildPage } from "../../../host-sim/live/page"
import { PanelServer } from "../../../host-sim/live/server"
import type { Session } from "../../../host-sim/live/session"
import { SETTING_ROWS, type SettingRow } from "../../../src/settings-table"
import { needs } from "../../support/needs"
import { PanelRig } from "../../support/panel-rig"

describe("the controls of the panel that set something up", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const rig = new PanelRig()
  const { held, shows, until, view } = rig
  let page: Page
  let session: Session
  let server: PanelServer
  let browser: Browser

  before(async function () {
    needs(this, "chromium")
    await rig.open()
    page = rig.page
    session = rig.session
    server = rig.server
    browser = rig.browser
  })
  after(() => rig.close())
  beforeEach(() => rig.begin())

  it("sound cards: found, chosen side by side, refused with the host's words, let go", async () => {
    const used: object[] = []
    const host = {
      find: async () => server.broadcast(JSON.stringify({ soundCards: [{ name: "USB Audio", id: "1331" }] })),
      use: async (plans: object[]) => {
        used.push(plans)
        server.broadcast(JSON.stringify({ cardPlans: plans }))
        return []
      },
      greeting: () => [],
    }
    session.cards = host as unknown as CardRack
    server.broadcast(JSON.stringify({ cardPlans: [] }))
    await view("cards")
    await page.getByRole("button", { name: "play on these" }).click()
    await shows(".rack .problem", /no card plays anything yet/)
    await page.getByRole("button", { name: "find cards" }).click()
    await shows(".rack legend", /USB Audio.*1331/)
    await page.getByLabel("left: what it plays").selectOption("sync1")
    await page.getByLabel("right: what it plays").selectOption("clock")
    await page.getByLabel("right: pulse width, ms").fill("5")
    await page.getByLabel("right: level, percent").fill("400")
    await page.getByRole("button", { name: "play on these" }).click()
    await shows(".rack .problem", /the cards:1:\d+: .*400; expected .*1..100/)
    await page.getByLabel("right: level, percent").fill("40")
    await page.getByLabel("right: polarity").selectOption("negative")
    await page.getByLabel("latency of USB Audio, ms").fill("-1.5")
    await page.getByRole("button", { name: "play on these" }).click()
    await shows(".rack .about", /It plays on 1 card\./)
    assert.deepEqual(JSON.parse(JSON.stringify(used)), [
      [
        {
          card: "1331",
          latencyMicros: -1500,
          sides: [
            { output: "sync1", level: 1, latencyMicros: 0 },
            { output: "clock", widthMicros: 5000, level: 0.4, polarity: "negative", latencyMicros: 0 },
          ],
        },
      ],
    ])
    await page.getByRole("button", { name: "on none" }).click()
    await until(() => used.length === 2)
    assert.deepEqual(used[1], [])
    session.cards = undefined
  })

  it("every setting: another value goes to the device, and what it holds is shown; and back again by `as delivered`", async () => {
    await view("settings")
    const rows = SETTING_ROWS.filter((row) => !row.key.startsWith("arp.patterns."))
    assert.equal(await page.locator(".setting").count(), rows.length)
    const wanted = rows.map((row) => otherThan(held(row.key), row))
    // As if a hand had been at each of them, without the hand's pace.
    await page.evaluate(
      (changes) => {
        for (const [key, value] of changes) {
          const control = document.querySelector<HTMLInputElement>(`.setting[title^="${key}: "] :is(input, select)`)
          if (control?.type === "checkbox") control.checked = value === true
          else if (control) control.value = String(value)
          control?.dispatchEvent(new Event("change"))
        }
      },
      rows.map((row, i) => [row.key, wanted[i]] as const),
    )
    for (const [i, row] of rows.entries()) await until(() => held(row.key) === wanted[i], `${row.key} = ${wanted[i]}, is ${held(row.key)}`)
    assert.deepEqual((await page.locator(".setting .problem").allTextContents()).join(""), "")
    await page.getByRole("button", { name: "as delivered" }).click()
    await page.getByRole("button", { name: "really all of them?" }).click()
    await until(() => SETTING_ROWS.every((row) => held(row.key) === row.standard))
    const shown = () =>
      page
        .locator(".setting :is(input, select)")
        .evaluateAll((all) =>
          all.map((one) =>
            (one as HTMLInputElement).type === "checkbox" ? `${(one as HTMLInputElement).checked}` : (one as HTMLInputElement).value,
          ),
        )
    const titles = await page.locator(".setting").evaluateAll((lines) => lines.map((line) => (line as HTMLElement).title.split(": ")[0]))
    const standards = titles.map((key) => String(rows.find((row) => row.key === key)?.standard))
    await page.waitForTimeout(100)
    assert.deepEqual(await shown(), standards)
  })

  it("finding a setting hides the others", async () => {
    await view("settings")
    await page.getByLabel("find a setting").fill("swing")
    await page.locator(".setting[title^='tempo: ']").waitFor({ state: "hidden" })
    const found = SETTING_ROWS.filter((row) => /swing/i.test(row.key + row.about))
    assert.ok(found.length >= 4)
    assert.equal(await page.locator(".setting:visible").count(), found.length)
    await page.getByLabel("find a setting").fill("")
    await page.locator(".setting[title^='tempo: ']").waitFor()
  })

  it("an event that was late is counted and in sight, and the loop's lateness drawn beside it", async () => {
    // A core whose clock is in our hand: it stands still for a while in the midst of a song.
    const engine = new Engine({ source: "internal" })
    const greeting = JSON.stringify({ hello: { version: "0", file: null, settings: engine.module.settings } })
    const other = new PanelServer({ host: "127.0.0.1", port: 0 }, await buildPage(), { joined: () => [greeting], heard: () => {} })
    const second = await browser.newPage({ viewport: { width: 1300, height: 800 } })
    try {
      await second.goto(await other.open())
      const run = (from: number, to: number) => {
        for (let now = from; now < to; now += 2000) engine.advance(now)
        other.broadcast(JSON.stringify({ update: engine.report() }))
      }
      run(0, 1e6)
      await second.locator("header .late:not(.bad)", { hasText: /^0 late$/ }).waitFor()
      run(1.3e6, 1.4e6)
      const { late, worstLateMicros } = engine.report()
      assert.ok(late > 0)
      await second.locator("header .late.bad", { hasText: new RegExp(`^${late} late$`) }).waitFor()
      await second
        .locator(".scope .numbers", { hasText: `${late} handed over late, worst ${(worstLateMicros / 1000).toFixed(0)}` })
        .waitFor()
      await second.locator(".wide-plate .light.fault.on").waitFor({ state: "attached" })
    } finally {
      await second.close()
      await other.close()
    }
  })
})

/** A valid value that is not this one. */
function otherThan(now: unknown, row: SettingRow): unknown {
  if (row.kind === "flag") return now !== true
  if (row.kind === "choice") return row.choices?.find((choice) => choice !== now)
  if (row.kind === "text") return row.formAbout?.startsWith("an address") ? "10.0.0.1:9000" : row.key.slice(-8)
  const { min = 0, max = 100, step = 1 } = row
  const middle = min + Math.round((max - min) / 2 / step) * step
  return middle === now ? middle + step : middle
}

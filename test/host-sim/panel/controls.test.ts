/**
 * Every control of the panel, one by one: what it says to the device, and that the page shows what the device makes of it. The device hears
 * nothing but what the page sent: its inputs are looked at as it took them.
 */
import assert from "node:assert/strict"
import { type Browser, chromium, type Locator, type Page } from "playwright-core"
import { buildPage } from "../../../host-sim/live/page"
import type { CardRack } from "../../../host-sim/bridge/card-rack"
import { Engine } from "../../../host-sim/live/engine"
import { PanelServer } from "../../../host-sim/live/server"
import { Session } from "../../../host-sim/live/session"
import { byteOf, INPUT_PORTS, lengthOf, portOf, valueOf } from "../../../src/event"
import { readSetting, type Settings } from "../../../src/settings"
import { SETTING_ROWS, type SettingRow } from "../../../src/settings-table"
import { needs } from "../../support/needs"
import { sleep, until as waitUntil } from "../../support/sleep"

describe("every control of the panel", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  let browser: Browser
  let page: Page
  let session: Session
  let server: PanelServer
  /** "cv 1", "pot-tempo 512", "keys a", "midi-din 90 3c 64": as the core heard them. */
  let heard: string[] = []

  const until = (isTrue: () => boolean, about = String(isTrue)) => waitUntil(about, isTrue)
  const hears = (...wanted: string[]) => until(() => wanted.every((one) => heard.includes(one)), wanted.join(", "))
  const view = (name: string) => page.locator(`nav [data-view=${name}]`).click()
  const state = () => session.host.update?.state
  const shows = (selector: string, wanted: RegExp) =>
    page.locator(selector).filter({ hasText: wanted }).first().waitFor({ state: "visible" })
  const held = (key: string) => readSetting(session.host.settings as unknown as Settings, key)
  const press = async (control: Locator) => {
    await control.hover()
    await page.mouse.down()
    await sleep(60)
    await page.mouse.up()
  }

  before(async function () {
    needs(this, "chromium")
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
    const built = await buildPage()
    session = new Session({ source: "internal", tempo: 240 }, undefined)
    server = new PanelServer({ host: "127.0.0.1", port: 0 }, built, {
      joined: () => session.greeting(),
      heard: (text, answer) => void session.request(text, answer),
    })
    session.broadcast = (text) => server.broadcast(text)
    session.host.listen({
      update: ({ inputs }) => {
        for (const input of inputs) {
          if (input.event === undefined) continue
          const bytes = Array.from({ length: lengthOf(input.event) }, (_, i) => byteOf(input.event, i))
          const port = INPUT_PORTS[portOf(input.event)]
          const content = port === "keys" ? String.fromCharCode(bytes[0]) : bytes.map((byte) => byte.toString(16)).join(" ")
          heard.push(`${port} ${bytes.length === 0 ? valueOf(input.event) : content}`)
        }
      },
    })
    await session.host.ready()
    const address = await server.open()
    page = await browser.newPage({ viewport: { width: 1024, height: 600 } })
    page.setDefaultTimeout(60_000)
    await page.goto(address)
    await shows(".tempo", /^240\.0$/)
  })
  after(async () => {
    await browser?.close()
    await session?.close()
    await server?.close()
  })
  beforeEach(async () => {
    heard = []
    await session.host.set({ source: "internal" })
  })

  it("each of the seed's keys goes to the device as it is", async () => {
    await page.locator("h1").click()
    const keys = [..."abcdijklIJKL9746+-><(&[]sx "]
    for (const key of keys) await page.keyboard.press(key)
    await hears(...keys.map((key) => `keys ${key}`))
    assert.equal(heard.length, keys.length)
    await page.keyboard.press(" ")
    await until(() => state()?.transport !== "stopped")
  })

  it("the line on top: play, slower, faster, tap", async () => {
    const isOn = await page.locator("header .play.on").count()
    await page.locator("header .play").click()
    await page.locator(isOn === 1 ? "header .play:not(.on)" : "header .play.on").waitFor()
    if (isOn === 1) await page.locator("header .play").click()
    await page.locator("header .nudge").nth(0).click()
    await page.locator("header .nudge").nth(1).click()
    await page.locator("header .tap").click()
    await hears("keys  ", "keys -", "keys +", "button-tap 1", "button-tap 0")
  })

  it("each strip: start or stop, pause or step, realign, and what the device answers", async () => {
    await session.host.set({ transport: { start: "auto" } })
    for (const channel of [0, 1, 2, 3]) {
      const strip = page.locator(".strip").nth(channel)
      const was = state()?.channels[channel].state
      await strip.locator(".keys button").nth(0).click()
      await hears(`keys ${"abcd"[channel]}`)
      await until(() => state()?.channels[channel].state !== was || state()?.channels[channel].pending !== "nothing")
      await strip.filter({ hasText: /with the part|stopped|running/ }).waitFor()
      await strip.locator(".keys button").nth(1).click()
      await hears(`keys ${"ijkl"[channel]}`)
    }
    // A channel that is stopped and stepped is off by a pulse, and can be brought back.
    await page.keyboard.press("x")
    await until(() => state()?.channels[3].state === "stopped")
    const fourth = page.locator(".strip").nth(3)
    await fourth.filter({ hasText: "stopped" }).waitFor()
    await fourth.locator(".keys button").nth(1).click()
    await until(() => (state()?.channels[3].pulsesOff ?? 0) > 0)
    await fourth.locator(".realign").click()
    await hears("keys L")
    await until(() => state()?.channels[3].pulsesOff === 0)
    await fourth.locator(".realign").waitFor({ state: "hidden" })
  })

  it("the front panel: each button presses and lets go", async () => {
    await view("panel")
    const plate = page.locator(".plate-view")
    const buttons: [string, string][] = [
      ["play / stop", "button-play"],
      ["tap tempo", "button-tap"],
      ...[1, 2, 3, 4].flatMap((i): [string, string][] => [
        [`channel ${i} start / stop`, `button-channel${i}`],
        [`channel ${i} pause / step`, `button-step${i}`],
      ]),
    ]
    for (const [label, port] of buttons) {
      heard = []
      await press(plate.getByLabel(label))
      await hears(`${port} 1`, `${port} 0`)
    }
  })

  it("the front panel: each input jack is high while it is held", async () => {
    await view("panel")
    for (const [label, port] of [
      ["cv in", "cv"],
      ["reset in", "reset"],
      ["run in", "run"],
    ]) {
      heard = []
      await press(page.locator(".plate-view").getByLabel(`${label}: high while pressed`))
      await hears(`${port} 1`, `${port} 0`)
    }
  })

  it("the front panel: each pot turns by key, wheel and drag, and points to what the device holds", async () => {
    await view("panel")
    await session.host.set({ tempo: 120 })
    for (const name of ["tempo", "wait", "arp"]) {
      const pot = page.locator(".plate-view").getByLabel(name, { exact: true })
      const turned = () => heard.filter((one) => one.startsWith(`pot-${name} `)).length
      const pointer = () => pot.locator(".pointer").getAttribute("transform")
      await pot.focus()
      for (const turn of [
        () => page.keyboard.press("PageUp"),
        () => page.keyboard.press("ArrowDown"),
        async () => {
          await pot.hover()
          await page.mouse.wheel(0, 120)
        },
        async () => {
          await page.mouse.down()
          await page.mouse.move(500, 40, { steps: 3 })
          await page.mouse.up()
        },
      ]) {
        const before = turned()
        await turn()
        await until(() => turned() > before, `pot-${name}`)
      }
      const before = await pointer()
      for (let i = 0; i < 9; i++) await page.keyboard.press(i === 0 ? "Tab" : "PageDown") // elsewhere: nothing of this pot's
      if (name === "wait") {
        await session.host.set({ wait: 99 })
        await session.host.set({ wait: 1 })
        await page.waitForFunction(
          (old) => document.querySelector(".plate-view [aria-label=wait] .pointer")?.getAttribute("transform") !== old,
          before,
        )
      }
    }
    await until(() => state()?.arp.division !== undefined)
  })

  it("the front panel: jacks and lights show what the device does", async () => {
    await view("panel")
    await session.host.set({ tempo: 300 })
    await page.locator("h1").click() // nothing has the focus: space is play
    if (state()?.transport === "stopped") await page.keyboard.press(" ")
    await page.keyboard.press("s")
    await page.locator(".plate-view .light.run.on").waitFor()
    const high = (name: string) => page.locator(".plate-view .jack.out.high").filter({ hasText: new RegExp(`^${name}$`) })
    await high("run").waitFor()
    for (const name of ["clock", "sync 1"]) {
      const jack = page.locator(".plate-view .jack.out").filter({ hasText: new RegExp(`^${name}$`) })
      await jack.locator(".nut.on").waitFor()
    }
    await page.keyboard.press(" ")
    await page.waitForFunction(() => document.querySelector(".plate-view .light.run.on") === null)
    await high("run").waitFor({ state: "detached" })
  })

  it("the scope: windows, freeze, a test clock with jitter", async () => {
    await view("scope")
    for (const seconds of ["2 s", "8 s", "4 s"]) {
      await page.getByRole("button", { name: seconds, exact: true }).click()
      assert.equal(await page.locator(".scope .tools [aria-pressed=true]").first().textContent(), seconds)
    }
    const picture = () => page.locator(".lanes").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
    await page.getByRole("button", { name: "freeze" }).click()
    await sleep(150)
    const frozen = await picture()
    await sleep(300)
    assert.equal(await picture(), frozen)
    await page.getByRole("button", { name: "run", exact: true }).click()
    await page.waitForFunction((old) => document.querySelector<HTMLCanvasElement>(".lanes")?.toDataURL() !== old, frozen)
    const cable = page.getByRole("button", { name: "test clock into CV" })
    await cable.click()
    await until(() => state()?.lock === "locked")
    await shows(".lock", /locked to CV/)
    await page.locator(".scope .patch select").selectOption("3000")
    await shows(".scope .numbers", /[1-9]\d* pulses · mean .* · sd (0\.[1-9]|[1-9]).* ms/)
    await cable.click()
    await until(() => state()?.source === "internal")
    assert.equal(await cable.getAttribute("aria-pressed"), "false")
  })

  it("the clock: each source by its button, the device's refusal of none, and what is locked to it", async () => {
    await view("clock")
    for (const source of ["auto", "cv", "midi-din", "midi-usb", "internal"]) {
      await page.locator(`.views .clock [data-source=${source}]`).click()
      await page.locator(`.views .clock [data-source=${source}][aria-pressed=true]`).waitFor()
      assert.equal(held("source"), source)
      await until(() => source === "auto" || state()?.source === source)
    }
    await page.locator(".views .clock [data-source=internal].rules").waitFor()
    await shows(".views .clock .lock-numbers", /its own clock/)
    await session.host.set({ sync: [{ ppqn: 4 }] })
    await shows(".views .clock .followers", /4, 2, 2, 2 a beat/)
    await session.host.set({ sync: [{ ppqn: 2 }] })
  })

  it("the keyboard alone: tabs by arrows, space on what has the focus, a jack held by it", async () => {
    await view("scope")
    await page.keyboard.press("ArrowRight")
    await page.locator("nav [data-view=clock][aria-selected=true]").waitFor()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await page.locator("nav [data-view=panel][aria-selected=true]").waitFor()
    const jack = page.locator(".plate-view").getByLabel("cv in: high while pressed")
    await jack.focus()
    await page.keyboard.down("Enter")
    await hears("cv 1")
    await page.keyboard.up("Enter")
    await hears("cv 0")
    await page.locator(".plate-view").getByLabel("tap tempo").focus()
    await page.keyboard.press("ArrowUp") // the keyboard is in use: what has the focus shows it
    await page.keyboard.press(" ")
    await hears("button-tap 1", "button-tap 0")
    assert.ok(!heard.includes("keys  "), "space pressed the button, not play")
    assert.equal(await page.locator(".plate-view").getByLabel("wait", { exact: true }).getAttribute("aria-valuenow"), "0")
  })

  it("the arpeggiator: every pattern, every step, shorter and longer, every mode, every division", async () => {
    await view("arp")
    for (let i = 0; i < 19; i++) {
      await page.locator(".pattern").nth(i).dispatchEvent("click")
      await page.locator(".pattern.on", { hasText: new RegExp(`^${i}$`) }).waitFor()
      assert.equal(held("arp.pattern"), i)
    }
    const pattern = () => String(held("arp.patterns.18"))
    for (let i = 0; i < 8; i++) {
      const before = pattern()
      await page.locator(".big-steps .step").nth(i).dispatchEvent("click")
      await until(() => pattern() === before.slice(0, i) + (before[i] === "1" ? "0" : "1") + before.slice(i + 1))
    }
    // Quick fingers: the second press does not wait for the answer to the first.
    const quick = pattern()
    await page.locator(".big-steps .step").evaluateAll((steps) => steps.forEach((step) => (step as HTMLElement).click()))
    await until(() => pattern() === Array.from(quick, (digit) => (digit === "1" ? "0" : "1")).join(""))
    const length = pattern().length
    await page.getByRole("button", { name: "shorter" }).click()
    await until(() => pattern().length === length - 1)
    await page.getByRole("button", { name: "longer" }).click()
    await until(() => pattern().length === length)
    for (const mode of [1, 2, 0]) {
      await page.locator(".modes button").nth(mode).click()
      await page.locator(`.modes button:nth-child(${mode + 1})[aria-pressed=true]`).waitFor()
      assert.equal(held("arp.mode"), mode)
    }
    for (const clocks of [96, 72, 48, 24, 12, 8, 6]) {
      await page.getByTitle(`${clocks} MIDI clocks a pulse`, { exact: true }).dispatchEvent("click")
      await page.locator(`.choices [title="${clocks} MIDI clocks a pulse"][aria-pressed=true]`).waitFor()
      assert.equal(state()?.arp.division, clocks)
    }
  })

  it("the monitor: into either input, with clocks and without, paused, cleared", async () => {
    await view("midi")
    const send = async (port: string, bytes: string) => {
      await page.getByLabel("input", { exact: true }).selectOption(port)
      await page.getByLabel("bytes to send, hexadecimal").fill(bytes)
      await page.getByRole("button", { name: "send" }).click()
    }
    await send("midi-din", "90 3c 64")
    await hears("midi-din 90", "midi-din 3c", "midi-din 64")
    await send("midi-usb", "b0 7 40")
    await hears("midi-usb b0 7 40")
    await shows(".lines .in", /controller 7 = 64/)
    await send("midi-usb", "nonsense")
    await shows(".send .problem", /expected bytes like 90 3c 64/)
    await page.getByRole("button", { name: "clear" }).click()
    await page.getByRole("button", { name: "clocks too" }).click()
    await page.locator("h1").click() // nothing has the focus: space is play
    if (state()?.transport === "stopped") await page.keyboard.press(" ")
    await shows(".lines li", /clock/)
    await page.getByRole("button", { name: "pause", exact: true }).click()
    const count = await page.locator(".lines li").count()
    await sleep(250)
    assert.equal(await page.locator(".lines li").count(), count)
    await page.getByRole("button", { name: "run", exact: true }).click()
    await page.getByRole("button", { name: "clocks too" }).click()
  })

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

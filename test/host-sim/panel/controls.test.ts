/**
 * Every control of the panel that plays, one by one: what it says to the device, and that the page shows what the device makes of it. The
 * device hears nothing but what the page sent: its inputs are looked at as it took them. Cards and settings: settings-controls.test.ts.
 */
import assert from "node:assert/strict"
import type { Page } from "playwright-core"
import type { Session } from "../../../host-sim/live/session"
import { needs } from "../../support/needs"
import { PanelRig } from "../../support/panel-rig"
import { sleep } from "../../support/sleep"

describe("every control of the panel", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const rig = new PanelRig()
  const { held, hears, press, shows, state, until, view } = rig
  let page: Page
  let session: Session

  before(async function () {
    needs(this, "chromium")
    await rig.open()
    page = rig.page
    session = rig.session
  })
  after(() => rig.close())
  beforeEach(() => rig.begin())

  it("each of the seed's keys goes to the device as it is", async () => {
    await page.locator("h1").click()
    const keys = [..."abcdijklIJKL9746+-><(&[]sx "]
    for (const key of keys) await page.keyboard.press(key)
    await hears(...keys.map((key) => `keys ${key}`))
    assert.equal(rig.heard.length, keys.length)
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
      rig.heard = []
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
      rig.heard = []
      await press(page.locator(".plate-view").getByLabel(`${label}: high while pressed`))
      await hears(`${port} 1`, `${port} 0`)
    }
  })

  it("the front panel: each pot turns by key, wheel and drag, and points to what the device holds", async () => {
    await view("panel")
    await session.host.set({ tempo: 120 })
    for (const name of ["tempo", "wait", "arp"]) {
      const pot = page.locator(".plate-view").getByLabel(name, { exact: true })
      const turned = () => rig.heard.filter((one) => one.startsWith(`pot-${name} `)).length
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
    assert.ok(!rig.heard.includes("keys  "), "space pressed the button, not play")
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
})

/**
 * The page configures a hardware module over Web MIDI: a browser's MIDI that is made of script (headless Chromium has none), and behind it
 * the core with its real SysEx on two cables. A synthesizer that understands nothing of it is plugged in too.
 */
import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { type Browser, chromium, type Page } from "playwright-core"
import { buildPage } from "../../../host-sim/live/page"
import { needs } from "../../support/needs"
import { sleep, until as waitUntil } from "../../support/sleep"
import { CABLES, SimulatedModule } from "../../support/simulated-module"

/** Runs in the page before its own scripts. */
function mockWebMidi(names: readonly string[]): void {
  const world = window as unknown as {
    moduleHears: (port: number, bytes: number[]) => void
    fromModule: (port: number, bytes: number[]) => void
    wants: object | undefined
  }
  const inputs = names.map((name, i) => ({
    id: `in${i}`,
    name,
    onmidimessage: null as ((event: object) => void) | null,
    open: async () => {},
  }))
  const outputs = names.map((name, i) => ({
    id: `out${i}`,
    name,
    open: async () => {},
    send: (bytes: number[]) => world.moduleHears(i, [...bytes]),
  }))
  const byId = <Port extends { id: string }>(ports: Port[]) => new Map(ports.map((port) => [port.id, port]))
  world.fromModule = (port, bytes) => inputs[port].onmidimessage?.({ data: Uint8Array.from(bytes) })
  const access = { inputs: byId(inputs), outputs: byId(outputs) }
  Object.defineProperty(navigator, "requestMIDIAccess", {
    value: async (wants: object) => {
      world.wants = wants
      return access
    },
  })
}

describe("the panel and a module over Web MIDI", function () {
  // Real time on a shared machine: a stumble of the machine is not a fault of the code.
  this.retries(2)
  const SYNTH = 0
  const folder = mkdtempSync(join(tmpdir(), "tactus-web-midi-"))
  const file = join(folder, "panel.html")
  const faults: string[] = []
  const heardBySynth: number[][] = []
  let browser: Browser
  let page: Page
  let module: SimulatedModule

  const open = async (address = `${pathToFileURL(file).href}#module`, names: readonly string[] | undefined = ["UM-ONE", ...CABLES]) => {
    page = await browser.newPage({ viewport: { width: 1024, height: 600 } })
    page.setDefaultTimeout(60_000)
    page.on("pageerror", (error) => faults.push(error.message))
    await page.exposeFunction("moduleHears", (port: number, bytes: number[]) => {
      if (port === SYNTH) heardBySynth.push(bytes)
      else module.receive(port - 1, bytes)
    })
    if (names.length > 0) await page.addInitScript(mockWebMidi, names)
    else
      await page.addInitScript(() =>
        Object.defineProperty(navigator, "requestMIDIAccess", { value: async () => Promise.reject(new Error("denied")) }),
      )
    await page.goto(address)
  }
  const toPage = (cable: number, bytes: number[]) =>
    void page
      .evaluate(([port, data]) => (window as never as { fromModule(port: number, bytes: number[]): void }).fromModule(port, data), [
        cable + 1,
        bytes,
      ] as const)
      .catch(() => {}) // the page has gone meanwhile
  const shows = (selector: string, wanted: RegExp) =>
    page.locator(selector).filter({ hasText: wanted }).first().waitFor({ state: "visible" })
  const until = (isTrue: () => boolean) => waitUntil(String(isTrue), isTrue)
  const tempo = () => page.getByRole("spinbutton", { name: /^tempo/ })
  const tempoIs = (value: string) =>
    page.waitForFunction((wanted) => [...document.querySelectorAll("input")].some((input) => input.value === wanted), value)

  before(async function () {
    needs(this, "chromium")
    writeFileSync(file, await buildPage())
    browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
  })
  after(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })
  beforeEach(() => {
    module = new SimulatedModule({ tempo: 77, wait: 7, arp: { pattern: 4 } }, toPage)
    faults.length = heardBySynth.length = 0
  })
  afterEach(async () => {
    module.close()
    await page.close()
    assert.deepEqual(faults, [])
  })

  it("finds it among other ports, asks for SysEx, and shows what it holds", async () => {
    await open()
    await shows(".lock", /^module \d+\.\d+\.\d+ on tactus configuration$/)
    assert.deepEqual(await page.evaluate(() => (window as never as { wants: object }).wants), { sysex: true })
    assert.equal(await tempo().inputValue(), "77")
    assert.equal(await page.getByRole("spinbutton", { name: /^wait/ }).inputValue(), "7")
    // The synthesizer heard who is asked for, and nothing of the settings.
    assert.ok(heardBySynth.every((bytes) => bytes[1] === 0x7e))
  })

  it("writes a setting, has it acknowledged, and shows what is read back", async () => {
    await open()
    await tempoIs("77")
    await tempo().fill("133.5")
    await tempo().press("Enter")
    await until(() => module.settings.tempo === 133.5)
    await tempo().blur()
    assert.equal(await tempo().inputValue(), "133.5")
  })

  it("shows a refusal at the setting, in the module's words, and then what it holds", async () => {
    await open()
    await tempoIs("77")
    await tempo().fill("5")
    await tempo().press("Enter")
    await shows(".setting:has-text('tempo') .problem", /tempo is 5; expected 20\.\.999\.99 BPM/)
    assert.equal(module.settings.tempo, 77)
    await tempo().blur()
    assert.equal(await tempo().inputValue(), "77")
  })

  it("edits the arpeggiator's patterns", async () => {
    await open()
    await tempoIs("77")
    await page.locator("nav [data-view=arp]").click()
    await shows("h2", /pattern 4/)
    await page.locator(".pattern").nth(18).click()
    await until(() => (module.settings.arp as { pattern: number }).pattern === 18)
    await page.locator(".big-steps .step").nth(0).click()
    await until(() => (module.settings.arp as { patterns: string[] }).patterns[18].startsWith("0"))
    await page.locator(".pattern.on .dots[data-pattern^='0']").waitFor()
  })

  it("sets everything as delivered, when asked twice", async () => {
    await open()
    await tempoIs("77")
    await page.getByRole("button", { name: "as delivered" }).click()
    await page.getByRole("button", { name: "really all of them?" }).click()
    await tempoIs("120")
    assert.equal(module.settings.wait, 1)
  })

  it("shows who it is, counts its faults, and says what SysEx does not carry", async () => {
    await open()
    await tempoIs("77")
    await page.locator("nav [data-view=module]").click()
    await shows(".module h2", /^tactus \d/)
    await shows(".module", /cannot stream/)
    await page.locator(".counters dd").first().waitFor()
    for (const absent of [".strips", ".scope", ".faceplate"]) assert.equal(await page.locator(absent).count(), 0)
  })

  it("shows nothing while it is away: no default stands in for what it holds; and all of it when it is back", async () => {
    module.isOn = false
    await open()
    await shows(".lock", /no module answers on UM-ONE, tactus|looking for it/)
    assert.equal(await tempo().inputValue(), "")
    assert.ok(await tempo().isDisabled())
    module.isOn = true
    await tempoIs("77")
    module.isOn = false
    await shows(".lock", /does not answer/)
    assert.equal(await tempo().inputValue(), "")
    module.change({ tempo: 88 })
    module.isOn = true
    await tempoIs("88")
  })

  it("waits until the whole dump is there", async () => {
    module.loses = (_, bytes) => bytes[4] === 4 && bytes[5] === 30
    await open()
    await shows(".lock", /reading the settings/)
    await sleep(1500)
    assert.equal(await tempo().inputValue(), "")
    module.loses = () => false
    await tempoIs("77")
  })

  it("says so where the browser gives no MIDI", async () => {
    await open(undefined, [])
    await shows(".lock", /the browser does not give MIDI: denied/)
    assert.equal(await tempo().inputValue(), "")
  })

  it("is chosen by the switch, and left by it", async () => {
    await open(pathToFileURL(file).href)
    await shows(".tempo", /^120\.0$/)
    await page.getByLabel("device", { exact: true }).selectOption("module")
    await shows(".lock", /^module .* on tactus configuration$/)
    await page.getByLabel("device", { exact: true }).selectOption("virtual")
    await shows(".tempo", /^120\.0$/)
  })
})

/**
 * The live host and its panel in Chromium, and what a test of a control asks: who heard what, what is shown, what is held. The session is
 * the live host's own; it hears nothing but what the page says.
 */
import { type Browser, chromium, type Locator, type Page } from "playwright-core"
import { buildPage } from "../../host-sim/live/page"
import { PanelServer } from "../../host-sim/live/server"
import { Session } from "../../host-sim/live/session"
import { byteOf, INPUT_PORTS, lengthOf, portOf, valueOf } from "../../src/event"
import { readSetting, type Settings } from "../../src/settings"
import { sleep, until as waitUntil } from "./sleep"

export class PanelRig {
  browser!: Browser
  page!: Page
  session!: Session
  server!: PanelServer
  /** "cv 1", "pot-tempo 512", "keys a", "midi-din 90 3c 64": as the core heard them. */
  heard: string[] = []

  readonly until = (isTrue: () => boolean, about = String(isTrue)) => waitUntil(about, isTrue)
  readonly hears = (...wanted: string[]) => this.until(() => wanted.every((one) => this.heard.includes(one)), wanted.join(", "))
  readonly view = (name: string) => this.page.locator(`nav [data-view=${name}]`).click()
  readonly state = () => this.session.host.update?.state
  readonly shows = (selector: string, wanted: RegExp) =>
    this.page.locator(selector).filter({ hasText: wanted }).first().waitFor({ state: "visible" })
  readonly held = (key: string) => readSetting(this.session.host.settings as unknown as Settings, key)
  readonly press = async (control: Locator) => {
    await control.hover()
    await this.page.mouse.down()
    await sleep(60)
    await this.page.mouse.up()
  }

  async open(): Promise<void> {
    this.browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], timeout: 120_000 })
    const built = await buildPage()
    this.session = new Session({ source: "internal", tempo: 240 }, undefined)
    this.server = new PanelServer({ host: "127.0.0.1", port: 0 }, built, {
      joined: () => this.session.greeting(),
      heard: (text, answer) => void this.session.request(text, answer),
    })
    this.session.broadcast = (text) => this.server.broadcast(text)
    this.session.host.listen({
      update: ({ inputs }) => {
        for (const { event } of inputs) if (event !== undefined) this.heard.push(inWords(event))
      },
    })
    await this.session.host.ready()
    const address = await this.server.open()
    this.page = await this.browser.newPage({ viewport: { width: 1024, height: 600 } })
    this.page.setDefaultTimeout(60_000)
    await this.page.goto(address)
    await this.shows(".tempo", /^240\.0$/)
  }

  async begin(): Promise<void> {
    this.heard = []
    await this.session.host.set({ source: "internal" })
  }

  /** Also where it never opened. */
  async close(): Promise<void> {
    await this.browser?.close()
    await this.session?.close()
    await this.server?.close()
  }
}

function inWords(event: number): string {
  const bytes = Array.from({ length: lengthOf(event) }, (_, i) => byteOf(event, i))
  const port = INPUT_PORTS[portOf(event)]
  const content = port === "keys" ? String.fromCharCode(bytes[0]) : bytes.map((byte) => byte.toString(16)).join(" ")
  return `${port} ${bytes.length === 0 ? valueOf(event) : content}`
}

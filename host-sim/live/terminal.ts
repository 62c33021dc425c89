/**
 * The panel in a terminal: the other screen while it runs, the old one as it was afterwards, whatever ends it. Keys are the seed's; q or
 * Ctrl-C ends.
 */
import type { ReadStream, WriteStream } from "node:tty"
import { IN_KEYS } from "../../src/event"
import type { Settings } from "../../src/settings"
import type { NetworkReport } from "../net/network-report"
import type { LiveHost } from "./live-host"
import { terminalScreen } from "./terminal-screen"

const ENTER = "\x1b[?1049h\x1b[?25l"
const LEAVE = "\x1b[?25h\x1b[?1049l"
const HOME = "\x1b[H"
const REST_OF_LINE = "\x1b[K"
const DRAW_MILLISECONDS = 80
const KEYS = /^[a-di-lI-L9746+\-><[\]sx&( ]$/

export class Terminal {
  private readonly timer: NodeJS.Timeout
  private readonly restore = () => void this.output.write(LEAVE)
  private isClosed = false
  private news = ""

  /** `ended` hears that the user wants to go. */
  constructor(
    private readonly host: LiveHost,
    private readonly address: string,
    private readonly input: ReadStream,
    private readonly output: WriteStream,
    private readonly ended: () => void,
    private readonly network: () => NetworkReport | undefined = () => undefined,
  ) {
    output.write(ENTER)
    process.on("exit", this.restore)
    input.setRawMode(true)
    input.setEncoding("utf8")
    input.on("data", this.hear)
    input.resume()
    output.on("resize", this.draw)
    this.timer = setInterval(this.draw, DRAW_MILLISECONDS)
  }

  /** Something has happened: it stands in the last line. */
  say(news: string): void {
    this.news = news
  }

  /** Gives the terminal back. Twice is fine. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    clearInterval(this.timer)
    this.output.off("resize", this.draw)
    this.input.off("data", this.hear)
    this.input.setRawMode(false)
    this.input.pause()
    process.off("exit", this.restore)
    this.restore()
  }

  private readonly hear = (text: string) => {
    if (text.startsWith("\x1b")) return // an arrow or function key: its letters are no keys of ours
    for (const character of text) {
      if (character === "q" || character === "\x03") this.ended()
      else if (KEYS.test(character)) this.host.input(IN_KEYS, { bytes: [character.charCodeAt(0)] })
    }
  }

  private readonly draw = () => {
    const { update, settings } = this.host
    if (!update || !settings) return
    const { columns, rows } = this.output
    const { address, news } = this
    const shown = { update, settings: settings as unknown as Settings, address, news, network: this.network() }
    const lines = terminalScreen(shown, columns, rows)
    this.output.write(HOME + lines.map((line) => line + REST_OF_LINE).join("\r\n"))
  }
}

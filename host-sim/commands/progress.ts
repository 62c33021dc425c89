/** A bar on the terminal for what takes longer than a moment. Silent where stderr is not a terminal. */
const PATIENCE_MS = 500
const EVERY_MS = 100
const WIDTH = 30

export interface Screen {
  readonly isTTY?: boolean
  write(text: string): unknown
}

export class Progress {
  #begun: number
  #drawn: number
  #shown = false

  constructor(
    private readonly screen: Screen = process.stderr,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#begun = this.now()
    this.#drawn = -Infinity
  }

  /** `share` 0..1 of `what` is done. */
  update(share: number, what: string): void {
    const now = this.now()
    if (!this.screen.isTTY || now - this.#begun < PATIENCE_MS || now - this.#drawn < EVERY_MS) return
    const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH)
    this.screen.write(`\r${"█".repeat(full)}${"░".repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %  ${what}\x1b[K`)
    this.#drawn = now
    this.#shown = true
  }

  /** Takes the bar away. Twice is fine. */
  end(): void {
    if (this.#shown) this.screen.write("\r\x1b[K")
    this.#shown = false
  }
}

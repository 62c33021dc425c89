/**
 * Buttons at the GPIO pins of a Raspberry Pi, a Jetson or whatever else libgpiod knows: `play=17,next=27`. A button connects its line to
 * ground. `gpiomon` (Debian package gpiod, version 1 or 2) watches the lines as a child process and prints one for each press; contacts
 * bounce, so what comes within `BOUNCE_MILLIS` of a press of the same line is part of it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { createInterface } from "node:readline"
import { BadInput } from "../input/bad-input"

const BOUNCE_MILLIS = 50
const STANDARD_CHIP = "gpiochip0"

/** What a button can do: play is stop and resume in turn; up and down are the volume. */
export const BUTTONS = ["play", "start", "stop", "next", "previous", "up", "down"] as const
export type Button = (typeof BUTTONS)[number]

export interface Wiring {
  readonly chip: string
  /** The button at each line. */
  readonly lines: ReadonlyMap<number, Button>
}

/** `[gpiochipN:]play=17,next=27`. Throws BadInput where it cannot be meant. */
export function readWiring(text: string): Wiring {
  const at = text.lastIndexOf(":")
  const chip = at < 0 ? STANDARD_CHIP : text.slice(0, at)
  const lines = new Map<number, Button>()
  for (const each of text.slice(at + 1).split(",")) {
    const found = /^\s*([a-z]+)\s*=\s*(\d{1,4})\s*$/.exec(each)
    const button = BUTTONS.find((name) => name === found?.[1])
    const isRight = found && button && !lines.has(Number(found[2])) && /^[\w/-]+$/.test(chip)
    if (!isRight)
      throw new BadInput(
        `--buttons is ${JSON.stringify(text)}; expected [CHIP:]NAME=LINE,... with a line each, NAME one of ${BUTTONS.join(", ")}`,
      )
    lines.set(Number(found[2]), button)
  }
  return { chip, lines }
}

export class ButtonWatch {
  private readonly child: ChildProcess
  private readonly pressedAt = new Map<number, number>()
  private isClosed = false

  /** `failed` hears a sentence where the lines cannot be watched, or no longer. Throws BadInput where there is no gpiomon. */
  constructor(
    private readonly wiring: Wiring,
    private readonly pressed: (button: Button) => void,
    failed: (problem: string) => void,
    program = "gpiomon",
  ) {
    const version = spawnSync(program, ["--version"], { encoding: "utf8" })
    if (version.error) throw new BadInput(`--buttons needs ${program}, of the Debian package gpiod; expected it to be installed`)
    this.child = spawn(program, wordsFor(version.stdout, wiring), { stdio: ["ignore", "pipe", "pipe"] })
    let complaint = ""
    this.child.stderr?.on("data", (text) => (complaint = String(text).trim().split("\n")[0]))
    this.child.on("error", (fault) => (complaint = fault.message))
    this.child.on("close", () => this.isClosed || failed(`the buttons are not watched: ${complaint || `${program} has ended`}`))
    if (this.child.stdout) createInterface(this.child.stdout).on("line", (line) => this.hear(line, performance.now()))
  }

  /** Twice is fine. */
  close(): void {
    this.isClosed = true
    this.child.kill()
  }

  private hear(line: string, now: number): void {
    const offset = Number(/^\s*(\d+)\s*$/.exec(line)?.[1] ?? NaN)
    const button = this.wiring.lines.get(offset)
    if (!button) return
    const before = this.pressedAt.get(offset) ?? -Infinity
    this.pressedAt.set(offset, now)
    if (now - before > BOUNCE_MILLIS) this.pressed(button)
  }
}

/** Falling edges only, pulled up, the line's number for each. */
function wordsFor(version: string, { chip, lines }: Wiring): string[] {
  const numbers = [...lines.keys()].map(String)
  const isFirst = /\bv1\./.test(version)
  if (isFirst) return ["--line-buffered", "--bias=pull-up", "--falling-edge", "--format=%o", chip, ...numbers]
  return ["--chip", chip, "--bias", "pull-up", "--edges", "falling", "--format", "%o", ...numbers]
}

/**
 * Sound cards without hardware: a PulseAudio of its own with one sink a card, each writing into a pipe that is drained here at the pace
 * of a crystal of its own (pulse-card.ts), in steps of some samples, so that a card asks for more when it has room and not up to a millisecond later.
 * Where the test itself runs with real-time priority (`chrt`), PulseAudio is given it too: it sheds what it inherits.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { setPriority, tmpdir } from "node:os"
import { join } from "node:path"
import type { Context } from "mocha"
import { isInstalled, needs } from "./needs"
import { PulseCable } from "./pulse-cable"
import { CARD_RATE, drainBuffer, now, PulseCard } from "./pulse-card"
import { sleep } from "./sleep"

const DRAIN_MILLIS = 0.1

interface CardOptions {
  /** What lies between each card's buffer and its jack, us; none. */
  readonly delays?: readonly number[]
  /** All jacks go into one input of the computer, `CABLE`. */
  readonly hasCable?: boolean
}

/** The ALSA device that records what the cards play. */
export const CABLE = "cable"

export class PulseCards {
  readonly cards: PulseCard[]
  /** For a program that is to see these cards and no others. */
  readonly environment: NodeJS.ProcessEnv
  private readonly folder = mkdtempSync(join(tmpdir(), "tactus-cards-"))
  private readonly server: ChildProcess
  private readonly cable: PulseCable | undefined
  private readonly buffer = drainBuffer()
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4))
  private isClosed = false

  /** One card for each crystal; they are called card1, card2, ... */
  constructor(context: Context, crystals: readonly number[], { delays, hasCable }: CardOptions = {}) {
    needs(context, "pulseaudio")
    needs(context, "pactl", "pulseaudio-utils")
    const run = join(this.folder, "run")
    mkdirSync(run, { mode: 0o700 })
    this.environment = { ...process.env, HOME: this.folder, XDG_RUNTIME_DIR: run, XDG_CONFIG_HOME: this.folder }
    const pipe = (name: string): string => join(this.folder, `${name}.pipe`)
    this.cards = crystals.map((ppm, index) => new PulseCard(`card${index + 1}`, ppm, pipe(`card${index + 1}`), delays?.[index]))
    if (hasCable) this.cable = new PulseCable(this.cards, pipe(CABLE))
    const devices = this.cards.map(({ name }) => `pcm.${name} { type pulse device ${name} hint { show on description "${name}" } }\n`)
    if (hasCable) devices.push(`pcm.${CABLE} { type pulse device ${CABLE} }\n`)
    writeFileSync(join(this.folder, ".asoundrc"), devices.join(""))
    const options = "-n --daemonize=no --exit-idle-time=-1 --high-priority -L module-native-protocol-unix".split(" ")
    const modules = this.cards.map(sinkOf)
    if (hasCable) modules.push(`module-pipe-source source_name=${CABLE} file=${pipe(CABLE)} rate=${CARD_RATE} channels=1 format=s16le`)
    this.server = spawn("pulseaudio", [...options, ...modules.flatMap((module) => ["-L", module])], {
      env: this.environment,
      stdio: "ignore",
    })
    this.drain()
    try {
      setPriority(0, -18)
    } catch {
      // slips tell what that costs
    }
  }

  /** Waits until the server answers. */
  async ready(): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      try {
        if (this.pactl("list", "short", "sinks").split("\n").length > this.cards.length) return this.hurryServer()
      } catch {
        // not yet
      }
      await sleep(100)
    }
    throw new Error("PulseAudio does not answer")
  }

  /** Its sink is gone from one moment to the next. */
  pull(card: PulseCard): void {
    card.isIn = false
    const found = this.pactl("list", "short", "modules")
      .split("\n")
      .find((line) => line.includes(`sink_name=${card.name} `))
    this.pactl("unload-module", String(found).split("\t")[0])
  }

  putBack(card: PulseCard, buffer = Buffer.alloc(1 << 17)): void {
    card.drainAway(buffer)
    card.isIn = true
    const [module, ...words] = sinkOf(card).split(" ")
    this.pactl("load-module", module, ...words)
  }

  close(): void {
    this.isClosed = true
    this.server.kill("SIGKILL")
    for (const each of [...this.cards, this.cable]) each?.close()
    rmSync(this.folder, { recursive: true, force: true })
    try {
      setPriority(0, 0)
    } catch {
      // it never was another
    }
  }

  private drain(): void {
    if (this.isClosed) return
    for (const card of this.cards) card.drain(this.buffer)
    this.cable?.carry(now())
    Atomics.wait(this.sleeper, 0, 0, DRAIN_MILLIS)
    setImmediate(() => this.drain())
  }

  /** As urgent as this process is, and a little more. */
  private hurryServer(): void {
    if (!isInstalled("chrt")) return
    const own = execFileSync("chrt", ["--pid", String(process.pid)], { encoding: "utf8" })
    const priority = Number(/priority: (\d+)/.exec(own)?.[1] ?? 0)
    if (priority > 0) execFileSync("chrt", ["--all-tasks", "--rr", "--pid", String(priority + 1), String(this.server.pid)])
  }

  private pactl(...words: string[]): string {
    return execFileSync("pactl", words, { env: this.environment, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 60_000 })
  }
}

function sinkOf({ name, path }: PulseCard): string {
  return `module-pipe-sink sink_name=${name} file=${path} rate=${CARD_RATE} channels=2 format=s16le sink_properties=device.description=${name}`
}

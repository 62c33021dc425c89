/**
 * Sound cards without hardware: a PulseAudio of its own with one sink a card, each writing into a pipe that is drained here at the pace
 * of a crystal of its own. What comes out of a pipe is what would leave the card's jack, so pulses are found with their frame, their length
 * and the moment at which they are heard.
 *
 * Pipes are drained in steps of some samples, so that a card asks for more when it has room and not up to a millisecond later. Where the test itself
 * runs with real-time priority (`chrt`), PulseAudio is given it too: it sheds what it inherits.
 *
 * A card waits where nothing has come yet, and where this process was held up for longer than a tenth of a second: on a busy machine
 * the test must not break what it judges. Both are counted as slips; a figure is only worth something without them.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from "node:fs"
import { setPriority, tmpdir } from "node:os"
import { join } from "node:path"
import type { Context } from "mocha"
import { isInstalled, needs } from "./needs"
import { sleep } from "./sleep"

const RATE = 48000
const FRAME_BYTES = 4
const THRESHOLD = 8192
const DRAIN_MILLIS = 0.1
const MOST_FRAMES_AT_ONCE = RATE / 10

export interface HeardPulse {
  readonly frame: number
  readonly frames: number
  /** -32768..32767, in its middle. */
  readonly level: number
  /** Monotonic, µs; between two frames where it rises over some. */
  readonly time: number
}

export class PulseCard {
  /** Left and right. */
  readonly pulses: [HeardPulse[], HeardPulse[]] = [[], []]
  slips = 0
  /** A card that is pulled out takes nothing and plays nothing. */
  isIn = true
  private frame = 0
  /** When frame 0 was heard. */
  private origin = now()
  private readonly since = [-1, -1]
  private readonly levels = [0, 0]
  private readonly before = [0, 0]
  /** How long before its first frame each pulse crossed the threshold, frames. */
  private readonly crossed = [0, 0]
  private readonly pipe: number

  constructor(
    readonly name: string,
    readonly ppm: number,
    readonly path: string,
  ) {
    execFileSync("mkfifo", [path])
    this.pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  drain(buffer: Buffer): void {
    const pace = (RATE * (1 + this.ppm / 1e6)) / 1e6
    const due = Math.floor((now() - this.origin) * pace) - this.frame
    const wanted = Math.min(due, MOST_FRAMES_AT_ONCE)
    const came = this.isIn ? this.read(buffer, wanted) : 0
    for (let index = 0; index < came; index++) this.hear(buffer, index, pace)
    this.frame += came
    if (came === due) return
    if (this.isIn && this.pulses[0].length + this.pulses[1].length > 0) this.slips++
    this.origin = now() - this.frame / pace
  }

  /** What was in the pipe when it was pulled out is never heard. */
  drainAway(buffer: Buffer): void {
    while (this.read(buffer, buffer.length / FRAME_BYTES) > 0);
    this.since.fill(-1)
  }

  close(): void {
    closeSync(this.pipe)
  }

  private read(buffer: Buffer, frames: number): number {
    if (frames <= 0) return 0
    try {
      return Math.floor(readSync(this.pipe, buffer, 0, frames * FRAME_BYTES, null) / FRAME_BYTES)
    } catch {
      return 0
    }
  }

  private hear(buffer: Buffer, index: number, pace: number): void {
    for (let side = 0; side < 2; side++) {
      const level = buffer.readInt16LE(index * FRAME_BYTES + side * 2)
      const isHigh = Math.abs(level) > THRESHOLD
      const frame = this.frame + index
      if (isHigh && this.since[side] < 0) {
        this.since[side] = frame
        this.crossed[side] = (Math.abs(level) - THRESHOLD) / (Math.abs(level) - Math.abs(this.before[side]))
      }
      this.before[side] = level
      if (isHigh) this.levels[side] = level
      else if (this.since[side] >= 0) {
        const start = this.since[side]
        this.since[side] = -1
        this.pulses[side].push({
          frame: start,
          frames: frame - start,
          level: this.levels[side],
          time: this.origin + (start - this.crossed[side]) / pace,
        })
      }
    }
  }
}

export class PulseCards {
  readonly cards: PulseCard[]
  /** For a program that is to see these cards and no others. */
  readonly environment: NodeJS.ProcessEnv
  private readonly folder = mkdtempSync(join(tmpdir(), "tactus-cards-"))
  private readonly server: ChildProcess
  private readonly buffer = Buffer.alloc(MOST_FRAMES_AT_ONCE * FRAME_BYTES)
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4))
  private isClosed = false

  /** One card for each crystal; they are called card1, card2, ... */
  constructor(context: Context, crystals: readonly number[]) {
    needs(context, "pulseaudio")
    needs(context, "pactl", "pulseaudio-utils")
    const run = join(this.folder, "run")
    mkdirSync(run, { mode: 0o700 })
    this.environment = { ...process.env, HOME: this.folder, XDG_RUNTIME_DIR: run, XDG_CONFIG_HOME: this.folder }
    this.cards = crystals.map((ppm, index) => new PulseCard(`card${index + 1}`, ppm, join(this.folder, `card${index + 1}.pipe`)))
    const devices = this.cards.map(({ name }) => `pcm.${name} { type pulse device ${name} hint { show on description "${name}" } }\n`)
    writeFileSync(join(this.folder, ".asoundrc"), devices.join(""))
    const options = "-n --daemonize=no --exit-idle-time=-1 --high-priority -L module-native-protocol-unix".split(" ")
    const sinks = this.cards.flatMap((card) => ["-L", sinkOf(card)])
    this.server = spawn("pulseaudio", [...options, ...sinks], { env: this.environment, stdio: "ignore" })
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
    for (const card of this.cards) card.close()
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
  return `module-pipe-sink sink_name=${name} file=${path} rate=${RATE} channels=2 format=s16le sink_properties=device.description=${name}`
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1000
}

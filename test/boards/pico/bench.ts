/**
 * A workbench for the bare image: compiles the shipped native files with arm-none-eabi-gcc, starts them on the emulated chip
 * (tools/emulate/chip.ts says what is modelled), writes commands into the image's mailbox once a millisecond, plays edges and
 * bytes into it, and writes down every edge and every byte that leaves, to the nanosecond.
 *
 * Sleeping through idle turns: core 1 looks at the time some three million times a second, and most of those looks change
 * nothing. Where the image's own state says so (nothing staged, nothing moving, no hold-off running, core 0 asleep), the bench moves
 * both cores' time to just before the next thing that can happen, by an amount that is not a whole number of turns, so that
 * events meet the loop in every phase. `sleeps: false` runs every turn; a test compares the two.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Chip } from "../../../tools/emulate/chip"
import { UartWire, type WireByte } from "../../../tools/emulate/uart-wire"

const ROOT = join(__dirname, "../../..")
const BARE = join(__dirname, "bare")
const FLASH = 0x10000000
const NANOS_PER_CYCLE = 8
const BUSY_PIN = 25
const COMMANDS = 1024
const COPIES = 4096
const WAKE_BEFORE_NANOS = 12000
/** The start-up code has cleared RAM by then, the mailbox with it. */
const START_MICROS = 2000

/** The words of enum command in bare/main.c. */
export const OUTPUT = 0
export const INPUT = 1
export const DIN = 2
export const RUN = 3
export const PINS = 4
export const BYTE = 5
export const USB = 6
export const HOLD_OFF = 7
export const ANSWER_WORD = 8
export const ARM = 9
export const ERASE = 10
export const BUSY = 11
export const CARRY = 12
/** struct route of carry.c: words, and where `put` and `taken` stand. */
const ROUTE_WORDS = 5
const ROUTES = 4

export interface Image {
  readonly binary: Buffer
  readonly symbols: ReadonlyMap<string, number>
  symbolEnd(name: string): number
}

export interface Captured {
  readonly at: number
  readonly kind: number
  readonly input: number
  readonly value: number
  readonly answered: boolean
}

export interface PinEdge {
  readonly nanos: number
  readonly pin: number
  readonly level: boolean
}

/** Compiles and links; `optimization` as Moddable builds it is -O2. */
export function buildImage(optimization = "-O2"): Image {
  const folder = mkdtempSync(join(tmpdir(), "tactus-bare-"))
  try {
    const elf = join(folder, "bare.elf")
    const sources = [join(BARE, "main.c")]
    const isShipped = (name: string) => name.endsWith(".c") && name !== "usb-device.c" // that wants the SDK's TinyUSB
    for (const part of ["boards/native", "boards/pico/port"])
      for (const name of readdirSync(join(ROOT, part))) if (isShipped(name)) sources.push(join(ROOT, part, name))
    const flags = ["-std=c11", "-mcpu=cortex-m0plus", "-mthumb", "-Wall", "-Wextra", "-Werror", optimization]
    const link = ["-ffreestanding", "-nostartfiles", "-ffunction-sections", "-T", join(BARE, "link.ld"), "-Wl,--gc-sections,-e,0x10000000"]
    const paths = ["-I", join(ROOT, "boards/native"), "-I", join(ROOT, "boards/pico/port")]
    execFileSync("arm-none-eabi-gcc", [...flags, ...link, ...paths, ...sources, "-o", elf], { stdio: ["ignore", "ignore", "pipe"] })
    execFileSync("arm-none-eabi-objcopy", ["-O", "binary", elf, join(folder, "bare.bin")])
    const symbols = new Map<string, number>()
    const ends = new Map<string, number>()
    for (const line of execFileSync("arm-none-eabi-nm", ["-S", elf], { encoding: "utf8" }).split("\n")) {
      const [address, size, , name] = line.split(" ")
      if (!name) continue
      symbols.set(name, parseInt(address, 16))
      ends.set(name, parseInt(address, 16) + parseInt(size, 16))
    }
    return { binary: readFileSync(join(folder, "bare.bin")), symbols, symbolEnd: (name) => ends.get(name) ?? NaN }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export class Bench {
  readonly chip = new Chip()
  readonly edges: PinEdge[] = []
  readonly wireBytes: WireByte[] = []
  readonly captured: Captured[] = []
  readonly packets: { at: number; packet: number }[] = []
  readonly wire: UartWire
  private readonly commands: number[][] = []
  private readonly stimuli: { nanos: number; act: () => void }[] = []
  private stimulus = 0
  private copiesTaken = 0
  private packetsTaken = 0
  private phase = 1
  private readonly lanes: number[]

  constructor(
    private readonly image: Image,
    private readonly sleeps = true,
  ) {
    const { chip } = this
    chip.flash.set(image.binary, 0)
    chip.core.SP = chip.readUint32(FLASH)
    chip.core.PC = chip.readUint32(FLASH + 4) & ~1
    this.wire = new UartWire(chip, (byte) => this.wireBytes.push(byte))
    chip.gpio.forEach((gpio, pin) => gpio.addListener((state, before) => this.onPin(pin, Number(state), Number(before))))
    this.lanes = ["pins", "din_clocks", "din_bytes", "din_carried"].map((name) => this.symbol(name))
    this.runUntil(START_MICROS)
  }

  /** Microseconds on the chip's own timer. */
  get micros(): number {
    return this.chip.nanos / 1000
  }

  word(name: string, index = 0): number {
    return this.chip.readUint32(this.symbol(name) + 4 * index)
  }

  /** Core 0 obeys at its next millisecond. */
  command(command: number, a = 0, b = 0, c = 0): void {
    this.commands.push([command, a >>> 0, b >>> 0, c >>> 0])
  }

  /** Changes an input pin at `micros`; keep the calls of all stimuli in any order before running there. */
  at(micros: number, act: () => void): void {
    this.stimuli.push({ nanos: Math.round(micros * 1000), act })
  }

  /** Runs to `micros`, feeding the mailbox and emptying the copies. */
  runUntil(micros: number): void {
    const end = micros * 1000
    const rest = this.stimuli.splice(this.stimulus).sort((a, b) => a.nanos - b.nanos)
    this.stimuli.push(...rest)
    while (this.chip.nanos < end) {
      this.post()
      const next = this.stimuli[this.stimulus]
      const until = Math.min(end, next ? Math.max(next.nanos, this.chip.nanos) : end)
      this.advance(until)
      if (next && next.nanos <= until) {
        this.stimulus++
        next.act()
      }
      this.fetch()
    }
  }

  private symbol(name: string): number {
    const address = this.image.symbols.get(name)
    if (address === undefined) throw new Error(`the image has no ${name}`)
    return address
  }

  private onPin(pin: number, state: number, before: number): void {
    if (state > 1 || before > 1) return // not an output, or only becoming one
    if (pin === BUSY_PIN) this.chip.flashIsHeld = state === 1
    else this.edges.push({ nanos: this.chip.nanos, pin, level: state === 1 })
  }

  private advance(until: number): void {
    const { chip } = this
    while (chip.nanos < until) {
      if (this.sleeps) this.sleep(until)
      const slice = Math.min(until, chip.nanos + 4000)
      if (chip.nanos < slice) chip.runUntil(slice)
      if (chip.nanos < slice) this.tick(slice - chip.nanos)
    }
  }

  private tick(nanos: number): void {
    ;(this.chip.clock as unknown as { tick(nanos: number): void }).tick(nanos)
  }

  /** Both cores' time moves on where no turn of the loop before then can change anything. */
  private sleep(until: number): void {
    const { chip } = this
    if (!chip.cores[0].core.waiting) return
    if (chip.cores[1].running && (this.isBusy() || !this.isBetweenTurns() || this.isBusy())) return
    const clock = chip.clock as unknown as { nanosToNextAlarm: number; nextAlarm: unknown }
    let wake = until
    if (clock.nextAlarm) wake = Math.min(wake, chip.nanos + clock.nanosToNextAlarm)
    const now = chip.nanos
    for (const lane of this.lanes) {
      const first = chip.readUint32(lane + 8)
      if (first === chip.readUint32(lane + 12)) continue
      const at = chip.readUint32(chip.readUint32(lane) + 12 * (first & chip.readUint32(lane + 4)))
      wake = Math.min(wake, at * 1000)
    }
    this.phase = (Math.imul(this.phase, 1664525) + 1013904223) >>> 0
    wake -= WAKE_BEFORE_NANOS + (this.phase >>> 25) * NANOS_PER_CYCLE
    if (wake <= now) return
    this.tick(wake - now)
    for (const core of chip.cores) core.at = Math.max(core.at, chip.nanos / NANOS_PER_CYCLE)
  }

  /** Lets core 1 finish what it is in the middle of; where its loop calls nothing, it holds nothing. */
  private isBetweenTurns(): boolean {
    const { chip } = this
    const { core } = chip.cores[1]
    const start = this.symbol("core1")
    for (let tries = 0; tries < 200; tries++) {
      if (core.PC >= start && core.PC < this.image.symbolEnd("core1")) return true
      chip.runUntil(chip.nanos + NANOS_PER_CYCLE)
    }
    return false
  }

  private isBusy(): boolean {
    const { chip } = this
    const waits = (ring: string) => this.word(ring) !== this.word(ring, 1)
    if (
      waits("staged") ||
      waits("answers") ||
      this.isCarrying() ||
      this.word("eye", 4) !== this.word("eye", 5) ||
      this.word("settling") !== 0
    )
      return true
    if (!chip.uart[0]["rxFIFO"].empty || chip.cores[1].core.IPSR !== 0 || chip.cores[1].core.pendingInterrupts !== 0) return true
    return this.lanes.some((lane) => chip.readUint8(lane + 20) !== 0)
  }

  private isCarrying(): boolean {
    for (let i = 0; i < ROUTES; i++) if (this.word("routes", i * ROUTE_WORDS + 3) !== this.word("routes", i * ROUTE_WORDS + 4)) return true
    return false
  }

  private post(): void {
    if (this.commands.length === 0) return
    let put = this.word("commands_put")
    const room = COMMANDS - ((put - this.word("commands_taken")) >>> 0)
    for (const words of this.commands.splice(0, room)) {
      const address = this.symbol("commands") + 16 * (put % COMMANDS)
      words.forEach((word, index) => this.chip.writeUint32(address + 4 * index, word))
      put = (put + 1) >>> 0
    }
    this.chip.writeUint32(this.symbol("commands_put"), put)
  }

  private fetch(): void {
    const { chip } = this
    for (const put = this.word("copies_put"); this.copiesTaken !== put; this.copiesTaken++) {
      const address = this.symbol("copies") + 8 * (this.copiesTaken % COPIES)
      const [kind, input, value, answered] = [4, 5, 6, 7].map((offset) => chip.readUint8(address + offset))
      this.captured.push({ at: chip.readUint32(address), kind, input, value, answered: answered !== 0 })
    }
    for (const put = this.word("packets_put"); this.packetsTaken !== put; this.packetsTaken++) {
      const address = this.symbol("packets") + 8 * (this.packetsTaken % COPIES)
      this.packets.push({ at: chip.readUint32(address), packet: chip.readUint32(address + 4) })
    }
  }
}

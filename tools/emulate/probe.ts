/**
 * Looks into the firmware while it runs on the emulated chip: how long TypeScript and garbage collections take, what XS's heap
 * holds; and forces a collection where one is asked for. Needs the ELF file beside the UF2, for the names.
 *
 * A collection is forced without a word of the firmware changed: when core 0 next enters one of our native functions, where XS allows
 * a collection, it is made to call fxCollect first.
 */
import { readFileSync } from "node:fs"
import { BadInput } from "../../host-sim/input/bad-input"
import type { Chip } from "./chip"
import { addressOf } from "./elf"

/** XS_COMPACT_FLAG | XS_ORGANIC_FLAG, as XS itself calls when its heap is full. */
const COLLECT_FLAGS = 3
/** Of txMachine, in a release build of Moddable SDK 8.2.3 (from fxNewSlot's and fxNewChunk's code): bytes of chunks, slots. */
const CHUNKS_OFFSET = 172
const SLOTS_OFFSET = 188
const CYCLES_PER_MICRO = 125
const SAVED = [0, 1, 2, 3, 12, 14]
const SP = 13
const LR = 14
const PC = 15

interface Span {
  readonly name: string
  readonly returnsTo: number
  readonly stack: number
  readonly since: number
}

export interface SpanFigures {
  calls: number
  cycles: number
  longest: number
}

export interface Heap {
  readonly slots: number
  readonly chunkBytes: number
}

/** Runs from TypeScript's callback to its return; a collection; and what the loop around them costs. */
const WATCHED = ["fxRunID", "fxCollect"]

export class Probe {
  readonly figures = new Map<string, SpanFigures>(WATCHED.map((name) => [name, { calls: 0, cycles: 0, longest: 0 }]))
  /** After each forced collection. */
  readonly heaps: Heap[] = []
  private readonly watched = new Map<number, string>()
  private readonly entries = new Set<number>()
  private readonly open: Span[] = []
  private readonly collect: number
  private since = 0
  private wantsCollection = false
  private held: { entry: number; stack: number; registers: number[]; machine: number } | null = null

  constructor(
    private readonly chip: Chip,
    elf: string,
  ) {
    const symbols = symbolsOf(elf)
    for (const name of WATCHED) this.watched.set(symbols(name), name)
    this.collect = symbols("fxCollect")
    for (const name of ["xs_tactus_now", "xs_tactus_take", "xs_tactus_poll"]) this.entries.add(symbols(name))
    const { core } = chip.cores[0]
    const execute = core.executeInstruction.bind(core)
    core.executeInstruction = () => {
      this.look(core.registers)
      return execute()
    }
  }

  /** Counts from now on. */
  start(): void {
    for (const figures of this.figures.values()) figures.calls = figures.cycles = figures.longest = 0
    this.since = this.chip.cycles
  }

  forceCollection(): void {
    this.wantsCollection = true
  }

  /** Share of core 0's time spent in `name`, 0..1. */
  share(name: string): number {
    return (this.figures.get(name)?.cycles ?? 0) / (this.chip.cycles - this.since)
  }

  longestMicros(name: string): number {
    return (this.figures.get(name)?.longest ?? 0) / CYCLES_PER_MICRO
  }

  private look(registers: Uint32Array): void {
    const pc = registers[PC]
    const name = this.watched.get(pc)
    if (name !== undefined && !this.open.some((span) => span.name === name))
      this.open.push({ name, returnsTo: registers[LR] & ~1, stack: registers[SP], since: this.chip.cycles })
    for (let last = this.open.at(-1); last?.returnsTo === pc && last.stack === registers[SP]; last = this.open.at(-1)) {
      this.open.pop()
      this.count(last)
    }
    if (!this.entries.has(pc)) return
    if (this.held?.entry === pc && this.held.stack === registers[SP]) this.release(registers)
    else if (this.wantsCollection && !this.held) this.divert(pc, registers)
  }

  private count({ name, since }: Span): void {
    const figures = this.figures.get(name)
    if (!figures) return
    const cycles = this.chip.cycles - since
    figures.calls++
    figures.cycles += cycles
    figures.longest = Math.max(figures.longest, cycles)
  }

  private divert(entry: number, registers: Uint32Array): void {
    this.wantsCollection = false
    this.held = { entry, stack: registers[SP], registers: SAVED.map((index) => registers[index]), machine: registers[0] }
    registers[1] = COLLECT_FLAGS
    registers[LR] = entry | 1
    registers[PC] = this.collect
    this.open.push({ name: "fxCollect", returnsTo: entry, stack: registers[SP], since: this.chip.cycles })
  }

  private release(registers: Uint32Array): void {
    if (!this.held) return
    const { machine } = this.held
    SAVED.forEach((index, at) => (registers[index] = this.held?.registers[at] ?? 0))
    this.held = null
    this.heaps.push({ slots: this.chip.readUint32(machine + SLOTS_OFFSET), chunkBytes: this.chip.readUint32(machine + CHUNKS_OFFSET) })
  }
}

/** Addresses by name. Throws a BadInput that names the file. */
function symbolsOf(file: string): (name: string) => number {
  const elf = readFileSync(file)
  return (name) => {
    try {
      return addressOf(elf, name)
    } catch (error) {
      throw new BadInput(`${file}: ${(error as Error).message}; expected the ELF file beside the UF2`)
    }
  }
}

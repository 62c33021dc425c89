/**
 * The flash behind the SSI, as far as the boot ROM's write routines and the identification commands need it: a 2 MB W25Q16JV.
 * An erase keeps it busy for 45 ms, a page for 0.4 ms (its data sheet's typical values, or what one asks for); whoever fetches code meanwhile is
 * counted as a violation by the chip. An erase can be suspended (75h; it takes 20 us, and the flash is readable then) and resumed (7Ah). A cut of the power in the middle leaves a sector whose bits are erased here and not there, or a
 * page written up to some byte. Bytes on the bus take no time of their own beyond the instructions that move them.
 */
import { BasePeripheral } from "rp2040js"
import type { Chip } from "./chip"

export interface FlashTimes {
  readonly eraseNanos: number
  readonly pageNanos: number
}

export const TYPICAL_TIMES: FlashTimes = { eraseNanos: 45e6, pageNanos: 0.4e6 }
/** The longest the data sheet allows. */
export const WORST_TIMES: FlashTimes = { eraseNanos: 400e6, pageNanos: 3e6 }

const SSI_BASE = 0x18000000
const QSPI_PINS_BASE = 0x40018000
const CHIP_SELECT_CONTROL = 0x0c

const SSI_ENABLE = 0x08
const SSI_TX_LEVEL = 0x20
const SSI_RX_LEVEL = 0x24
const SSI_STATUS = 0x28
const SSI_DATA = 0x60

/** Flash id of the emulated board; the firmware's serial number is made from it. */
const UNIQUE_ID = [0xe6, 0x60, 0x58, 0x38, 0x83, 0x12, 0x34, 0x56]

/** Status register 1: BUSY, write enable latch. Status register 2: quad enable, SUS. */
const BUSY = 1
const ENABLED = 2
const QUAD = 2
const SUSPENDED = 0x80
const SUSPEND_NANOS = 20e3

interface Operation {
  readonly address: number
  readonly before: Uint8Array
  readonly isErase: boolean
  readonly nanos: number
  /** What is done of it when it goes on (last) at `from`, 0..nanos. */
  done: number
  from: number
  isSuspended: boolean
}

class Ssi extends BasePeripheral {
  private readonly registers = new Map<number, number>()
  private readonly received: number[] = []
  private readonly command: number[] = []
  private busyUntil = 0
  private last: Operation | undefined
  private writeEnabled = false
  /** Sectors erased, suspensions of that, and pages programmed. */
  erases = 0
  suspensions = 0
  programs = 0

  constructor(
    private readonly chip: Chip,
    private readonly times: FlashTimes,
  ) {
    super(chip, "SSI")
  }

  override readUint32(offset: number): number {
    if (offset === SSI_STATUS) return 6 | (this.received.length > 0 ? 8 : 0)
    if (offset === SSI_TX_LEVEL) return 0
    if (offset === SSI_RX_LEVEL) return this.received.length
    if (offset === SSI_DATA) return this.received.shift() ?? 0
    return this.registers.get(offset) ?? 0
  }

  override writeUint32(offset: number, value: number): void {
    if (offset === SSI_DATA) this.exchange(value & 0xff)
    else this.registers.set(offset, value)
    if (offset === SSI_ENABLE) {
      this.received.length = 0
      this.command.length = 0
    }
  }

  /** Chip select rises: the command is complete. */
  deselect(): void {
    const [code, high, middle, low] = this.command
    const address = (high << 16) | (middle << 8) | low
    const isFree = !this.isBusy()
    if (code === 0x06 && isFree) this.writeEnabled = true
    else if ((code === 0x20 || code === 0xd8) && this.mayBegin()) this.erase(address, code === 0x20 ? 4096 : 65536)
    else if (code === 0x02 && this.mayBegin()) this.program(address, this.command.slice(4))
    else if (code === 0x75 && !isFree) this.suspend()
    else if (code === 0x7a && isFree) this.resume()
    this.command.length = 0
  }

  /** Neither is obeyed while another is at work or suspended; a page elsewhere would be, and is not needed here. */
  private mayBegin(): boolean {
    return this.writeEnabled && !this.isBusy() && this.last?.isSuspended !== true
  }

  private isBusy(): boolean {
    return this.chip.nanos < this.busyUntil
  }

  private erase(address: number, length: number): void {
    const start = address - (address % length)
    this.begin(start, length, true, this.times.eraseNanos)
    this.chip.flash.fill(0xff, start, start + length)
    this.erases++
  }

  private program(address: number, bytes: number[]): void {
    const page = address & ~0xff
    this.begin(page, 256, false, this.times.pageNanos)
    bytes.forEach((byte, index) => (this.chip.flash[page | ((address + index) & 0xff)] &= byte))
    this.programs++
  }

  private suspend(): void {
    const { last } = this
    if (!last?.isErase || last.isSuspended) return
    last.done += this.chip.nanos - last.from
    last.isSuspended = true
    this.suspensions++
    this.isBusyFor(SUSPEND_NANOS)
  }

  private resume(): void {
    const { last } = this
    if (!last?.isSuspended) return
    last.isSuspended = false
    last.from = this.chip.nanos
    this.isBusyFor(Math.max(0, last.nanos - last.done))
  }

  /** What the flash holds if the power goes now. */
  contentsAfterCut(): Uint8Array {
    const contents = this.chip.flash.slice()
    const { last } = this
    if (!last) return contents
    const done = (last.done + (last.isSuspended ? 0 : this.chip.nanos - last.from)) / last.nanos
    if (done >= 1) return contents
    let noise = 1
    last.before.forEach((byte, at) => {
      noise = (Math.imul(noise, 1664525) + 1013904223) >>> 0
      const erased = last.isErase && noise / 0x100000000 < done ? noise >>> 8 : 0
      if (last.isErase || at >= done * last.before.length) contents[last.address + at] = byte | (erased & 0xff)
    })
    return contents
  }

  private begin(address: number, length: number, isErase: boolean, nanos: number): void {
    const before = this.chip.flash.slice(address, address + length)
    this.last = { address, before, isErase, nanos, done: 0, from: this.chip.nanos, isSuspended: false }
    this.isBusyFor(nanos)
    this.writeEnabled = false
    this.chip.flushCache()
  }

  /** A reset of the chip before it is none of the flash: what it was at, it is still at. */
  goOnFrom(before: Ssi): void {
    const now = before.chip.nanos
    this.last = before.last && { ...before.last, from: before.last.from - now }
    this.busyUntil = this.chip.flashBusyUntil = Math.max(0, before.busyUntil - now)
    this.writeEnabled = before.writeEnabled
    this.erases = before.erases
    this.suspensions = before.suspensions
    this.programs = before.programs
  }

  private isBusyFor(nanos: number): void {
    this.busyUntil = this.chip.nanos + nanos
    this.chip.flashBusyUntil = this.busyUntil
  }

  private exchange(byte: number): void {
    const position = this.command.length
    this.command.push(byte)
    const code = this.command[0]
    let answer = 0
    if (code === 0x05 && position > 0) answer = (this.isBusy() ? BUSY : 0) | (this.writeEnabled ? ENABLED : 0)
    else if (code === 0x35 && position > 0) answer = QUAD | (this.last?.isSuspended ? SUSPENDED : 0)
    else if (code === 0x9f && position > 0) answer = [0xef, 0x40, 0x15][position - 1] ?? 0
    else if (code === 0x4b && position > 4) answer = UNIQUE_ID[position - 5] ?? 0
    this.received.push(answer)
    if (code === 0x06 && !this.isBusy()) this.writeEnabled = true
    if (this.registersInBoot()) this.command.length = position === 0 ? this.command.length : 0
  }

  /** The second stage talks with the chip select under the SSI's control: a command ends with its second byte. */
  private registersInBoot(): boolean {
    return !this.selected
  }

  /** Chip select held low by software. */
  selected = false
}

class QspiPins extends BasePeripheral {
  private readonly registers = new Map<number, number>()

  constructor(
    private readonly chip: Chip,
    private readonly ssi: Ssi,
  ) {
    super(chip, "IO_QSPI")
  }

  override readUint32(offset: number): number {
    return this.registers.get(offset) ?? 0
  }

  override writeUint32(offset: number, value: number): void {
    this.registers.set(offset, value)
    if (offset !== CHIP_SELECT_CONTROL) return
    const low = ((value >>> 8) & 3) === 2
    if (this.ssi.selected && !low) this.ssi.deselect()
    this.ssi.selected = low
    this.chip.flashIsHeld = low || ((value >>> 8) & 3) === 3
  }
}

export interface FlashCounters {
  readonly erases: number
  readonly suspensions: number
  readonly programs: number
  /** What it holds if the power goes now. */
  contentsAfterCut(): Uint8Array
}

/** Puts the flash chip behind `chip`'s SSI. `before`: the same, behind the chip that has been reset. */
export function attachFlash(chip: Chip, times: FlashTimes = TYPICAL_TIMES, before?: FlashCounters): FlashCounters {
  const ssi = new Ssi(chip, times)
  if (before instanceof Ssi) ssi.goOnFrom(before)
  const peripherals = chip.peripherals as Record<number, unknown>
  peripherals[SSI_BASE >>> 12] = ssi
  peripherals[QSPI_PINS_BASE >>> 12] = new QspiPins(chip, ssi)
  return ssi
}

/**
 * Two cores on rp2040js. The stock emulator runs one core and takes no time where silicon does; this wrapper adds what decides
 * whether an edge is late:
 *
 *   both cores     in lockstep, one instruction at a time, whichever is behind; own NVIC and edge interrupts, the FIFO between them
 *   exceptions     15 cycles to enter, 12 to return (Cortex-M0+ TRM: 15; the return is the unstacking of eight words and a refill)
 *   flash          the 16 KB two-way cache with 8-byte lines: a miss costs 60 cycles (quad read at clk_sys / 2: 28 clocks and the bus)
 *   flash writes   see flash-chip.ts; UART timing: see uart-wire.ts; the watchdog: see watchdog.ts
 *
 * Not modelled: bus contention between the cores and DMA, PIO on the chip's own time, brown-out, crystal tolerance, analogue
 * anything. The divider of the SIO is one for both cores here (the delivering core does not divide).
 */
import { RP2040, type Logger } from "rp2040js"

export const CLOCK_HERTZ = 125e6
const NANOS_PER_CYCLE = 1e9 / CLOCK_HERTZ
const ENTRY_CYCLES = 15
const RETURN_CYCLES = 12
const MISS_CYCLES = 60
const CACHE_SETS = 1024

const FLASH_START = 0x10000000
const FLASH_END = 0x14000000
const IRQ_IO_BANK0 = 13
const IRQ_FIFO_CORE0 = 15
const PSM_PROC1 = 1 << 16
const SIO_CPUID = 0
const SIO_FIFO_STATUS = 0x50
const SIO_FIFO_WRITE = 0x54
const SIO_FIFO_READ = 0x58
const FIFO_LENGTH = 8

type Core = RP2040["core"]

interface SecondaryState {
  core: Core
  ppb: RP2040["ppb"]
  /** Local time in cycles. */
  at: number
  running: boolean
  /** Words on their way to this core. */
  readonly mailbox: number[]
}

class Quiet implements Logger {
  sendEvent: () => void = () => undefined
  debug(): void {}
  warn(): void {}
  error(component: string, message: string): void {
    console.error(`${component}: ${message}`)
  }
  info(_component: string, message: string): void {
    if (message === "SEV") this.sendEvent()
  }
}

export class Chip extends RP2040 {
  /** Instruction and data fetches from flash that missed the cache. */
  misses = 0
  /** Fetches from flash by the second core, or by anyone while the flash was busy with a write: each would hang or stall silicon. */
  violations = 0
  /** Set by the flash chip while its chip select is in software's hands. */
  flashIsHeld = false
  /** Set by the flash chip: until then, ns, it erases or writes and cannot be read. */
  flashBusyUntil = 0
  /** Set when the watchdog has reset it: it does not run any more. */
  isOver = false
  /** Cycles the first core spent waiting for an event. */
  idleCycles = 0
  readonly cores: readonly [SecondaryState, SecondaryState]
  private current: SecondaryState
  private readonly tags = new Int32Array(2 * CACHE_SETS).fill(-1)
  private readonly older = new Uint8Array(CACHE_SETS)
  private readonly high: number[] = []
  private readonly edgesOfCore1 = new Uint8Array(30)
  private launch = 0
  private readonly launchWords: number[] = []

  constructor() {
    super()
    const quiet = new Quiet()
    quiet.sendEvent = () => this.cores.forEach((core) => this.wake(core))
    this.logger = quiet
    const make = (core: Core, ppb: RP2040["ppb"], running: boolean): SecondaryState => ({ core, ppb, at: 0, running, mailbox: [] })
    const Second = this.core.constructor as new (chip: RP2040) => Core
    const SecondPpb = this.ppb.constructor as new (chip: RP2040, name: string) => RP2040["ppb"]
    this.cores = [make(this.core, this.ppb, true), make(new Second(this), new SecondPpb(this, "PPB1"), false)]
    this.current = this.cores[0]
    this.cores.forEach((state) => this.chargeExceptions(state))
    this.modelSio()
    this.modelEdges()
    this.modelPowerStates()
  }

  get cycles(): number {
    return this.cores[0].at
  }

  get nanos(): number {
    return this.clock.nanos
  }

  /** Runs until `nanos` of emulated time. */
  runUntil(nanos: number): void {
    const [first, second] = this.cores
    const until = nanos / NANOS_PER_CYCLE
    const clock = this.clock as unknown as { nanos: number; nanosToNextAlarm: number; nextAlarm: unknown; tick(nanos: number): void }
    while (!this.isOver) {
      const firstRuns = !first.core.waiting
      const secondRuns = second.running && !second.core.waiting
      if (!firstRuns && !secondRuns) {
        const now = clock.nanos
        if (now >= nanos) return
        const step = clock.nextAlarm ? Math.min(clock.nanosToNextAlarm, nanos - now) : nanos - now
        clock.tick(Math.max(step, 0))
        const cycle = clock.nanos / NANOS_PER_CYCLE
        this.idleCycles += Math.max(0, cycle - first.at)
        first.at = Math.max(first.at, cycle)
        second.at = Math.max(second.at, cycle)
        continue
      }
      const state = firstRuns && (!secondRuns || first.at <= second.at) ? first : second
      if (state.at >= until) return
      const ahead = state.at * NANOS_PER_CYCLE - clock.nanos
      if (ahead > 0) clock.tick(ahead)
      if (this.isOver) return
      if (state !== first && !firstRuns && first.at < state.at) {
        this.idleCycles += state.at - first.at
        first.at = state.at
      }
      if (state.core.waiting) continue
      if (this.current !== state) this.select(state)
      // Two steps: the instruction itself adds to `at` what its fetches and exceptions cost.
      const cycles = state.core.executeInstruction()
      state.at += cycles
    }
  }

  /** Drives an input pin from outside. */
  setPin(pin: number, level: boolean): void {
    const index = this.high.indexOf(pin)
    if (level && index < 0) this.high.push(pin)
    if (!level && index >= 0) this.high.splice(index, 1)
    this.gpio[pin].setInputValue(level)
  }

  override get gpioValues(): number {
    let levels = 0
    for (const pin of this.high) if (this.gpio[pin].inputValue) levels |= 1 << pin
    return levels
  }

  override readUint16(address: number): number {
    if (address >= FLASH_START && address < FLASH_END) this.fetch(address)
    return super.readUint16(address)
  }

  override readUint32(address: number): number {
    if (address >= FLASH_START && address < FLASH_END) this.fetch(address)
    return super.readUint32(address)
  }

  override readUint8(address: number): number {
    if (address >= FLASH_START && address < FLASH_END) this.fetch(address)
    return super.readUint8(address)
  }

  override setInterrupt(irq: number, value: boolean): void {
    if (!this.cores) return super.setInterrupt(irq, value)
    if (irq === IRQ_IO_BANK0) return
    for (const { core } of this.cores) core.setInterrupt(irq, value)
  }

  override updateIOInterrupt(): void {
    if (!this.cores) return
    let first = false
    let second = false
    for (let pin = 0; pin < 30; pin++) {
      const gpio = this.gpio[pin]
      if (gpio.irqValue) first = true
      if (gpio["irqStatus"] & this.edgesOfCore1[pin]) second = true
    }
    this.cores[0].core.setInterrupt(IRQ_IO_BANK0, first)
    this.cores[1].core.setInterrupt(IRQ_IO_BANK0, second)
  }

  private select(state: SecondaryState): void {
    this.current = state
    const self = this as { core: Core; ppb: RP2040["ppb"] }
    self.core = state.core
    self.ppb = state.ppb
  }

  private wake(state: SecondaryState): void {
    state.core.eventRegistered = true
    if (!state.core.waiting) return
    state.core.waiting = false
    state.core.eventRegistered = false
    state.at = Math.max(state.at, this.clock.nanos / NANOS_PER_CYCLE)
  }

  private fetch(address: number): void {
    if (!this.cores) return
    if (this.current !== this.cores[0] || this.flashIsHeld || (this.flashBusyUntil > 0 && this.isFlashBusy())) this.violations++
    const line = (address & 0xffffff) >>> 3
    const set = line & (CACHE_SETS - 1)
    const { tags, older } = this
    if (tags[2 * set] === line) older[set] = 1
    else if (tags[2 * set + 1] === line) older[set] = 0
    else {
      tags[2 * set + older[set]] = line
      older[set] ^= 1
      this.misses++
      this.current.at += MISS_CYCLES
    }
  }

  private isFlashBusy(): boolean {
    if (this.clock.nanos >= this.flashBusyUntil) this.flashBusyUntil = 0
    return this.flashBusyUntil > 0
  }

  /** What the ROM does after a write: nothing cached is believed. */
  flushCache(): void {
    this.tags.fill(-1)
  }

  private chargeExceptions(state: SecondaryState): void {
    const core = state.core as unknown as { exceptionEntry(n: number): void; exceptionReturn(n: number): void }
    const entry = core.exceptionEntry.bind(core)
    const leave = core.exceptionReturn.bind(core)
    core.exceptionEntry = (number) => {
      if (state.core.waiting) state.at = Math.max(state.at, this.clock.nanos / NANOS_PER_CYCLE)
      state.at += ENTRY_CYCLES
      entry(number)
    }
    core.exceptionReturn = (value) => {
      state.at += RETURN_CYCLES
      leave(value)
    }
  }

  private modelSio(): void {
    const { sio } = this
    const read = sio.readUint32.bind(sio)
    const write = sio.writeUint32.bind(sio)
    sio.readUint32 = (offset) => {
      if (offset === SIO_CPUID) return this.current === this.cores[0] ? 0 : 1
      if (offset === SIO_FIFO_STATUS) {
        const { mailbox } = this.current
        return (mailbox.length > 0 ? 1 : 0) | (this.other().mailbox.length < FIFO_LENGTH ? 2 : 0)
      }
      if (offset === SIO_FIFO_READ) {
        const word = this.current.mailbox.shift() ?? 0
        this.updateFifoInterrupts()
        return word
      }
      return read(offset)
    }
    sio.writeUint32 = (offset, value) => {
      if (offset === SIO_FIFO_STATUS) return
      if (offset !== SIO_FIFO_WRITE) return write(offset, value)
      if (this.current === this.cores[0] && !this.cores[1].running) this.offerLaunchWord(value >>> 0)
      else if (this.other().mailbox.length < FIFO_LENGTH) this.other().mailbox.push(value >>> 0)
      this.wake(this.other())
      this.updateFifoInterrupts()
    }
  }

  private other(): SecondaryState {
    return this.cores[this.current === this.cores[0] ? 1 : 0]
  }

  private updateFifoInterrupts(): void {
    this.cores.forEach(({ core, mailbox }, index) => core.setInterrupt(IRQ_FIFO_CORE0 + index, mailbox.length > 0))
  }

  /** The boot ROM's wait for a program on core 1: 0, 0, 1, vectors, stack, entry; each echoed (datasheet 2.8.2). */
  private offerLaunchWord(word: number): void {
    const expected = [0, 0, 1][this.launch]
    if (expected !== undefined && word !== expected) this.launch = word === 0 ? 1 : 0
    else this.launchWords[this.launch++] = word
    this.cores[0].mailbox.push(word)
    if (this.launch < 6) return
    const [, , , vectors, stack, entry] = this.launchWords
    const second = this.cores[1]
    second.core.VTOR = vectors
    second.core.SP = stack
    second.core.PC = entry & ~1
    second.core.waiting = false
    second.running = true
    second.at = this.cores[0].at
    this.launch = 0
  }

  private modelPowerStates(): void {
    const psm = this.findPeripheral(0x40010000) as unknown as { writeUint32(offset: number, value: number): void; frceOff: number }
    const write = psm.writeUint32.bind(psm)
    psm.writeUint32 = (offset, value) => {
      const before = psm.frceOff & PSM_PROC1
      write(offset, value)
      const now = psm.frceOff & PSM_PROC1
      if (before === now) return
      const second = this.cores[1]
      second.running = false
      second.mailbox.length = 0
      this.launch = 0
      second.core.enabledInterrupts = 0
      second.core.pendingInterrupts = 0
      second.core.PM = false
      second.core.IPSR = 0
      if (!now) this.cores[0].mailbox.push(0)
    }
  }

  /** Each core's own edge enables: PROC1's lie 0x30 above PROC0's. */
  private modelEdges(): void {
    const io = this.findPeripheral(0x40014000) as { readUint32(offset: number): number; writeUint32(offset: number, value: number): void }
    const read = io.readUint32.bind(io)
    const write = io.writeUint32.bind(io)
    const pinsOf = (offset: number, use: (pin: number, shift: number) => void) => {
      const start = ((offset & 0xf) >>> 2) * 8
      for (let pin = start; pin < Math.min(start + 8, 30); pin++) use(pin, (pin - start) * 4)
    }
    io.readUint32 = (offset) => {
      const register = offset & ~0xf
      if (register !== 0x130 && register !== 0x150) return read(offset)
      let value = 0
      pinsOf(offset, (pin, shift) => {
        const enabled = this.edgesOfCore1[pin]
        value |= (register === 0x130 ? enabled : enabled & this.gpio[pin]["irqStatus"]) << shift
      })
      return value
    }
    io.writeUint32 = (offset, value) => {
      if ((offset & ~0xf) !== 0x130) return write(offset, value)
      pinsOf(offset, (pin, shift) => {
        this.edgesOfCore1[pin] = (value >>> shift) & 0xf
      })
      this.updateIOInterrupt()
    }
    for (const gpio of this.gpio) this.correctEdgeUpdates(gpio)
  }

  /** Stock pins look at their own core's mask only before they tell of a change. */
  private correctEdgeUpdates(gpio: RP2040["gpio"][number]): void {
    const set = gpio.setInputValue.bind(gpio)
    gpio.setInputValue = (value) => {
      const before = gpio.inputValue
      const status = gpio as unknown as { irqStatus: number }
      const edges = status.irqStatus & 0xc
      set(value)
      if (before === gpio.inputValue) status.irqStatus = (status.irqStatus & 3) | edges
      this.updateIOInterrupt()
    }
  }
}

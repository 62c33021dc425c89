/**
 * UART0 with the time a byte takes: a shift register and one holding register (or 32 with the FIFO on), the BUSY flag until the
 * stop bit has gone, and bytes that arrive when their stop bit ends. The stock UART sends and receives in no time.
 */
import type { Chip } from "./chip"

const BITS_PER_BYTE = 10
const DATA = 0x00
const FLAGS_BUSY = 1 << 3
const FLAGS_TX_FULL = 1 << 5
const FLAGS_TX_EMPTY = 1 << 7

export interface WireByte {
  /** Start bit, ns. */
  readonly start: number
  readonly byte: number
}

export class UartWire {
  /** Written while there was no room: lost on silicon too. */
  overruns = 0
  private readonly waiting: number[] = []
  private shifting = false
  private readonly arriving: WireByte[] = []
  private readonly done
  private readonly arrived

  constructor(
    private readonly chip: Chip,
    private readonly sent: (byte: WireByte) => void,
  ) {
    const uart = chip.uart[0]
    this.done = chip.clock.createAlarm(() => this.next())
    this.arrived = chip.clock.createAlarm(() => this.receive())
    const write = uart.writeUint32.bind(uart)
    uart.writeUint32 = (offset, value) => {
      if (offset === DATA) this.send(value & 0xff)
      else write(offset, value)
    }
    Object.defineProperty(uart, "flags", {
      get: () =>
        (uart["rxFIFO"].full ? 1 << 6 : 0) |
        (uart["rxFIFO"].empty ? 1 << 4 : 0) |
        (this.shifting ? FLAGS_BUSY : 0) |
        (this.waiting.length >= this.depth() ? FLAGS_TX_FULL : 0) |
        (this.waiting.length === 0 ? FLAGS_TX_EMPTY : 0),
    })
  }

  /** Puts a byte on the receiving wire; its start bit comes at `start` ns, or when the one before has gone. */
  feed(start: number, byte: number): void {
    const last = this.arriving.at(-1)
    this.arriving.push({ start: last ? Math.max(start, last.start + this.byteNanos()) : start, byte })
    if (this.arriving.length === 1) this.awaitArrival()
  }

  private awaitArrival(): void {
    const first = this.arriving[0]
    this.arrived.schedule(Math.max(0, first.start + this.byteNanos() - this.chip.nanos))
  }

  private receive(): void {
    const first = this.arriving.shift()
    if (first) this.chip.uart[0].feedByte(first.byte)
    if (this.arriving.length > 0) this.awaitArrival()
  }

  private depth(): number {
    return this.chip.uart[0].fifosEnabled ? 32 : 1
  }

  private byteNanos(): number {
    const { intDivisor, fracDivisor } = this.chip.uart[0] as unknown as { intDivisor: number; fracDivisor: number }
    const divider = intDivisor + fracDivisor / 64
    return divider > 0 ? (BITS_PER_BYTE * 16 * divider * 1e9) / this.chip.clkPeri : 320000
  }

  private send(byte: number): void {
    if (!this.shifting) this.shift(byte)
    else if (this.waiting.length < this.depth()) this.waiting.push(byte)
    else this.overruns++
  }

  private shift(byte: number): void {
    this.shifting = true
    this.sent({ start: this.chip.nanos, byte })
    this.done.schedule(this.byteNanos())
  }

  private next(): void {
    this.shifting = false
    const byte = this.waiting.shift()
    if (byte !== undefined) this.shift(byte)
  }
}

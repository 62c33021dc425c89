/** The emulated chip's own additions, driven by a few instructions of machine code: no SDK, no boot ROM. */
import assert from "node:assert/strict"
import { describe, it } from "mocha"
import { attachFlash } from "../../../tools/emulate/flash-chip"
import { Chip } from "../../../tools/emulate/chip"
import { UartWire, type WireByte } from "../../../tools/emulate/uart-wire"

const RAM = 0x20000000
const SIO_FIFO_STATUS = 0xd0000050
const SIO_FIFO_WRITE = 0xd0000054
const SIO_FIFO_READ = 0xd0000058
const UART0 = 0x40034000
const SSI_DATA = 0x18000060
const CHIP_SELECT = 0x4001800c
const LOOP = 0xe7fe // b .

function idleChip(): Chip {
  const chip = new Chip()
  chip.writeUint16(RAM, LOOP)
  chip.core.PC = RAM
  return chip
}

describe("the emulated chip", () => {
  it("starts the second core after the boot ROM's six words, and echoes them", () => {
    const chip = idleChip()
    // core 1: ldr r0, =0xd0000000; ldr r1, [r0]; str r1, [r2] with r2 = RAM + 0x100; b .
    const program = [0x4801, 0x6801, 0x6011, LOOP, 0x0000, 0xd000]
    program.forEach((half, index) => chip.writeUint16(RAM + 0x40 + 2 * index, half))
    chip.cores[1].core.registers[2] = RAM + 0x100
    for (const word of [0, 0, 1, RAM, RAM + 0x1000, RAM + 0x41]) {
      chip.writeUint32(SIO_FIFO_WRITE, word)
      assert.equal(chip.readUint32(SIO_FIFO_READ), word)
    }
    assert.ok(chip.cores[1].running)
    chip.runUntil(2000)
    assert.equal(chip.readUint32(RAM + 0x100), 1, "it reads its own number")
    assert.equal(chip.readUint32(SIO_FIFO_STATUS) & 1, 0)
  })

  it("takes eight bits, a start and a stop bit for a byte, and is busy for so long", () => {
    const chip = idleChip()
    const sent: WireByte[] = []
    new UartWire(chip, (byte) => sent.push(byte))
    chip.writeUint32(UART0 + 0x24, 250)
    chip.runUntil(1000)
    chip.writeUint32(UART0, 0xf8)
    chip.runUntil(319_000)
    assert.equal(chip.readUint32(UART0 + 0x18) & 8, 8)
    chip.runUntil(322_000)
    assert.equal(chip.readUint32(UART0 + 0x18) & 8, 0)
    assert.deepEqual(
      sent.map(({ byte }) => byte),
      [0xf8],
    )
  })

  it("counts bytes written while both registers are full as lost", () => {
    const chip = idleChip()
    const wire = new UartWire(chip, () => undefined)
    chip.writeUint32(UART0 + 0x24, 250)
    for (const byte of [1, 2, 3]) chip.writeUint32(UART0, byte)
    assert.equal(wire.overruns, 1)
  })

  it("erases a sector and programs a page by the commands the boot ROM sends, and is busy meanwhile", () => {
    const chip = idleChip()
    attachFlash(chip)
    chip.flash.fill(0, 0, 8192)
    const command = (bytes: readonly number[]) => {
      chip.writeUint32(CHIP_SELECT, 2 << 8)
      const answers = bytes.map((byte) => {
        chip.writeUint32(SSI_DATA, byte)
        return chip.readUint32(SSI_DATA)
      })
      chip.writeUint32(CHIP_SELECT, 3 << 8)
      return answers
    }
    command([0x06])
    command([0x20, 0, 0x10, 0])
    assert.equal(chip.flash[4095], 0)
    assert.equal(chip.flash[4096], 0xff)
    assert.equal(command([0x05, 0])[1] & 1, 1)
    chip.runUntil(46e6)
    assert.equal(command([0x05, 0])[1] & 1, 0)
    command([0x02, 0, 0x10, 0xff, 0x55, 0xaa])
    assert.equal(chip.flash[0x10ff], 0xff, "without write enable nothing is written")
    command([0x06])
    command([0x02, 0, 0x10, 0xff, 0x55, 0xaa])
    assert.deepEqual([chip.flash[0x10ff], chip.flash[0x1000]], [0x55, 0xaa], "a page wraps")
  })

  it("suspends an erase and goes on with it, is readable in between, and refuses another meanwhile", () => {
    const chip = idleChip()
    const flash = attachFlash(chip)
    chip.flash.fill(0, 0, 8192)
    const command = (...bytes: number[]) => {
      chip.writeUint32(CHIP_SELECT, 2 << 8)
      const answers = bytes.map((byte) => {
        chip.writeUint32(SSI_DATA, byte)
        return chip.readUint32(SSI_DATA)
      })
      chip.writeUint32(CHIP_SELECT, 0)
      return answers.at(-1) ?? 0
    }
    const isBusy = () => (command(0x05, 0) & 1) === 1
    const isSuspended = () => (command(0x35, 0) & 0x80) === 0x80
    const misread = () => {
      const before = chip.violations
      chip.readUint32(0x10001000)
      return chip.violations - before
    }
    command(0x06)
    command(0x20, 0, 0, 0)
    let now = 10e6
    chip.runUntil(now)
    assert.deepEqual([isBusy(), isSuspended(), misread()], [true, false, 1])
    command(0x75)
    assert.equal(isBusy(), true, "for 20 us more")
    chip.runUntil((now += 21e3))
    assert.deepEqual([isBusy(), isSuspended(), misread(), flash.suspensions], [false, true, 0, 1])
    command(0x06)
    command(0x20, 0, 0x10, 0)
    assert.deepEqual([isBusy(), flash.erases], [false, 1], "no other erase begins")
    assert.ok(
      flash
        .contentsAfterCut()
        .subarray(0, 4096)
        .some((byte) => byte !== 0xff),
      "a cut leaves it half erased",
    )
    chip.runUntil((now += 100e6))
    command(0x7a)
    chip.runUntil((now += 34e6))
    assert.equal(isBusy(), true, "10 ms are done, 35 are not")
    chip.runUntil((now += 2e6))
    assert.deepEqual([isBusy(), isSuspended(), misread()], [false, false, 0])
    assert.ok(
      flash
        .contentsAfterCut()
        .subarray(0, 4096)
        .every((byte) => byte === 0xff),
    )
  })

  it("counts what core 1 fetches from flash", () => {
    const chip = idleChip()
    attachFlash(chip)
    const { violations } = chip
    chip.readUint32(0x10000000)
    assert.equal(chip.violations, violations)
    chip.writeUint16(RAM + 0x40, 0x6808) // ldr r0, [r1]
    chip.writeUint16(RAM + 0x42, LOOP)
    chip.cores[1].core.registers[1] = 0x10000000
    for (const word of [0, 0, 1, RAM, RAM + 0x1000, RAM + 0x41]) chip.writeUint32(SIO_FIFO_WRITE, word)
    chip.runUntil(1000)
    assert.equal(chip.violations, violations + 1)
  })
})

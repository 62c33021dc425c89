/**
 * Breaks the firmware while it runs on the emulated chip, as a fault would: nothing in the build is prepared for it. Names come from
 * the ELF file beside the UF2.
 */
import { readFileSync } from "node:fs"
import type { EmulatedBoard } from "../../../tools/emulate/board"
import { addressOf } from "../../../tools/emulate/elf"

/** `b .` in Thumb. */
const JUMP_TO_ITSELF = 0xe7fe
const FLASH = 0x10000000
const XS_RANGE_ERROR = 4
const PC = 15
const SP = 13

export class Sabotage {
  private readonly elf: Buffer

  constructor(
    private readonly board: EmulatedBoard,
    uf2: string,
  ) {
    this.elf = readFileSync(uf2.replace(/\.uf2$/, ".elf"))
  }

  /** Core 1 hangs in its loop; its edge interrupt goes on. */
  hangCore1(): void {
    this.overwrite("capture_step")
  }

  /** TypeScript hangs: the interpreter runs one bytecode for ever, as in `for (;;);`. Core 0's interrupts go on. */
  hangTypeScript(): void {
    this.overwrite("fxRunID")
  }

  /** The next call of a native function (binding.c) throws a RangeError, the way XS throws any. */
  throwIn(name: string): void {
    const [{ core }] = this.board.chip.cores
    const entry = addressOf(this.elf, name)
    const thrower = addressOf(this.elf, "fxThrowMessage")
    const message = FLASH + Buffer.from(this.board.chip.flash.buffer).indexOf("no such port or pin\0")
    const execute = core.executeInstruction
    core.executeInstruction = () => {
      if (core.registers[PC] === entry) {
        core.executeInstruction = execute
        // fxThrowMessage(the, path, line, error, format): the fifth argument lies on the stack.
        core.registers[1] = core.registers[2] = 0
        core.registers[3] = XS_RANGE_ERROR
        core.registers[SP] -= 8
        this.board.chip.writeUint32(core.registers[SP], message)
        core.registers[PC] = thrower
      }
      return execute.call(core)
    }
  }

  /** The first instruction of a function in RAM. */
  private overwrite(name: string): void {
    this.board.chip.writeUint16(addressOf(this.elf, name), JUMP_TO_ITSELF)
  }
}

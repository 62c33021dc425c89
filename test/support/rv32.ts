/**
 * Behaviours in C (test/boards/native/c/behaviour.h) once more, compiled for the ESP32-C3's instruction set (rv32imc) as Moddable
 * compiles, -Os -fno-inline-functions, and run by QEMU's user mode: 32 bits, another compiler back end, still a fake chip. Runs where
 * Debian's gcc-riscv64-unknown-elf, picolibc-riscv64-unknown-elf and qemu-user are, and says "not run" where they are not.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { isInstalled } from "./needs"

const COMPILER = "riscv64-unknown-elf-gcc"
const EMULATOR = "qemu-riscv32"
const LIBRARY = "/usr/lib/picolibc/riscv64-unknown-elf/lib"
const START = join(__dirname, "rv32/start.c")
const TARGET = ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", "-nostartfiles", "-Os", "-fno-inline-functions"]
const LINK = ["-Wl,-e,_start", "-Wl,--defsym=__ram_size=0x2000000", "-Wl,--defsym=__stack_size=0x100000"]

/** What is missing to run such a program; empty where nothing is. */
export function missingForRiscV(): string {
  const missing = [COMPILER, EMULATOR].filter((command) => !isInstalled(command))
  return [...missing, ...(existsSync(LIBRARY) ? [] : ["picolibc-riscv64-unknown-elf"])].join(", ")
}

/** Compiles `words` (flags and sources) into `program`. */
export function compileForRiscV(words: readonly string[], program: string): void {
  execFileSync(COMPILER, [...TARGET, ...LINK, ...words, START, "-o", program], { stdio: ["ignore", "ignore", "pipe"] })
}

/** What went wrong in `behaviour`; empty where it holds. */
export function runOnRiscV(program: string, behaviour: string): string {
  const { status, signal, stderr } = spawnSync(EMULATOR, [program, behaviour], { encoding: "utf8", timeout: 120_000 })
  return status === 0 ? "" : `${behaviour}: ${stderr || `ended by ${signal ?? status}`}`
}
